# Kill, EIO and ENOSPC at every call that changes a file: tests/README.md, "Faults". The shim is preloaded: not under sanitizers.
if(CMAKE_BUILD_TYPE STREQUAL Asan OR TS_FUZZ)
  return()
endif()
file(GLOB shim_sources CONFIGURE_DEPENDS faults/shim/*.c)
add_library(ts_faults MODULE ${shim_sources})
target_compile_definitions(ts_faults PRIVATE _GNU_SOURCE)
set_target_properties(ts_faults PROPERTIES PREFIX "" OUTPUT_NAME faults LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# The same program around allocations that may fail
add_executable(tiersync_oom faults/oom.c $<TARGET_OBJECTS:tiersync>)
target_link_libraries(tiersync_oom PRIVATE ts_flow)
target_link_options(tiersync_oom PRIVATE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=strndup)
set_target_properties(tiersync_oom PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests
                      TS_SHARED_LIBGIT2 ON) # whose allocations are not wrapped

# --dry-run of every verb that writes
add_test(NAME faults_rehearse COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/faults/rehearse --tiersync $<TARGET_FILE:tiersync>
         --shim $<TARGET_FILE:ts_faults> --oom $<TARGET_FILE:tiersync_oom>)
set_tests_properties(faults_rehearse PROPERTIES LABELS noasan)

# In the ordinary run a few calls of each case, drawn anew with TIERSYNC_SEED; in the gate what two minutes allow; TIERSYNC_FAULTS=all: all.
# `line` cuts more than its seconds allow: what it always cuts takes some 25 s.
foreach(part quick long)
  set(seconds 8)
  set(line_options --quick)
  set(labels noasan)
  set(run_options --oom $<TARGET_FILE:tiersync_oom> --one-each)
  if(part STREQUAL long)
    set(seconds 105)
    set(line_options "")
    set(run_options --oom $<TARGET_FILE:tiersync_oom>)
    list(APPEND labels slow)
  endif()
  foreach(test run writers line)
    add_test(NAME faults_${test}_${part} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/faults/${test} --tiersync $<TARGET_FILE:tiersync>
             --shim $<TARGET_FILE:ts_faults> --seconds ${seconds} ${${test}_options})
    set_tests_properties(faults_${test}_${part} PROPERTIES LABELS "${labels}")
    math(EXPR seconds "${seconds} / 3 + 1")
  endforeach()
  set_tests_properties(faults_run_${part} PROPERTIES PROCESSORS 2)
endforeach()
