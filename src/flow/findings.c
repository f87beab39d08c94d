#include "flow/findings.h"

#include <stdlib.h>
#include <string.h>

#include "flow/finding_check.h"
#include "flow/policy.h"
#include "seal/hash.h"
#include "seal/seal.h"

enum {
	SECONDS_PER_DAY = 86400,
	CHINA_SECONDS_EAST = 28800,
};

static void
views_release(struct finding_check *check)
{
	for (size_t i = 0; i < FLOW_FINDING_VIEWS; i++) {
		if (check->views[i].is_open)
			flow_view_release(&check->views[i].view);
		check->views[i].is_open = false;
	}
}

static void
check_release(struct finding_check *check)
{
	views_release(check);
	finding_rules_free(check->rules);
	policy_free(check->policy);
	postings_free(check->postings);
	free(check->places);
	free(check->past);
	table_release(&check->dirty);
	table_release(&check->fresh);
	table_release(&check->affected);
	table_release(&check->wanted_by_subject);
	free(check->wanted);
	free(check->parts);
	free(check->steps);
	finding_postings_release(&check->between[0]);
	finding_postings_release(&check->between[1]);
	arena_release(&check->arena);
}

enum err
finding_view(struct flow_view **out, struct finding_check *check, uint16_t place, struct err_info *info)
{
	size_t at = check->view_next;
	enum err err;

	for (size_t i = 0; i < FLOW_FINDING_VIEWS; i++) {
		if (check->views[i].is_open && check->views[i].place == place) {
			*out = &check->views[i].view;
			return ERR_OK;
		}
	}
	if (check->views[at].is_open)
		flow_view_release(&check->views[at].view);
	check->views[at].is_open = false;
	err = flow_view_open(&check->views[at].view, check->node, &check->places[place].owner, NULL, info);
	if (err != ERR_OK)
		return err;
	check->views[at].is_open = true;
	check->views[at].place = place;
	check->view_next = (at + 1) % FLOW_FINDING_VIEWS;
	*out = &check->views[at].view;
	return ERR_OK;
}

enum err
finding_open_record(struct record *out, struct bytes *plaintext, struct finding_check *check, uint16_t place,
                    const struct id *id, struct err_info *info)
{
	struct flow_view *view;
	enum err err = finding_view(&view, check, place, info);

	if (err == ERR_OK)
		err = partition_get(plaintext, view->partition, &view->version, id, info);
	arena_clear(&check->arena);
	if (err == ERR_OK)
		err = record_read(out, &check->arena, bytes_view(plaintext), LIMIT_RECORD_MERGED_BYTES_MAX, info);
	return err;
}

const struct roster_node *
finding_writer(const struct finding_check *check, uint16_t place_a, uint16_t place_b)
{
	const struct finding_place *a = &check->places[place_a];
	const struct finding_place *b = &check->places[place_b];
	size_t common = 0;

	while (common < a->depth && common < b->depth && a->path[common] == b->path[common])
		common++;
	if (common == 0)
		return NULL;
	/* a township holds no two partitions, and rolls are no office: the one above sees it */
	if (a->path[common - 1]->is_rolls || a->path[common - 1]->level <= NODE_LEVEL_TOWNSHIP)
		return common < 2 ? NULL : a->path[common - 2];
	return a->path[common - 1];
}

bool
finding_is_ours(const struct finding_check *check, uint16_t place_a, uint16_t place_b)
{
	const struct roster_node *writer = finding_writer(check, place_a, place_b);

	return writer != NULL && strcmp(writer->code.text, node_identity_of(check->node)->code.text) == 0;
}

/* As many as the cache has numbers for; those of partitions that are not held stay empty. */
static enum err
grow_places(struct finding_check *check, struct err_info *info)
{
	size_t count = postings_place_count(check->postings);
	struct finding_place *places;

	if (count <= check->place_count)
		return ERR_OK;
	places = realloc(check->places, count * sizeof(*places));
	if (places == NULL)
		return err_nomem(info);
	memset(places + check->place_count, 0, (count - check->place_count) * sizeof(*places));
	check->places = places;
	check->place_count = count;
	return ERR_OK;
}

static enum err
add_place(struct finding_check *check, const struct node_code *owner, struct err_info *info)
{
	const struct roster_node *node = roster_node_find(node_roster(check->node), owner);
	struct finding_place place = {.owner = *owner};
	uint16_t number = 0;
	enum err err;

	if (node == NULL)
		return ERR_OK;
	err = postings_place(&number, check->postings, &node->partition, info);
	if (err == ERR_OK)
		err = grow_places(check, info);
	if (err != ERR_OK)
		return err;
	place.depth = roster_path(node_roster(check->node), owner, place.path);
	check->places[number] = place;
	return ERR_OK;
}

/* Our own partition and all below us: what lies above is not ours to compare. */
static enum err
find_places(struct finding_check *check, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(check->node)->code;
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, check->node, info);

	check->place_count = 0;
	if (err == ERR_OK)
		err = grow_places(check, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		if (node_code_is_owner(self, &codes.codes[i]) ||
		    roster_is_superior(node_roster(check->node), self, &codes.codes[i]))
			err = add_place(check, &codes.codes[i], info);
	}
	node_codes_release(&codes);
	return err;
}

/* What the cache rests on: the rules, and the rows that records are held against. */
static void
make_context(struct finding_check *check)
{
	struct seal_hash hash;
	struct digest rows;

	check->context = *schema_set_digest(check->set);
	if (check->policy == NULL)
		return;
	policy_rows_digest(&rows, check->policy);
	seal_hash_init(&hash);
	seal_hash_update(&hash, view_of(check->context.bytes, sizeof(check->context.bytes)));
	seal_hash_update(&hash, view_of(rows.bytes, sizeof(rows.bytes)));
	seal_hash_final(&check->context, &hash);
}

