# The merge against its specification: tests/oracle/merge_spec.py says what is right, merge_replay does it with src/merge.
add_executable(merge_replay oracle/merge_replay.c oracle/replay_tree.c)
target_link_libraries(merge_replay PRIVATE ts_merge)
add_test(NAME oracle_merge_differential COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/oracle/merge_differential.py $<TARGET_FILE:merge_replay> 120)
add_test(NAME oracle_merge_mutants COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/oracle/merge_mutants.py ${CMAKE_BINARY_DIR})
set_tests_properties(oracle_merge_mutants PROPERTIES LABELS slow)
