/** What attack.c (a store under fire) and crafts.c (hostile bundles) share. */
#ifndef TESTS_ATTACK_ATTACK_H
#define TESTS_ATTACK_ATTACK_H

#include "base/bytes.h"
#include "node/node.h"

/** Stop with a text unless err is ERR_OK. */
void attack_must(enum err err, const struct err_info *info, const char *what);

/**
 * Write a bundle signed by the office of one store for the office of another, with one thing wrong with it.
 * @return false: no craft has this name
 */
bool attack_craft(struct bytes *out, const char *name, struct node *from, struct node *to);
/** Print the names of all crafts, one a line, each with the exit code that `take` owes it. */
void attack_craft_list(void);

/** A delta that is small and reads as much: good notes first, then records of `texts` texts, each a MiB divided by `parts`. */
struct attack_bomb {
	size_t good_rows;
	size_t rows;
	uint32_t texts;
	size_t parts;
};

/** Append the section. @param base  the sender's head, on which it stands */
void attack_bomb(struct bytes *section, struct oid *base, struct node *from, const struct attack_bomb *bomb);

/** Put an edit signed by another office on the head of a partition in a store. */
void attack_foreign_edit(struct oid *out, struct node *signer, struct node *victim, const char *owner);

#endif
