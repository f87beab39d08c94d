/* Checkpoints and nightly lines as fields and a raw signature. */
#include <string.h>

#include "receipt/internal.h"

enum {
	CHECKPOINT_MEMBERS = 8,
	NIGHT_MEMBERS = 7, /* one less where the roster version is the bundle's */
};

static void
out_previous(struct receipt_out *out, uint32_t number, const struct digest *previous)
{
	receipt_out_bin(out, previous->bytes, number == 1 ? 0 : DIGEST_BYTES);
}

static void
in_previous(struct receipt_in *in, uint32_t number, struct digest *out)
{
	receipt_in_bin(in, out->bytes, number == 1 ? 0 : DIGEST_BYTES);
}

enum err
checkpoint_wire_write(struct bytes *bytes, const struct checkpoint *checkpoint, const struct seal_signature *signature,
                      struct err_info *info)
{
	bool is_head_alone = receipt_oids_are(checkpoint->tips, checkpoint->tip_count, &checkpoint->head);
	struct receipt_out out = {bytes, info, ERR_OK};
	size_t size = bytes->size;

	receipt_out_array(&out, CHECKPOINT_MEMBERS);
	receipt_out_bin(&out, checkpoint->partition.bytes, ID_BYTES);
	receipt_out_uint(&out, checkpoint->number);
	out_previous(&out, checkpoint->number, &checkpoint->previous);
	receipt_out_int(&out, checkpoint->time);
	receipt_out_bin(&out, checkpoint->head.bytes, OID_BYTES);
	receipt_out_bin(&out, checkpoint->state.bytes, DIGEST_BYTES);
	receipt_out_oids(&out, checkpoint->tips, is_head_alone ? 0 : checkpoint->tip_count);
	receipt_out_bin(&out, signature->bytes, SEAL_SIGNATURE_BYTES);
	if (out.err != ERR_OK)
		bytes->size = size;
	return out.err;
}

static void
in_tips(struct receipt_in *in, struct checkpoint *out)
{
	struct receipt_oids tips = receipt_in_oids(in, &out->arena, LIMIT_RECEIPT_TIPS_MAX);

	if (in->err == ERR_OK && receipt_oids_are(tips.items, tips.count, &out->head))
		receipt_in_fail(in, _("a head that is its only tip is not named twice"));
	if (in->err == ERR_OK && tips.count == 0) {
		tips.items = receipt_in_get(in, &out->arena, 1, sizeof(*tips.items));
		if (tips.items != NULL) {
			tips.items[0] = out->head;
			tips.count = 1;
		}
	}
	out->tips = tips.items;
	out->tip_count = tips.count;
}

/* What the text could not say is refused: its rules are the wire's too. */
static enum err
check_text(enum err text_err, struct err_info *info)
{
	return text_err == ERR_RULE ? err_in(info, ERR_FORMAT, _("not a checkpoint")) : text_err;
}

enum err
checkpoint_wire_read(struct checkpoint *out, struct seal_signature *signature_out, struct view wire,
                     const struct node_code *node, struct err_info *info)
{
	struct checkpoint checkpoint = {.node = *node};
	struct receipt_in in = receipt_in_of(wire, info);
	struct seal_signature signature;
	struct bytes text = {0};
	enum err err;

	if (receipt_in_array(&in, CHECKPOINT_MEMBERS) != CHECKPOINT_MEMBERS)
		receipt_in_fail(&in, _("a checkpoint has eight parts"));
	receipt_in_bin(&in, checkpoint.partition.bytes, ID_BYTES);
	checkpoint.number = (uint32_t)receipt_in_uint(&in, UINT32_MAX);
	in_previous(&in, checkpoint.number, &checkpoint.previous);
	checkpoint.time = receipt_in_int(&in);
	receipt_in_bin(&in, checkpoint.head.bytes, OID_BYTES);
	receipt_in_bin(&in, checkpoint.state.bytes, DIGEST_BYTES);
	in_tips(&in, &checkpoint);
	receipt_in_bin(&in, signature.bytes, SEAL_SIGNATURE_BYTES);
	err = receipt_in_end(&in);
	if (err == ERR_OK)
		err = check_text(checkpoint_write(&text, &checkpoint, info), info);
	if (err == ERR_OK) {
		*signature_out = signature;
		*out = checkpoint;
		checkpoint = (struct checkpoint){.number = 0};
	}
	bytes_release(&text);
	checkpoint_release(&checkpoint);
	return err;
}

