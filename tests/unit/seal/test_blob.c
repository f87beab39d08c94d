#include "samples.h"
#include "seal/blob.h"
#include "test.h"

static const char KNOWN_BLOB[] = "cb5537d5753d7cf7aea2a223a20a662fbf10c5086266a25c81b4ecf3005817aee565a34b56b7ceef4e8d";
static const char KNOWN_ENTRY[] =
	"223a1ca00c176b6dc81de105d05971a2cb3ae48a24b96f7e6fcf0ad0b185ed9a51ce17f52e05abad41c8";

struct sample {
	struct seal_key *epoch_key;
	struct seal_salt salt;
	struct seal_blob_names names;
};

static struct sample
make_sample(void)
{
	struct sample sample = {.epoch_key = sample_key(0x40)};
	struct seal_seed seed;

	count_bytes(seed.bytes, 0, sizeof(seed.bytes));
	seal_salt_derive(&sample.salt, &seed, 7);
	sample.names.partition = sample_id(0xa0);
	sample.names.epoch_number = 3;
	sample.names.epoch = sample_digest(0x80);
	sample.names.role = SEAL_ROLE_RECORD;
	seal_record_id(&sample.names.record, &sample.salt, &sample.names.partition);
	return sample;
}

static void
siv_gives_the_published_answer(void **state)
{
	struct seal_key *key = NULL;
	uint8_t bytes[32];
	uint8_t out[SEAL_TAG_BYTES + 12];
	struct err_info info;

	(void)state;
	memset(bytes, 0x42, sizeof(bytes));
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	seal_siv_seal(out, key, view_text("store|rec-1"), view_text("hello record"));
	assert_hex(view_of(out, sizeof(out)),
	           "47ce3b12866744be9b0084b50626be29f0e2bfb5f3ac58410d25ab83aa93a60f d8d536799e7cc89f35fd18e6");
	seal_key_free(key);
}

static void
siv_opens_what_it_sealed_at_every_length(void **state)
{
	struct seal_key *key = sample_key(5);
	uint8_t plain[200];
	uint8_t body[SEAL_TAG_BYTES + sizeof(plain)];
	uint8_t back[sizeof(plain)];
	struct err_info info;

	(void)state;
	count_bytes(plain, 3, sizeof(plain));
	for (size_t size = 0; size <= sizeof(plain); size++) {
		seal_siv_seal(body, key, view_of(plain, size / 2), view_of(plain, size));
		assert_ok(seal_siv_open(back, key, view_of(plain, size / 2), view_of(body, SEAL_TAG_BYTES + size),
		                        &info));
		assert_memory_equal(back, plain, size);
	}
	seal_key_free(key);
}

static void
siv_tells_where_names_end_and_content_begins(void **state)
{
	struct seal_key *key = sample_key(5);
	uint8_t one[SEAL_TAG_BYTES + 2];
	uint8_t two[SEAL_TAG_BYTES + 3];

	(void)state;
	seal_siv_seal(one, key, view_text("abc"), view_text("de"));
	seal_siv_seal(two, key, view_text("ab"), view_text("cde"));
	assert_memory_not_equal(one, two, SEAL_TAG_BYTES);
	seal_key_free(key);
}

static void
a_blob_is_the_known_one(void **state)
{
	struct sample sample = make_sample();
	uint8_t body[SEAL_TAG_BYTES + 10];

	(void)state;
	seal_blob_seal(body, sample.epoch_key, &sample.salt, &sample.names, view_text("the record"));
	assert_hex(view_of(body, sizeof(body)), KNOWN_BLOB);
	sample.names.role = SEAL_ROLE_ENTRY;
	seal_blob_seal(body, sample.epoch_key, &sample.salt, &sample.names, view_text("the record"));
	assert_hex(view_of(body, sizeof(body)), KNOWN_ENTRY);
	seal_key_free(sample.epoch_key);
}

static void
a_blob_opens_under_its_own_names_alone(void **state)
{
	struct sample good = make_sample();
	struct bytes body = from_hex(KNOWN_BLOB);
	struct seal_key *other_key = sample_key(0x41);
	uint8_t back[10];
	struct err_info info;

	(void)state;
	assert_ok(seal_blob_open(back, good.epoch_key, &good.salt, &good.names, bytes_view(&body), &info));
	assert_memory_equal(back, "the record", 10);
	for (int what = 0; what < 7; what++) {
		struct sample bad = good;

		bad.names.partition.bytes[15] ^= what == 0;
		bad.names.epoch_number = (uint16_t)(bad.names.epoch_number + (what == 1));
		bad.names.epoch.bytes[0] ^= what == 2;
		bad.names.record.bytes[0] ^= what == 3;
		bad.names.role = what == 4 ? SEAL_ROLE_ENTRY : SEAL_ROLE_RECORD;
		bad.salt.bytes[31] ^= what == 5;
		bad.names.is_dense = what == 6;
		assert_err(seal_blob_open(back, bad.epoch_key, &bad.salt, &bad.names, bytes_view(&body), &info),
		           ERR_AUTH);
		assert_hex(view_of(back, sizeof(back)), "00000000000000000000"); /* nothing unproved is left */
	}
	assert_err(seal_blob_open(back, other_key, &good.salt, &good.names, bytes_view(&body), &info), ERR_AUTH);
	seal_key_free(other_key);
	seal_key_free(good.epoch_key);
	bytes_release(&body);
}

static void
a_blob_cut_anywhere_is_refused(void **state)
{
	struct sample sample = make_sample();
	struct bytes body = from_hex(KNOWN_BLOB);
	uint8_t back[10];
	struct err_info info;

	(void)state;
	for (size_t size = 0; size < body.size; size++)
		assert_err(seal_blob_open(back, sample.epoch_key, &sample.salt, &sample.names, view_of(body.data, size),
		                          &info),
		           size < SEAL_TAG_BYTES ? ERR_FORMAT : ERR_AUTH);
	seal_key_free(sample.epoch_key);
	bytes_release(&body);
}

static void
siv_refuses_a_flipped_bit(void **state)
{
	struct sample sample = make_sample();
	struct bytes body = from_hex(KNOWN_BLOB);
	uint8_t back[10];
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < body.size * 8; i++) {
		body.data[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_err(
			seal_blob_open(back, sample.epoch_key, &sample.salt, &sample.names, bytes_view(&body), &info),
			ERR_AUTH);
		body.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	seal_key_free(sample.epoch_key);
	bytes_release(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siv_gives_the_published_answer),
		cmocka_unit_test(siv_opens_what_it_sealed_at_every_length),
		cmocka_unit_test(siv_tells_where_names_end_and_content_begins),
		cmocka_unit_test(a_blob_is_the_known_one),
		cmocka_unit_test(a_blob_opens_under_its_own_names_alone),
		cmocka_unit_test(a_blob_cut_anywhere_is_refused),
		cmocka_unit_test(siv_refuses_a_flipped_bit),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
