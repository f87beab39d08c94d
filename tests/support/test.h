/** What every unit test includes: cmocka behind the headers that it needs, and the builders of support.c. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

/** Fail with the error's text unless the call gave ERR_OK. Needs a local `struct err_info info`. */
#define assert_ok(call) support_assert_ok((call), &info, #call, __FILE__, __LINE__)
/** Fail unless the call gave just this code, with a text. */
#define assert_err(call, code) support_assert_err((call), (code), &info, #call, __FILE__, __LINE__)

void support_assert_ok(enum err err, const struct err_info *info, const char *what, const char *file, int line);
void support_assert_err(enum err err, enum err expected, const struct err_info *info, const char *what,
                        const char *file, int line);
/** Fails unless the bytes are those of the hexadecimal text (spaces are passed over). */
void assert_hex(struct view actual, const char *expected);
/** Bytes of a hexadecimal text (spaces are passed over); released by the caller. */
struct bytes from_hex(const char *text);
/** A fresh directory below $TMPDIR or /tmp; static storage for the last 8 calls; support_remove takes it away again. */
const char *support_scratch(void);
void support_remove(const char *path);
/** A deterministic stream of numbers (xorshift64*); state must not be 0. */
uint64_t support_random(uint64_t *state);
/** An environment with a fixed clock and seeded randomness, for replayable tests. */
struct env;
struct env support_env(uint64_t *state);

#endif
