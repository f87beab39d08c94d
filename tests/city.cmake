# Three nights of a generated city (tools/city) against its truth: four townships of two counties each time, all 70 in the gate.
add_test(NAME city_four_townships COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/city/run --tiersync $<TARGET_FILE:tiersync> --source ${CMAKE_SOURCE_DIR}
         --persons 15 --townships 430321100000,430321107000,430302001000,430302002000)
add_test(NAME city_whole COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/city/run --tiersync $<TARGET_FILE:tiersync> --source ${CMAKE_SOURCE_DIR} --persons 20)
set_tests_properties(city_four_townships PROPERTIES LABELS noasan)
set_tests_properties(city_whole PROPERTIES LABELS "slow;noasan" PROCESSORS 2)
