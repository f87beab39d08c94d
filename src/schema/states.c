/* x-states: the status machine and its limits. */
#include "schema/compile.h"

static enum err
read_follow(struct schema_state *state, struct schema_builder *builder, const struct json *follow,
            const struct schema_field *field, struct err_info *info)
{
	return schema_read_values(&state->next, &state->next_count, builder, follow, field, info);
}

static bool
holds(const struct view *values, size_t count, struct view value)
{
	for (size_t i = 0; i < count; i++) {
		if (view_equal(values[i], value))
			return true;
	}
	return false;
}

/* Every status that is named anywhere is a state; one that nothing follows is an end. */
static enum err
add_state(struct schema_state *states, size_t *count, struct view value)
{
	size_t place = *count;

	for (size_t i = 0; i < *count; i++) {
		if (view_equal(states[i].value, value))
			return ERR_OK;
	}
	while (place > 0 && view_compare(states[place - 1].value, value) > 0) {
		states[place] = states[place - 1];
		place--;
	}
	states[place] = (struct schema_state){.value = value};
	(*count)++;
	return ERR_OK;
}

static enum err
count_named(size_t *out, const struct json *follow)
{
	void *position = NULL;
	struct view name;
	const struct json *value;

	while (json_next(follow, &position, &name, &value))
		*out += 1 + (json_form_of(value) == JSON_FORM_ARRAY ? json_count(value) : 1);
	return ERR_OK;
}

static enum err
read_machine(struct schema_states *out, struct schema_builder *builder, const struct json *json,
             const struct schema_field *field, struct err_info *info)
{
	const struct json *follow = json_member(json, "follow");
	const struct json *start = json_member(json, "start");
	const struct view *starts = NULL;
	struct schema_state *states;
	struct schema_state row = {0};
	void *position = NULL;
	struct view name;
	const struct json *value;
	size_t start_count = 0;
	size_t room = json_count(start) + 1;
	size_t count = 0;
	enum err err = count_named(&room, follow);

	states = schema_get(builder, room, sizeof(*states));
	if (states == NULL)
		return err_nomem(info);
	if (err == ERR_OK && start != NULL)
		err = schema_read_values(&starts, &start_count, builder, start, field, info);
	for (size_t i = 0; err == ERR_OK && i < start_count; i++)
		err = add_state(states, &count, starts[i]);
	/* two passes: first all states, then who follows whom, since adding moves them */
	for (int pass = 0; err == ERR_OK && pass < 2; pass++) {
		position = NULL;
		while (err == ERR_OK && json_next(follow, &position, &name, &value)) {
			struct bytes encoded = {0};
			struct view kept;

			err = schema_state_value(&encoded, builder, field, name, info);
			if (err == ERR_OK)
				err = schema_keep(&kept, builder, bytes_view(&encoded), info);
			if (err == ERR_OK)
				err = read_follow(&row, builder, value, field, info);
			if (err == ERR_OK && pass == 0) {
				err = add_state(states, &count, kept);
				for (size_t i = 0; err == ERR_OK && i < row.next_count; i++)
					err = add_state(states, &count, row.next[i]);
			}
			for (size_t i = 0; err == ERR_OK && pass == 1 && i < count; i++) {
				if (view_equal(states[i].value, kept)) {
					states[i].next = row.next;
					states[i].next_count = row.next_count;
				}
			}
			bytes_release(&encoded);
		}
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		states[i].is_initial = start == NULL || holds(starts, start_count, states[i].value);
		states[i].is_final = states[i].next_count == 0;
	}
	out->states = states;
	out->count = count;
	return err;
}

enum err
schema_compile_states(struct schema_field *field, struct schema_builder *builder, const struct json *json,
                      const struct schema_object *object, struct err_info *info)
{
	static const char *const NAMES[] = {"field", "start", "follow", "periods", "limits", NULL};
	struct schema_states *states = schema_get(builder, 1, sizeof(*states));
	size_t mark;
	enum err err;

	if (states == NULL)
		return err_nomem(info);
	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("an object"), json);
	mark = schema_builder_enter(builder, view_text("x-states"));
	if (field->type != SCHEMA_STRING && field->type != SCHEMA_ENUM && field->type != SCHEMA_CODE)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("a status is a string, an enum or a code"));
	else
		err = schema_only(builder, json, NAMES, info);
	if (err == ERR_OK)
		err = read_machine(states, builder, json, field, info);
	if (err == ERR_OK)
		err = schema_compile_limits(states, builder, json, field, object, info);
	if (err == ERR_OK)
		field->states = states;
	schema_builder_leave(builder, mark);
	return err;
}

const struct schema_state *
schema_state_find(const struct schema_states *states, struct view value)
{
	for (size_t i = 0; i < states->count; i++) {
		if (view_equal(states->states[i].value, value))
			return &states->states[i];
	}
	return NULL;
}

bool
schema_states_may_follow(const struct schema_states *states, struct view from, struct view to)
{
	const struct schema_state *target = schema_state_find(states, to);
	const struct schema_state *source = schema_state_find(states, from);

	if (target == NULL)
		return false;
	if (from.size == 0)
		return target->is_initial;
	return source != NULL && holds(source->next, source->next_count, to);
}
