# tests/flow: several offices in one process, driven by simulate.py, which knows what must come of it. The linker sends calls to
# seams.c, where a process may die, and plants.c, where bugs are planted.
add_executable(offices flow/offices.c flow/commands.c flow/lawless.c flow/rights.c flow/show.c flow/journal.c flow/seams.c flow/plants.c)
target_link_libraries(offices PRIVATE ts_support ts_flow)
foreach(seam keyring_add git_pack_finish git_ref_swap node_commit git_store_compact partition_merge flow_correct
        partition_twins_note git_history_between merge_join intake_judge_commit merge_maximal merge_removals
        merge_work_pairs merge_add_refused merge_add_rules merge_epoch_compare merge_work_commits)
  target_link_options(offices PRIVATE -Wl,--wrap=${seam})
endforeach()
set_property(SOURCE flow/seams.c flow/plants.c PROPERTY COMPILE_OPTIONS -Wno-reserved-identifier)

set(flow_run ${CMAKE_CURRENT_SOURCE_DIR}/flow/run --offices $<TARGET_FILE:offices>)
set(flow_seeds 200)
if(CMAKE_BUILD_TYPE STREQUAL Asan)
  set(flow_seeds 10)
endif()
add_test(NAME flow_scenarios COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/flow/scenarios.py $<TARGET_FILE:offices>)
add_test(NAME flow_offices_quick COMMAND ${flow_run} --seeds 2)
add_test(NAME flow_offices COMMAND ${flow_run} --seeds ${flow_seeds})
add_test(NAME flow_two_locales COMMAND ${flow_run} --seeds 4 --beside $<TARGET_FILE:offices>)
add_test(NAME flow_plants COMMAND ${flow_run} --seeds 50 --plants)
set_tests_properties(flow_offices PROPERTIES LABELS slow PROCESSORS 2 TIMEOUT 1500)
set_tests_properties(flow_two_locales flow_plants PROPERTIES LABELS "slow;noasan" PROCESSORS 2 TIMEOUT 1500)
