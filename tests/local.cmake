# tests/second: a reader of every format made from schema/ alone, over all samples, and over bundles of the real command
find_program(PYTHON3 python3 REQUIRED)
add_test(NAME second_reader COMMAND ${PYTHON3} -B ${CMAKE_CURRENT_SOURCE_DIR}/second/reader.py)
add_test(NAME second_story COMMAND ${PYTHON3} -B ${CMAKE_CURRENT_SOURCE_DIR}/second/story.py)

# what version 1 of the formats was when it was frozen: each good sample, by its digest (schema/README.md)
add_test(NAME golden_is_frozen COMMAND sha256sum --quiet --strict -c frozen WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/golden)

# tests/attack: a program that takes damaged and hostile bundles by the thousand; driven by tests/cli/take/*.sh. It counts how
# often a bundle's inside is touched, through the linker.
add_executable(attack attack/attack.c attack/bombs.c attack/crafts.c attack/foreign.c)
target_link_libraries(attack PRIVATE ts_flow)
target_link_options(attack PRIVATE -Wl,--wrap=seal_unwrap -Wl,--wrap=seal_agree_open -Wl,--wrap=seal_stream_pull)
set_property(SOURCE attack/attack.c PROPERTY COMPILE_OPTIONS -Wno-reserved-identifier)

# tests/suite: the public JSON Schema test suite on the keywords that kinds take
add_executable(suite_judge suite/judge.c)
target_link_libraries(suite_judge PRIVATE ts_schema)
add_test(NAME json_schema_suite COMMAND ${PYTHON3} -B ${CMAKE_CURRENT_SOURCE_DIR}/suite/run.py $<TARGET_FILE:suite_judge>)
