/**
 * Offices with keys from seeds, and their statements, for the tests of roster. One world holds a city, two counties and a
 * township; every statement that is said is remembered as (text, signature), so that a roster can be built from any part of
 * them in any order.
 */
#ifndef TESTS_UNIT_ROSTER_OFFICES_H
#define TESTS_UNIT_ROSTER_OFFICES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "roster/rights.h"
#include "seal/seal.h"
#include "test.h"

enum {
	SAID_MAX = 64,
	KEYS_MAX = 8
};

#define CITY "430300000000"
#define COUNTY "430321000000"
#define OTHER_COUNTY "430322000000"
#define TOWN "430321100000"
#define AUDITOR "430300000000.audit"

struct said {
	struct bytes text;
	struct seal_signature signature;
	struct digest digest;
};

struct office {
	struct node_code code;
	struct seal_node_key *keys[KEYS_MAX]; /* made when asked for */
	size_t key;                           /* index of the one that signs now */
	uint32_t number;                      /* of the last statement said */
	struct digest last;
};

struct world {
	struct office city;
	struct office county;
	struct office other_county;
	struct office town;
	struct office auditor;
	struct said said[SAID_MAX];
	size_t said_count;
	struct roster *roster;
};

static inline struct node_code
code_of(const char *text)
{
	struct node_code code;

	assert_true(node_code_read(&code, view_text(text)));
	return code;
}

/** The office's n-th key, drawn from a seed made of its code and n. */
static inline const struct seal_public *
office_key(struct office *office, size_t n)
{
	struct err_info info;
	uint64_t seed = 77 + n;
	struct env env;

	for (const char *at = office->code.text; *at != '\0'; at++)
		seed = seed * 31 + (uint64_t)*at;
	env = support_env(&seed);
	if (office->keys[n] == NULL)
		assert_ok(seal_node_key_new(&office->keys[n], &env, &info));
	return seal_node_key_public(office->keys[n]);
}

static inline struct id
office_partition(const struct office *office)
{
	struct id id = {{0x50}};

	memcpy(id.bytes + 1, office->code.text, 12);
	return id;
}

/** Sign a statement with the office's present key and remember it; the roster is not told. Returns its index. */
static inline size_t
world_sign(struct world *world, struct office *office, const struct statement *statement)
{
	struct said *said = &world->said[world->said_count];
	struct statement_signed signed_text;
	struct err_info info;

	assert_true(world->said_count < SAID_MAX);
	(void)office_key(office, office->key);
	assert_ok(statement_write(&said->text, statement, &info));
	assert_ok(statement_sign(&signed_text, office->keys[office->key], SEAL_NAMESPACE_ROSTER,
	                         bytes_view(&said->text), &info));
	said->signature = signed_text.sshsig.signature;
	statement_digest(&said->digest, bytes_view(&said->text));
	return world->said_count++;
}

static inline enum err
world_add(struct world *world, struct roster *roster, size_t said, enum roster_outcome *outcome, struct err_info *info)
{
	return roster_add(roster, bytes_view(&world->said[said].text), &world->said[said].signature, outcome, info);
}

/** The next statement of an office's chain: numbered, linked, signed, remembered; not yet added. */
static inline size_t
world_next(struct world *world, struct office *office, struct statement statement)
{
	size_t said;

	statement.issuer = office->code;
	statement.number = ++office->number;
	statement.previous = office->last;
	statement.time = 1751103600 + office->number;
	if (statement.type == STATEMENT_ROOT || statement.type == STATEMENT_ROTATE)
		statement.node = office->code;
	said = world_sign(world, office, &statement);
	office->last = world->said[said].digest;
	return said;
}

/** Say it and add it to the world's roster, which must take it. */
static inline size_t
world_say(struct world *world, struct office *office, struct statement statement)
{
	struct err_info info;
	size_t said = world_next(world, office, statement);

	assert_ok(world_add(world, world->roster, said, NULL, &info));
	return said;
}

static inline struct statement
enrol_of(struct office *office, uint8_t level, const char *name)
{
	struct statement statement = {
		.type = STATEMENT_ENROL, .node = office->code, .level = level, .is_confirmed = true};

	(void)snprintf(statement.name, sizeof(statement.name), "%s", name);
	statement.keys = *office_key(office, 0);
	statement.partition = office_partition(office);
	return statement;
}