static enum err
open_policy(struct finding_check *check, struct err_info *info)
{
	for (size_t i = 0; i < schema_set_kind_count(check->set); i++) {
		const struct schema_kind *kind =
			schema_set_kind_may_compare(check->set, i) ? schema_set_kind_across(check->set, i) : NULL;

		for (size_t k = 0; kind != NULL && k < kind->across_count; k++) {
			if (kind->rules_across[k].type == SCHEMA_STANDARDS)
				return flow_policy_open(&check->policy, check->node, check->set, info);
		}
	}
	return ERR_OK;
}

/* Also when everything is read anew, because of other rules or rows, a step of a status is one from the last night to this one. */
static enum err
remember_past(struct finding_check *check, struct err_info *info)
{
	size_t count = postings_place_count(check->postings);

	check->past = calloc(count + 1, sizeof(*check->past));
	if (check->past == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count; i++) {
		const struct postings_place *place = postings_place_at(check->postings, (uint16_t)i);

		check->past[check->past_count++] = (struct finding_past){place->partition, place->commit};
	}
	return ERR_OK;
}

static enum err
open_postings(struct finding_check *check, unsigned flags, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_key *key = NULL;
	struct digest held;
	enum err err = fs_path(path, info, "%s/findings", node_directory(check->node));

	if (err == ERR_OK)
		err = seal_node_key_derive(&key, node_keys(check->node), SEAL_DOMAIN_FINDCACHE, (struct view){0}, info);
	if (err == ERR_OK)
		err = postings_new(&check->postings, path, key, node_env(check->node), info);
	if (err != ERR_OK)
		return err;
	make_context(check);
	check->is_whole = !postings_load(check->postings, &held) || !digest_equal(&held, &check->context) ||
	                  (flags & FLOW_FINDINGS_WHOLE) != 0;
	err = remember_past(check, info);
	if (check->is_whole)
		postings_clear(check->postings);
	return err;
}

static bool
has_rules(const struct schema_set *set)
{
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		if (schema_set_kind_may_compare(set, i) && schema_set_kind_across(set, i)->across_count > 0)
			return true;
	}
	return false;
}

static enum err
start(struct finding_check *check, unsigned flags, struct err_info *info)
{
	const struct env *env = node_env(check->node);
	uint64_t seed = 0;
	enum err err = flow_finding_kind_find(&check->kind, check->set, info);

	if (err == ERR_OK)
		err = finding_rules_new(&check->rules, check->set, info);
	if (err == ERR_OK)
		err = env->random(env->context, &seed, sizeof(seed), info);
	check->dirty.seed = seed;
	check->fresh.seed = seed;
	check->affected.seed = seed;
	check->wanted_by_subject.seed = seed;
	check->today = (env->now(env->context) + CHINA_SECONDS_EAST) / SECONDS_PER_DAY;
	if (err == ERR_OK)
		err = open_policy(check, info);
	if (err == ERR_OK)
		err = open_postings(check, flags, info);
	if (err == ERR_OK)
		err = find_places(check, info);
	return err;
}

/* Only reading everything anew is right: what an old version said cannot be known. */
static enum err
read_anew(struct finding_check *check, struct err_info *info)
{
	enum err err;

	postings_clear(check->postings);
	check->must_whole = false;
	check->is_whole = true;
	check->step_count = 0;
	check->result->records = 0;
	check->result->read = 0;
	table_release(&check->dirty);
	table_release(&check->fresh);
	table_release(&check->affected);
	err = find_places(check, info);
	return err == ERR_OK ? finding_read_all(check, info) : err;
}

static enum err
run(struct finding_check *check, unsigned flags, struct err_info *info)
{
	enum err err = start(check, flags, info);

	if (err == ERR_OK)
		err = finding_read_all(check, info);
	if (err == ERR_OK && check->must_whole)
		err = read_anew(check, info);
	check->result->is_whole = check->is_whole;
	if (err == ERR_OK)
		err = finding_judge_all(check, info);
	if (err == ERR_OK)
		err = finding_write_all(check, info);
	if (err == ERR_OK)
		err = node_schema_check(check->node, info);
	if (err == ERR_OK && !check->desk->is_dry_run)
		err = postings_save(check->postings, &check->context, info);
	return err;
}

static bool
is_hub(const struct node *node)
{
	return node_identity_of(node)->level > NODE_LEVEL_TOWNSHIP && node_keys(node) != NULL;
}

void
flow_findings_expect(const struct flow_desk *desk)
{
	if (is_hub(desk->node))
		node_schema_compile(desk->node, view_text(FLOW_FINDING_KIND));
}

enum err
flow_findings_check(struct flow_findings_result *out, const struct flow_desk *desk, unsigned flags,
                    struct err_info *info)
{
	struct flow_findings_result result = {0};
	struct finding_check check = {
		.desk = desk, .node = desk->node, .set = node_schema_compiled(desk->node), .result = &result};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK && (!is_hub(desk->node) || check.set == NULL || !has_rules(check.set))) {
		*out = result;
		return node_schema_check(desk->node, info); /* a kind whose rules were not read has none */
	}
	result.is_hub = true;
	if (err == ERR_OK)
		err = run(&check, flags, info);
	if (err == ERR_FORMAT && !check.is_whole) { /* a damaged page: the cache can be made anew */
		check_release(&check);
		result = (struct flow_findings_result){.is_hub = true};
		check = (struct finding_check){
			.desk = desk, .node = desk->node, .set = node_schema_compiled(desk->node), .result = &result};
		err = run(&check, flags | FLOW_FINDINGS_WHOLE, info);
	}
	check_release(&check);
	if (err == ERR_OK)
		*out = result;
	return err;
}
