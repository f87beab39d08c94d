/** Keys, a letter and readers that the tests of envelope share. */
#ifndef TESTS_UNIT_ENVELOPE_BUILDER_H
#define TESTS_UNIT_ENVELOPE_BUILDER_H

#include "craft.h"
#include "test.h"

enum {
	BUILDER_SENDER_SEED = 1001,
	BUILDER_COUNTY_SEED = 1002,
	BUILDER_CITY_SEED = 1003,
	BUILDER_SECTION_BYTES = 150,
};

/** An office and its key. */
struct office {
	struct node_code code;
	struct seal_node_key *key;
};

static inline struct office
office_of(const char *code, uint64_t seed)
{
	return (struct office){craft_code(code), craft_key(seed)};
}

static inline void
office_release(struct office *office)
{
	seal_node_key_free(office->key);
	office->key = NULL;
}

static inline const struct seal_public_key *
office_sign_key(const struct office *office)
{
	return &seal_node_key_public(office->key)->sign;
}

static inline struct envelope_addressee
office_addressee(const struct office *office)
{
	return (struct envelope_addressee){office->code, seal_node_key_public(office->key)->seal};
}

/** What a township's night looks like; static storage. */
static inline struct envelope_terms
builder_terms(void)
{
	static struct envelope_roster_reference roster[2];

	roster[0] = (struct envelope_roster_reference){craft_code(CRAFT_CITY), 9, {1, 2, 3, 4, 5, 6, 7, 8}};
	roster[1] = (struct envelope_roster_reference){craft_code(CRAFT_COUNTY), 41, {8, 7, 6, 5, 4, 3, 2, 1}};
	return (struct envelope_terms){
		.sender = craft_code(CRAFT_TOWNSHIP),
		.incarnation = {0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8},
		.number = 100,
		.previous = {0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8},
		.time = CRAFT_TIME,
		.roster = roster,
		.roster_count = 2,
	};
}

/** Bytes that no compressor shrinks. */
static inline struct bytes
builder_noise(size_t size, uint64_t seed)
{
	struct bytes out = {0};
	uint8_t *at = bytes_extend(&out, size);

	assert_true(at != NULL || size == 0);
	if (size > 0)
		craft_ok(craft_random(&seed, at, size, NULL));
	return out;
}

/** Read up to the preamble; the caller frees. Errors of the stage that refuses. */
static inline enum err
builder_read(struct envelope **out, struct view file, const struct office *sender, const struct office *reader,
             struct err_info *info)
{
	const struct seal_node_key *const keys[] = {reader->key};
	struct envelope *envelope = NULL;
	enum err err = envelope_open(&envelope, file, info);

	if (err == ERR_OK)
		err = envelope_verify(envelope, office_sign_key(sender), info);
	if (err == ERR_OK)
		err = envelope_decrypt(envelope, &reader->code, keys, 1, info);
	if (err == ERR_OK)
		*out = envelope;
	else
		envelope_free(envelope);
	return err;
}

/** Seal one preamble and one section for one reader. */
static inline struct bytes
builder_small(const struct office *sender, const struct office *reader, struct view preamble, struct view section)
{
	struct envelope_addressee addressee = office_addressee(reader);
	struct envelope_content content = {.id = 1, .plain = section};
	struct envelope_letter letter = {
		.terms = builder_terms(),
		.addressees = &addressee,
		.addressee_count = 1,
		.preamble = preamble,
		.sections = &content,
		.section_count = 1,
		.level = 19,
	};
	uint64_t seed = 77;
	struct env env = craft_env(&seed);
	struct bytes file = {0};
	struct err_info info;

	assert_ok(envelope_write(&file, NULL, &letter, sender->key, &env, &info));
	return file;
}

/** A craft for the county with nothing wrong, and the plaintext of a 10-byte preamble and a stored section. */
static inline struct craft
builder_craft(struct bytes *plain, const struct office *sender, const struct office *county, size_t section_bytes)
{
	struct bytes noise = builder_noise(section_bytes, 5);

	craft_ok(codec_write_array(plain, 4, NULL));
	craft_ok(codec_write_uint(plain, 10, NULL));
	craft_ok(codec_write_uint(plain, 1, NULL));
	craft_ok(codec_write_uint(plain, section_bytes, NULL));
	craft_ok(codec_write_uint(plain, 0, NULL));
	craft_ok(bytes_append_text(plain, "0123456789", NULL));
	craft_ok(bytes_append_view(plain, bytes_view(&noise), NULL));
	bytes_release(&noise);
	return (struct craft){
		.seed = 99,
		.sender = sender->key,
		.recipients = {county->key},
		.recipient_codes = {6},
		.recipient_count = 1,
		.plain = bytes_view(plain),
	};
}

/** Write what the craft says and let the county read it. */
static inline enum err
builder_read_craft(const struct craft *craft, const struct office *sender, const struct office *county,
                   struct err_info *info)
{
	struct envelope *envelope = NULL;
	struct bytes file = {0};
	enum err err;

	info->text[0] = '\0';
	craft_write(&file, craft);
	err = builder_read(&envelope, bytes_view(&file), sender, county, info);
	envelope_free(envelope);
	bytes_release(&file);
	return err;
}

#endif