/** The office rotates to its key n: the statement; from the next one on that key signs (set office->key). */
static inline struct statement
rotate_to(struct office *office, size_t n)
{
	return (struct statement){.type = STATEMENT_ROTATE, .keys = *office_key(office, n)};
}

static inline struct statement
replace_of(struct office *office, size_t n)
{
	return (struct statement){.type = STATEMENT_REPLACE,
	                          .node = office->code,
	                          .keys = *office_key(office, n),
	                          .is_confirmed = true,
	                          .chain_number = office->number,
	                          .chain_digest = office->last};
}

static inline struct statement
revoke_of(struct office *office, size_t n)
{
	struct statement statement = {.type = STATEMENT_REVOKE,
	                              .node = office->code,
	                              .chain_number = office->number,
	                              .chain_digest = office->last};

	seal_key_id(&statement.key_id, &office_key(office, n)->sign);
	return statement;
}

static inline struct statement
epoch_of(const struct office *owner, uint32_t number)
{
	return (struct statement){.type = STATEMENT_OPEN_EPOCH,
	                          .partition = office_partition(owner),
	                          .version = number,
	                          .digest = {{0xe0, (uint8_t)number}}};
}

static inline struct statement
grant_of(struct office *auditor, bool may_read)
{
	struct statement statement = {
		.type = STATEMENT_GRANT, .node = auditor->code, .may_read = may_read, .is_confirmed = true};

	(void)snprintf(statement.name, sizeof(statement.name), "%s", "审计局");
	statement.keys = *office_key(auditor, 0);
	return statement;
}

static inline const struct roster_node *
world_node(const struct world *world, const struct office *office)
{
	return roster_node_find(world->roster, &office->code);
}

/** A city that enrolled two counties; the first county enrolled a township. The auditor is not enrolled. */
static inline int
world_set_up(void **state)
{
	static struct world world;
	struct statement root = {.type = STATEMENT_ROOT, .level = 3, .name = "湘潭市"};
	struct err_info info;
	size_t said;

	assert_ok(seal_init(&info));
	world = (struct world){.city.code = code_of(CITY),
	                       .county.code = code_of(COUNTY),
	                       .other_county.code = code_of(OTHER_COUNTY),
	                       .town.code = code_of(TOWN),
	                       .auditor.code = code_of(AUDITOR)};
	root.keys = *office_key(&world.city, 0);
	root.partition = office_partition(&world.city);
	said = world_next(&world, &world.city, root);
	assert_ok(roster_new(&world.roster, &world.said[said].digest, &info));
	assert_ok(world_add(&world, world.roster, said, NULL, &info));
	(void)world_say(&world, &world.city, enrol_of(&world.county, 2, "湘潭县"));
	(void)world_say(&world, &world.city, enrol_of(&world.other_county, 2, "湘乡市"));
	(void)world_say(&world, &world.county, enrol_of(&world.town, 1, "易俗河镇"));
	*state = &world;
	return 0;
}

static inline void
office_release(struct office *office)
{
	for (size_t i = 0; i < KEYS_MAX; i++)
		seal_node_key_free(office->keys[i]);
}

static inline int
world_tear_down(void **state)
{
	struct world *world = *state;

	roster_free(world->roster);
	for (size_t i = 0; i < world->said_count; i++)
		bytes_release(&world->said[i].text);
	office_release(&world->city);
	office_release(&world->county);
	office_release(&world->other_county);
	office_release(&world->town);
	office_release(&world->auditor);
	return 0;
}

/** Add all that was said, in this order; what cannot be added yet comes again until nothing moves. */
static inline void
world_fill(struct world *world, struct roster *roster, const size_t *order)
{
	bool is_added[SAID_MAX] = {false};
	bool has_moved = true;
	struct err_info info;

	while (has_moved) {
		has_moved = false;
		for (size_t i = 0; i < world->said_count; i++) {
			enum roster_outcome outcome = ROSTER_KNOWN;

			if (is_added[order[i]] || world_add(world, roster, order[i], &outcome, &info) != ERR_OK ||
			    outcome == ROSTER_KNOWN)
				continue;
			is_added[order[i]] = true;
			has_moved = true;
		}
	}
}

