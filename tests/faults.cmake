# Kill, EIO and ENOSPC at every call that changes a file: tests/README.md, "Faults". The shim is preloaded: not under sanitizers.
if(CMAKE_BUILD_TYPE STREQUAL Asan OR TS_FUZZ)
  return()
endif()
file(GLOB shim_sources CONFIGURE_DEPENDS faults/shim/*.c)
add_library(ts_faults MODULE ${shim_sources})
target_compile_definitions(ts_faults PRIVATE _GNU_SOURCE)
set_target_properties(ts_faults PROPERTIES PREFIX "" OUTPUT_NAME faults LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# In the ordinary run a few calls of each case, drawn anew with TIERSYNC_SEED; in the gate what two minutes allow; TIERSYNC_FAULTS=all: all.
foreach(part quick long)
  set(seconds 8)
  set(labels noasan)
  if(part STREQUAL long)
    set(seconds 120)
    list(APPEND labels slow)
  endif()
  add_test(NAME faults_${part} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/faults/run --tiersync $<TARGET_FILE:tiersync>
           --shim $<TARGET_FILE:ts_faults> --seconds ${seconds})
  set_tests_properties(faults_${part} PROPERTIES LABELS "${labels}" PROCESSORS 2)
endforeach()
