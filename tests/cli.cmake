# tests/cli/<verb>/<case>.sh becomes the test cli_<verb>_<case>: run by tests/cli/run in a scratch directory of its own. A case whose
# first lines hold "# noasan" (it preloads a library, or counts memory) is left out under the sanitizers: ctest -LE noasan; one that
# says "# slow" takes more than some seconds: ctest -LE slow leaves it to the whole gate.
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type) # a program beside a library with sanitizers needs them too
set(TS_LIBRARY_FLAGS ${CMAKE_EXE_LINKER_FLAGS_${build_type}})
file(GLOB cli_cases CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/cli cli/*/*.sh)
foreach(path ${cli_cases})
  get_filename_component(verb ${path} DIRECTORY)
  get_filename_component(case ${path} NAME_WE)
  set(name cli_${verb}_${case})
  add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli/run ${CMAKE_CURRENT_SOURCE_DIR}/cli/${path})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT
                       "TIERSYNC=${CMAKE_BINARY_DIR}/tiersync;TIERSYNC_BUILD=${CMAKE_BINARY_DIR};TIERSYNC_SOURCE=${CMAKE_SOURCE_DIR};LIBRARY_FLAGS=${TS_LIBRARY_FLAGS}")
  file(STRINGS cli/${path} head LIMIT_COUNT 8)
  set(labels "")
  foreach(label noasan slow)
    if("${head}" MATCHES "# ${label}")
      list(APPEND labels ${label})
    endif()
  endforeach()
  set_tests_properties(${name} PROPERTIES LABELS "${labels}")
endforeach()

add_test(NAME layers COMMAND ${CMAKE_SOURCE_DIR}/tools/check-layers.sh)
add_test(NAME links COMMAND ${CMAKE_SOURCE_DIR}/tools/links)
