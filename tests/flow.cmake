# tests/flow: several offices in one process, driven by simulate.py, which knows what must come of it. The linker sends calls to
# seams.c, where a process may die and bugs may be planted.
add_executable(offices flow/offices.c flow/commands.c flow/show.c flow/seams.c)
target_link_libraries(offices PRIVATE ts_support ts_flow)
foreach(seam keyring_add git_pack_finish git_ref_swap node_commit git_store_compact partition_merge flow_correct past_add_words
        partition_twins_note git_history_between merge_join intake_judge_commit)
  target_link_options(offices PRIVATE -Wl,--wrap=${seam})
endforeach()
set_property(SOURCE flow/seams.c PROPERTY COMPILE_OPTIONS -Wno-reserved-identifier)
