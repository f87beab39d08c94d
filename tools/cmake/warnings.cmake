# clang's conditional-uninitialized does not see that a value is read only while err is ERR_OK, assign-enum refuses {0}, and
# bad-function-cast every number that is read as an enum; long hexadecimal texts in pieces are meant.
# Warnings and hardening, gcc and clang alike; all are errors. format-truncation stays at 1: at 2 it refuses every
# deliberate cut of a message.
set(TS_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wformat=2
    -Wstrict-prototypes -Wold-style-definition -Wmissing-prototypes -Wmissing-declarations -Wredundant-decls
    -Wnested-externs -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wundef -Wvla -Wswitch-enum
    -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Wdate-time -Wunused-macros)
set(TS_HARDENING -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -fno-delete-null-pointer-checks -fno-strict-overflow -fvisibility=hidden -fno-common
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
  list(APPEND TS_WARNINGS -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wcast-align=strict
       -Wformat-overflow=2 -Wformat-truncation=1 -Wstringop-overflow=4 -Warray-bounds=2 -Walloc-zero -Walloca
       -Wjump-misses-init -Wshift-overflow=2)
  list(APPEND TS_HARDENING -ftrivial-auto-var-init=zero)
else()
  list(APPEND TS_WARNINGS -Wcomma -Wloop-analysis -Wshorten-64-to-32
       -Wimplicit-int-conversion -Wunreachable-code-aggressive -Wno-string-concatenation
       -Wmissing-variable-declarations -Wdocumentation)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL Asan AND NOT TS_FUZZ)
  list(APPEND TS_HARDENING -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(CMAKE_BUILD_TYPE STREQUAL Asan AND CMAKE_C_COMPILER_ID STREQUAL GNU)
  list(APPEND TS_WARNINGS -Wno-format-truncation -Wno-stringop-truncation -Wno-maybe-uninitialized) # instrumented code misleads gcc's ranges
endif()
