/**
 * Preloaded into tiersync (LD_PRELOAD) by tests/faults: counts the calls that change the file system below FAULTS_ROOT, and
 * makes one of them go wrong. libgit2's calls come through here as ours do. What is not listed here is found by the test
 * itself: it rebuilds the directory from the log and compares it with the disk.
 *
 *   FAULTS_ROOT=DIR        absolute, without symbolic links; nothing outside counts
 *   FAULTS_LOG=FILE        appended to, one line a call: kind, result or -errno, then what tests/faults/replay.py needs, separated by tabs
 *   FAULTS_KILL=K          SIGKILL before call K (from 1);  K:torn  after half of what call K would write
 *   FAULTS_FAIL=K:ERRNO    call K fails with that errno;    K:ERRNO:on  and every one after it
 *   FAULTS_FAIL=K:short    call K writes half and says so
 *   FAULTS_SEED=N          random bytes and the clock are the same in every run with this N
 *   FAULTS_CLOCK=SECONDS   the clock of this machine is wrong by so many seconds
 *   FAULTS_STOP=K:FILE     before call K: make FILE, then wait until it is gone (two writers at once)
 *
 * The calls go to the kernel by syscall(2): the names of glibc are ours now.
 */
#ifndef SHIM_H
#define SHIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define EXPORT __attribute__((visibility("default")))

enum {
	SHIM_PATH_BYTES = 4096
};

enum shim_verdict {
	SHIM_GO_ON,
	SHIM_FAIL, /* errno is set */
	SHIM_HALF, /* write half, then shim_end_half() */
};

/** Count one call of this kind: may not come back, may say that the call must fail. */
enum shim_verdict shim_count(const char *kind);
/** After half a write: does not come back if the plan says killed. */
void shim_end_half(void);
/** The absolute path, not normalised. False: outside the root, and nothing to be told. */
bool shim_path_at(char out[SHIM_PATH_BYTES], int directory, const char *path);
/** Whether a descriptor is a file or directory below the root; then also its path. */
bool shim_path_of(char out[SHIM_PATH_BYTES], int fd);
unsigned long long shim_inode(int fd);

/** One line of the log; a negative result is written as -errno. errno is left as it is. */
__attribute__((format(printf, 3, 4))) void shim_tell(const char *kind, long result, const char *format, ...);
void shim_tell_write(long result, int fd, off_t offset, const uint8_t *data, const char *path);

/** Whether random bytes and clock are given (FAULTS_SEED). */
bool shim_is_seeded(void);
/** FAULTS_CLOCK. */
long shim_clock_off(void);
void shim_random(uint8_t *out, size_t size);

#endif
