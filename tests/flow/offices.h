/**
 * Several offices in one process, each with its store on disk, driven line by line: simulate.py says what they do and knows
 * what must come of it. Clock and randomness are the driver's; a command may be told to die at a seam, and does so in a process
 * of its own, as a machine that loses power does: nothing is tidied up.
 *
 * A command is a line of words with tabs between; the answer is lines, the last one "ok" or "error CODE TEXT". See commands.c.
 */
#ifndef TESTS_FLOW_OFFICES_H
#define TESTS_FLOW_OFFICES_H

#include "base/table.h"
#include "flow/flow.h"

enum {
	OFFICES_MAX = 64,
	WORDS_MAX = 64,
};

struct office {
	char name[32]; /* of the store: a cloned disk is another store of the same office */
	char directory[LIMIT_PATH_BYTES_MAX];
	uint64_t random;
	int64_t clock;     /* seconds off the true time */
	struct node *node; /* NULL: nobody has it open */
};

struct offices {
	struct office items[OFFICES_MAX];
	size_t count;
	int64_t now;
	struct table told; /* commits and records that were shown already */
};

extern struct offices offices;

/** The words of one command; words[0] is its name. */
struct words {
	const char *items[WORDS_MAX];
	size_t count;
};

typedef enum err (*command_run)(const struct words *words, struct err_info *info);

struct command {
	const char *name;
	size_t words_min; /* with the name itself */
	command_run run;
};

/** The commands, ended by one without a name. */
extern const struct command COMMANDS[];

/** A store by its name, or a program error: the driver knows whom it made. */
struct office *office_find(const char *name);
/** Its desk, with the store open. */
enum err office_desk(struct flow_desk *out, struct office *office, struct err_info *info) MUST_USE;
/** Nobody has the store open any more. */
void office_close(struct office *office);
struct env office_env(struct office *office);

/** ERR_USAGE: no division code. */
enum err office_code_read(struct node_code *out, const char *text, struct err_info *info) MUST_USE;

/* rights.c: commands about who there is and what he may */
enum err rights_init(const struct words *words, struct err_info *info) MUST_USE;
enum err rights_enrol(const struct words *words, struct err_info *info) MUST_USE;
enum err rights_right(const struct words *words, struct err_info *info) MUST_USE;
enum err rights_rotate(const struct words *words, struct err_info *info) MUST_USE;
enum err rights_revoke(const struct words *words, struct err_info *info) MUST_USE;
enum err rights_grant(const struct words *words, struct err_info *info) MUST_USE;

/* lawless.c: what an office's own program would not let it do */
enum err lawless_force(const struct words *words, struct err_info *info) MUST_USE;
enum err lawless_bend(const struct words *words, struct err_info *info) MUST_USE;
enum err lawless_pile(const struct words *words, struct err_info *info) MUST_USE;

/** What the driver must learn: new commits of a partition with all that their trees hold, parents first. */
enum err show_news(const struct words *words, struct err_info *info) MUST_USE;
enum err show_heads(const struct words *words, struct err_info *info) MUST_USE;

struct partition;
/**
 * journal.c: what the journal of changes knows of a partition is what its trees say; commits that this store was asked about before
 * are passed over.
 * @param told_out  edits of which it knows
 */
enum err journal_check(size_t *told_out, const struct office *office, struct partition *partition,
                       const struct oid *head, struct err_info *info) MUST_USE;

/* --- seams.c: where a command may die --- */

/** Die at the n-th passing of a seam. `seam` NULL: at none. */
void seams_arm(const char *seam, unsigned n);
/** The exit code of a process that died at its seam. */
enum {
	SEAM_EXIT = 77
};

/* --- plants.c --- */

/** Bend the program: one of the names that `offices plants` lists. false: no such plant. */
bool plants_set(const char *name);
void plants_list(void);

#endif
