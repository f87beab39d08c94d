# tests/attack: a program that takes damaged and hostile bundles by the thousand; driven by tests/cli/take/*.sh. It counts how
# often a bundle's inside is touched, through the linker.
add_executable(attack attack/attack.c attack/crafts.c attack/foreign.c)
target_link_libraries(attack PRIVATE ts_flow)
target_link_options(attack PRIVATE -Wl,--wrap=seal_unwrap -Wl,--wrap=seal_stream_pull)
set_property(SOURCE attack/attack.c PROPERTY COMPILE_OPTIONS -Wno-reserved-identifier)