/** A roster of everything said, added in another order: what cannot be added yet comes again until nothing moves. */
static inline struct roster *
world_shuffled(struct world *world, uint64_t *seed)
{
	struct roster *roster = NULL;
	struct err_info info;
	size_t order[SAID_MAX];

	for (size_t i = 0; i < world->said_count; i++)
		order[i] = i;
	for (size_t i = world->said_count; i-- > 1;) {
		size_t k = (size_t)(support_random(seed) % (i + 1));
		size_t other = order[i];

		order[i] = order[k];
		order[k] = other;
	}
	assert_ok(roster_new(&roster, roster_root_digest(world->roster), &info));
	world_fill(world, roster, order);
	return roster;
}

static inline int
compare_nodes(const void *a, const void *b)
{
	return strcmp((*(const struct roster_node *const *)a)->code.text,
	              (*(const struct roster_node *const *)b)->code.text);
}

/** Everything that a roster says of itself, as text: two rosters with equal dumps answer alike. */
static inline struct bytes
world_dump(const struct roster *roster)
{
	struct statement_reference *heads = NULL;
	const struct roster_node *nodes[SAID_MAX];
	struct bytes out = {0};
	struct err_info info;
	size_t node_count = 0;
	size_t count = 0;
	size_t at = 0;

	while ((nodes[node_count] = roster_next_below(roster, NULL, &at)) != NULL)
		node_count++;
	qsort(nodes, node_count, sizeof(nodes[0]), compare_nodes);
	for (size_t i = 0; i < node_count; i++) {
		const struct roster_node *node = nodes[i];
		const struct roster_node *superior = roster_superior(roster, node);
		const struct roster_epoch *epoch;
		struct roster_key_ids due = {0};
		size_t position = 0;

		assert_ok(bytes_printf(
			&out, &info, "%s %u %s below %s confirmed %d revoked %d disputed %d read %d key ",
			node->code.text, node->level, node->name, superior == NULL ? "-" : superior->code.text,
			node->is_confirmed, node->is_revoked, node->is_disputed, node->may_read));
		assert_ok(bytes_append_hex(&out, view_of(node->key_id.bytes, ID_BYTES), &info));
		assert_ok(roster_epoch_due(&due, roster, &node->partition, &info));
		while (!node->is_auditor && (epoch = roster_epoch_next(roster, &node->partition, &position)) != NULL)
			assert_ok(bytes_printf(&out, &info, " epoch %u by %s", epoch->number, epoch->opener.text));
		assert_ok(bytes_printf(&out, &info, " due %zu\n", due.count));
		roster_key_ids_release(&due);
	}
	assert_ok(roster_heads(&heads, &count, roster, NULL, &info));
	for (size_t i = 0; i < count; i++) {
		assert_ok(bytes_printf(&out, &info, "%s %u ", heads[i].issuer.text, (unsigned)heads[i].number));
		assert_ok(bytes_append_hex(&out, view_of(heads[i].digest, sizeof(heads[i].digest)), &info));
		assert_ok(bytes_append_text(&out, "\n", &info));
	}
	free(heads);
	return out;
}

/** Fails unless rosters built from what was said, in many orders, all say the same as the world's. */
static inline void
assert_order_decides_nothing(struct world *world)
{
	struct bytes expected = world_dump(world->roster);
	uint64_t seed = 4242;

	for (int round = 0; round < 24; round++) {
		struct roster *other = world_shuffled(world, &seed);
		struct bytes dump = world_dump(other);

		if (!view_equal(bytes_view(&dump), bytes_view(&expected)))
			(void)fprintf(stderr, "round %d:\n%sthe world:\n%s", round, bytes_text(&dump),
			              bytes_text(&expected));
		assert_string_equal(bytes_text(&dump), bytes_text(&expected));
		bytes_release(&dump);
		roster_free(other);
	}
	bytes_release(&expected);
}

#define WORLD_TEST(function) cmocka_unit_test_setup_teardown(function, world_set_up, world_tear_down)

#endif
