/** The life of a node from `init` to `accept`. Source: design of enrolment in schema/statement-v1.md, section 7. */
#ifndef FLOW_ENROL_H
#define FLOW_ENROL_H

#include "flow/flow.h"
#include "seal/hash.h"

struct flow_init_terms {
	struct node_code code;
	uint8_t level;
	const char *name;
	bool is_root;
	struct view passphrase;
};

/**
 * Make a node. A root also pins itself, opens the first epoch of its own partition and writes that partition's root commit.
 * A run that was killed is finished by the same command. ERR_EXISTS, ERR_STATE, ERR_RULE (name), ERR_IO.
 * @param fingerprint_out  of the node's keys: what the superior will compare, or what subordinates pin
 */
enum err flow_init(const char *directory, const struct flow_init_terms *terms, const struct env *env,
                   struct seal_fingerprint *fingerprint_out, struct err_info *info) MUST_USE;

/** The fingerprint of this node's own card. ERR_INTERNAL. */
enum err flow_own_fingerprint(struct seal_fingerprint *out, struct node *node, struct err_info *info) MUST_USE;

/** Append a card, signed by this node itself. ERR_STATE: a root needs none. */
enum err flow_request(struct bytes *out, struct node *node, struct err_info *info) MUST_USE;

struct flow_enrol_terms {
	struct view card;                           /* untrusted: the card's file */
	const struct seal_fingerprint *fingerprint; /* compared if not NULL */
	bool is_confirmed;                          /* a person compared it at the prompt */
	bool is_replacement;                        /* new keys for an office that is enrolled */
};

struct flow_enrol_result {
	struct node_code code;
	uint8_t level;
	char name[LIMIT_NAME_BYTES_MAX + 1];
	struct seal_fingerprint fingerprint;
	bool is_confirmed;
	bool was_known; /* the same card was enrolled before: the answer is made again, nothing is signed */
};

/** Read a card and say what it is, before anything is decided. ERR_FORMAT, ERR_AUTH. */
enum err flow_card_look(struct flow_enrol_result *out, struct view card, struct err_info *info) MUST_USE;
/**
 * Sign a card and append the answer. ERR_AUTH: the fingerprint differs; ERR_RIGHT: not below us; ERR_EXISTS: the office is
 * enrolled with other keys (then --replace).
 */
enum err flow_enrol(struct bytes *answer_out, struct flow_enrol_result *out, const struct flow_desk *desk,
                    const struct flow_enrol_terms *terms, struct err_info *info) MUST_USE;

/** Append the file that an office's `accept` takes: the roster as far as it concerns it, and the newest schema set. */
enum err flow_answer_for(struct bytes *out, struct node *node, const struct node_code *code,
                         struct err_info *info) MUST_USE;

struct flow_accept_result {
	struct node_code superior;
	char superior_name[LIMIT_NAME_BYTES_MAX + 1];
	struct seal_fingerprint root;
	bool is_confirmed;
	bool is_replaced; /* in the place of a lost machine: the partition comes back from the superior */
	struct id partition;
	bool was_accepted; /* done before: what is new in the answer was added */
	bool is_adopted;   /* the root pinned before stands below this one now */
};

/** The fingerprint of the root that an answer leads from. ERR_FORMAT, ERR_AUTH. */
enum err flow_answer_look(struct flow_accept_result *out, struct view answer, struct err_info *info) MUST_USE;
/**
 * Pin the root, take roster and schema sets, open the first epoch, write the partition's root commit.
 * @param root  compared if not NULL
 * @param is_confirmed  a person compared it at the prompt
 *
 * Another root than the one pinned is taken only when a person compared it, and only if the pinned one stands below it (we may be that
 * one): it was adopted. All that was said under it stays in the roster.
 * ERR_AUTH: another root, or not our keys; ERR_FORMAT; ERR_STATE: an answer for another office, or a new root that lacks what the
 * old one had opened.
 */
enum err flow_accept(struct flow_accept_result *out, const struct flow_desk *desk, struct view answer,
                     const struct seal_fingerprint *root, bool is_confirmed, struct err_info *info) MUST_USE;

#endif