static bool
is_known(const struct checkpoint_night *night, const struct checkpoint_version *known)
{
	bool is_same = night->roster_count == known->count;

	for (size_t i = 0; is_same && i < known->count; i++)
		is_same = strcmp(night->roster[i].issuer.text, known->items[i].issuer.text) == 0 &&
		          night->roster[i].number == known->items[i].number &&
		          memcmp(night->roster[i].digest, known->items[i].digest, sizeof(known->items[i].digest)) == 0;
	return is_same;
}

enum err
checkpoint_night_wire_write(struct bytes *bytes, const struct checkpoint_night *night,
                            const struct checkpoint_version *known, const struct seal_signature *signature,
                            struct err_info *info)
{
	bool is_left_out = is_known(night, known);
	struct receipt_out out = {bytes, info, ERR_OK};
	size_t size = bytes->size;

	receipt_out_array(&out, is_left_out ? NIGHT_MEMBERS - 1 : NIGHT_MEMBERS);
	receipt_out_uint(&out, night->number);
	out_previous(&out, night->number, &night->previous);
	receipt_out_int(&out, night->time);
	receipt_out_uint(&out, night->count);
	receipt_out_bin(&out, night->rows.bytes, DIGEST_BYTES);
	if (!is_left_out) {
		receipt_out_array(&out, night->roster_count);
		for (size_t i = 0; i < night->roster_count; i++)
			receipt_out_reference(&out, &night->roster[i]);
	}
	receipt_out_bin(&out, signature->bytes, SEAL_SIGNATURE_BYTES);
	if (out.err != ERR_OK)
		bytes->size = size;
	return out.err;
}

static void
in_roster(struct receipt_in *in, struct checkpoint_night *out, bool is_left_out, const struct checkpoint_version *known)
{
	if (is_left_out && known->count > LIMIT_LEVELS_MAX) {
		receipt_in_fail(in, _("a nightly line without a roster version"));
		return;
	}
	if (is_left_out) {
		out->roster_count = known->count;
		for (size_t i = 0; i < known->count; i++)
			out->roster[i] = known->items[i];
		return;
	}
	out->roster_count = receipt_in_array(in, LIMIT_LEVELS_MAX);
	for (size_t i = 0; in->err == ERR_OK && i < out->roster_count; i++)
		out->roster[i] = receipt_in_reference(in);
	if (in->err == ERR_OK && is_known(out, known))
		receipt_in_fail(in, _("a roster version that the bundle has said already"));
}

enum err
checkpoint_night_wire_read(struct checkpoint_night *out, struct seal_signature *signature_out, struct view wire,
                           const struct node_code *node, const struct checkpoint_version *known, struct err_info *info)
{
	struct checkpoint_night night = {.node = *node};
	struct receipt_in in = receipt_in_of(wire, info);
	struct seal_signature signature;
	struct bytes text = {0};
	size_t members = receipt_in_array(&in, NIGHT_MEMBERS);
	enum err err;

	if (members + 1 < NIGHT_MEMBERS)
		receipt_in_fail(&in, _("a nightly line has six or seven parts"));
	night.number = (uint32_t)receipt_in_uint(&in, UINT32_MAX);
	in_previous(&in, night.number, &night.previous);
	night.time = receipt_in_int(&in);
	night.count = (uint32_t)receipt_in_uint(&in, UINT32_MAX);
	receipt_in_bin(&in, night.rows.bytes, DIGEST_BYTES);
	in_roster(&in, &night, members < NIGHT_MEMBERS, known);
	receipt_in_bin(&in, signature.bytes, SEAL_SIGNATURE_BYTES);
	err = receipt_in_end(&in);
	if (err == ERR_OK)
		err = check_text(checkpoint_night_write(&text, &night, info), info);
	if (err == ERR_OK) {
		*signature_out = signature;
		*out = night;
	}
	bytes_release(&text);
	return err;
}
