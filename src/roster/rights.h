/** What the roster says beside nodes and keys: key epochs, schema sets, merge rules, delegated and withdrawn rights. */
#ifndef ROSTER_RIGHTS_H
#define ROSTER_RIGHTS_H

#include "roster/version.h"

struct roster_epoch {
	struct id partition;
	uint16_t number;
	struct digest digest;     /* of the statement: what blobs and commits name */
	struct digest commitment; /* to the key: seal_epoch_commitment() */
	struct node_code opener;
	bool is_dense;            /* blobs under it are of version 2: schema/blob-v2.md */
	const struct id *without; /* ids of the sealing keys that it shuts out, ascending */
	size_t without_count;
};

/** The newest epoch of a partition by (number, digest); NULL: none is open. Borrowed until the next statement is added. */
const struct roster_epoch *roster_epoch_newest(const struct roster *roster, const struct id *partition);
const struct roster_epoch *roster_epoch_find(const struct roster *roster, const struct id *partition, uint16_t number,
                                             const struct digest *digest);
/** Walk all epochs of a partition, ascending; start at 0; NULL at the end. */
const struct roster_epoch *roster_epoch_next(const struct roster *roster, const struct id *partition, size_t *position);

/**
 * May this node read the partition: its owner, an office above the owner or below it, an auditor that was granted reading of
 * it; and its newest key is not revoked. schema/statement-v1.md, section 4.6.
 */
bool roster_may_read(const struct roster *roster, const struct id *partition, const struct roster_node *node);

struct roster_key_ids {
	struct id *items; /* ascending, each once */
	size_t count;
};

/**
 * The sealing keys that could once open an epoch of the partition and shall open none from now on, but for those that the
 * newest epoch or one with a lower number shuts out already. Not empty: a new epoch is due. ERR_NOMEM.
 * Released with roster_key_ids_release().
 */
enum err roster_epoch_due(struct roster_key_ids *out, const struct roster *roster, const struct id *partition,
                          struct err_info *info) MUST_USE;
void roster_key_ids_release(struct roster_key_ids *ids);

struct roster_schema_set {
	uint32_t version;
	struct digest digest;
};

/** The root's newest schema set (highest version, then largest digest); NULL: none. */
const struct roster_schema_set *roster_schema_newest(const struct roster *roster);
bool roster_schema_is_open(const struct roster *roster, uint32_t version, const struct digest *digest);
/** Walk, ascending; start at 0; NULL at the end. */
const struct roster_schema_set *roster_schema_next(const struct roster *roster, size_t *position);
/** The highest version of the merge rules that the root has opened; 1 from the start. */
uint32_t roster_rules_newest(const struct roster *roster);

enum roster_word {
	ROSTER_WORD_NONE,      /* nothing was said: the schema's default decides */
	ROSTER_WORD_DELEGATED, /* may write */
	ROSTER_WORD_WITHDRAWN, /* may not */
};

/** What is asked about a right. */
struct roster_question {
	struct node_code node;
	struct view kind;
	uint32_t field; /* top-level x-field; STATEMENT_FIELD_EXISTENCE: the record's existence */
	int64_t day;    /* of the edit, by its own clock; delegations may have a first and a last day */
	const struct roster_version *version; /* the state to judge by */
	/**
	 * Whether the write keeps to a delegation's limit: amount_field 0: what is written there is no integer above the maximum;
	 * else that field of the record is an integer of at most the maximum. NULL: a limited delegation does not count.
	 */
	bool (*is_within)(void *context, uint32_t amount_field, uint64_t amount_max);
	void *context;
};

/** Whether anything at all was said about this office's rights: if not, roster_word_on need not be asked. */
bool roster_has_words(const struct roster *roster, const struct node_code *node);

/**
 * The last word on it: of the highest issuer on the path above the node that said something, its last statement that the version
 * holds; a hard withdrawal that the newest state holds counts too. A delegation whose days or limit do not cover the write
 * is not about it: the word before it decides.
 */
enum roster_word roster_word_on(const struct roster *roster, const struct roster_question *question);

/** One delegation or withdrawal, as it was said. Borrowed until the next statement is added. */
struct roster_right_said {
	const struct roster_node *issuer;
	uint32_t number; /* in the issuer's chain */
	enum roster_word word;
	bool is_hard;
	struct view kind;       /* empty: every kind */
	const uint32_t *fields; /* ascending; count 0: every field and existence */
	size_t field_count;
	uint32_t amount_field;
	uint64_t amount_max; /* 0: no limit */
	int64_t first_day;   /* 0: at once */
	int64_t last_day;    /* 0: until withdrawn */
};

/** Walk all that was said about a node's rights, the highest issuer's first; start at 0. False at the end. */
bool roster_right_next(struct roster_right_said *out, const struct roster *roster, const struct node_code *code,
                       size_t *position);
/** The partitions that an auditor's grant names; count 0: all at and below its issuer. */
const struct id *roster_granted(size_t *count_out, const struct roster_node *auditor);

#endif
