#include "samples.h"
#include "seal/stream.h"
#include "test.h"

enum {
	FRAMES = 4
};

static const char *const texts[FRAMES] = {"one", "", "three", "the last"};

struct sent {
	uint8_t header[SEAL_STREAM_HEADER_BYTES];
	struct bytes frames[FRAMES];
};

static void
send_all(struct sent *out, const struct seal_key *key)
{
	uint8_t next = 0xc0;
	struct env env = count_env(&next);
	struct seal_stream stream;
	struct err_info info;

	*out = (struct sent){0};
	assert_ok(seal_stream_write_init(&stream, out->header, key, FRAMES, &env, &info));
	for (size_t i = 0; i < FRAMES; i++)
		assert_ok(seal_stream_push(&stream, &out->frames[i], view_text(texts[i]), view_text("ad"), &info));
	assert_ok(seal_stream_end(&stream, &info));
	seal_stream_wipe(&stream);
}

static void
release_sent(struct sent *sent)
{
	for (size_t i = 0; i < FRAMES; i++)
		bytes_release(&sent->frames[i]);
}

/* Pull the frames of an order given as digits; the first error, or that of the end. */
static enum err
pull_order(const struct sent *sent, const struct seal_key *key, uint32_t count, const char *order)
{
	struct seal_stream stream;
	struct bytes out = {0};
	struct err_info info;
	enum err err = ERR_OK;

	seal_stream_read_init(&stream, sent->header, key, count);
	for (; err == ERR_OK && *order != '\0'; order++)
		err = seal_stream_pull(&stream, &out, bytes_view(&sent->frames[*order - '0']), view_text("ad"), &info);
	if (err == ERR_OK)
		err = seal_stream_end(&stream, &info);
	seal_stream_wipe(&stream);
	bytes_release(&out);
	return err;
}

static void
frames_are_those_of_libsodium(void **state)
{
	struct seal_key *key = sample_key(0x40);
	uint8_t next = 0xc0;
	struct env env = count_env(&next);
	uint8_t header[SEAL_STREAM_HEADER_BYTES];
	struct bytes out = {0};
	struct seal_stream stream;
	struct err_info info;

	(void)state;
	assert_ok(seal_stream_write_init(&stream, header, key, 2, &env, &info));
	assert_ok(seal_stream_push(&stream, &out, view_text("first"), view_text("ad"), &info));
	assert_hex(bytes_view(&out), "9e3aee8a51c17e8638cd0299c0f4a106a5a0c1045f5a");
	bytes_clear(&out);
	assert_ok(seal_stream_push(&stream, &out, view_text("last"), view_text("ad"), &info));
	assert_hex(bytes_view(&out), "2262afdc1f1ea1a9b80e6dc7bf1e493fd213253d9e");
	bytes_release(&out);
	seal_stream_wipe(&stream);
	seal_key_free(key);
}

static void
frames_come_back_in_order(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct seal_stream stream;
	struct bytes out = {0};
	struct err_info info;
	struct sent sent;

	(void)state;
	send_all(&sent, key);
	seal_stream_read_init(&stream, sent.header, key, FRAMES);
	for (size_t i = 0; i < FRAMES; i++) {
		assert_err(seal_stream_end(&stream, &info), ERR_FORMAT);
		assert_int_equal(sent.frames[i].size, strlen(texts[i]) + SEAL_FRAME_OVERHEAD_BYTES);
		assert_ok(seal_stream_pull(&stream, &out, bytes_view(&sent.frames[i]), view_text("ad"), &info));
	}
	assert_ok(seal_stream_end(&stream, &info));
	assert_string_equal(bytes_text(&out), "onethreethe last");
	seal_stream_wipe(&stream);
	bytes_release(&out);
	release_sent(&sent);
	seal_key_free(key);
}

static void
only_the_one_order_of_frames_is_taken(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct sent sent;
	char order[FRAMES + 1] = {0};

	(void)state;
	send_all(&sent, key);
	for (int i = 0; i < 256; i++) { /* 4 of 4 with repetition: every permutation, drop and doubling */
		for (int j = 0; j < FRAMES; j++)
			order[j] = (char)('0' + (i >> (2 * j) & 3));
		assert_int_equal(pull_order(&sent, key, FRAMES, order) == ERR_OK, strcmp(order, "0123") == 0);
	}
	assert_int_equal(pull_order(&sent, key, FRAMES, "012"), ERR_FORMAT);
	assert_int_equal(pull_order(&sent, key, FRAMES, ""), ERR_FORMAT);
	assert_int_equal(pull_order(&sent, key, FRAMES, "01233"), ERR_FORMAT);
	release_sent(&sent);
	seal_key_free(key);
}

static void
final_must_stand_where_the_manifest_says(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct sent sent;

	(void)state;
	send_all(&sent, key);
	assert_int_equal(pull_order(&sent, key, FRAMES - 1, "012"), ERR_AUTH);  /* the third is not FINAL */
	assert_int_equal(pull_order(&sent, key, FRAMES + 1, "0123"), ERR_AUTH); /* the fourth is */
	release_sent(&sent);
	seal_key_free(key);
}

static void
another_key_header_or_binding_is_refused(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct seal_key *other = sample_key(0x41);
	struct seal_stream stream;
	struct bytes out = {0};
	struct err_info info;
	struct sent sent;

	(void)state;
	send_all(&sent, key);
	assert_int_equal(pull_order(&sent, other, FRAMES, "0123"), ERR_AUTH);
	seal_stream_read_init(&stream, sent.header, key, FRAMES);
	assert_err(seal_stream_pull(&stream, &out, bytes_view(&sent.frames[0]), view_text("ae"), &info), ERR_AUTH);
	assert_int_equal(out.size, 0);
	/* dead after an error: even the right frame is not taken */
	assert_err(seal_stream_pull(&stream, &out, bytes_view(&sent.frames[0]), view_text("ad"), &info), ERR_FORMAT);
	assert_err(seal_stream_end(&stream, &info), ERR_FORMAT);
	sent.header[0] ^= 1;
	assert_int_equal(pull_order(&sent, key, FRAMES, "0123"), ERR_AUTH);
	bytes_release(&out);
	release_sent(&sent);
	seal_key_free(other);
	seal_key_free(key);
}

static void
a_frame_cut_or_flipped_anywhere_is_refused(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct bytes out = {0};
	struct seal_stream stream;
	struct err_info info;
	struct sent sent;

	(void)state;
	send_all(&sent, key);
	for (size_t size = 0; size < sent.frames[0].size; size++) {
		seal_stream_read_init(&stream, sent.header, key, FRAMES);
		assert_err(seal_stream_pull(&stream, &out, view_of(sent.frames[0].data, size), view_text("ad"), &info),
		           size < SEAL_FRAME_OVERHEAD_BYTES ? ERR_FORMAT : ERR_AUTH);
	}
	for (size_t i = 0; i < sent.frames[0].size * 8; i++) {
		sent.frames[0].data[i / 8] ^= (uint8_t)(1 << i % 8);
		seal_stream_read_init(&stream, sent.header, key, FRAMES);
		assert_err(seal_stream_pull(&stream, &out, bytes_view(&sent.frames[0]), view_text("ad"), &info),
		           ERR_AUTH);
		sent.frames[0].data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(out.size, 0);
	bytes_release(&out);
	release_sent(&sent);
	seal_key_free(key);
}

static void
a_frame_over_its_limit_is_refused_before_it_is_opened(void **state)
{
	static const uint8_t large[LIMIT_FRAME_BYTES_MAX + SEAL_FRAME_OVERHEAD_BYTES + 1];
	static const uint8_t header[SEAL_STREAM_HEADER_BYTES];
	struct seal_key *key = sample_key(0x40);
	struct seal_stream stream;
	struct bytes out = {0};
	struct err_info info;

	(void)state;
	seal_stream_read_init(&stream, header, key, 1);
	assert_err(seal_stream_pull(&stream, &out, view_of(large, sizeof(large)), (struct view){0}, &info), ERR_FORMAT);
	seal_key_free(key);
}

static void
the_largest_frame_goes_through(void **state)
{
	static const uint8_t large[LIMIT_FRAME_BYTES_MAX];
	struct seal_key *key = sample_key(0x40);
	uint8_t next = 0;
	struct env env = count_env(&next);
	uint8_t header[SEAL_STREAM_HEADER_BYTES];
	struct seal_stream stream;
	struct bytes frame = {0};
	struct bytes out = {0};
	struct err_info info;

	(void)state;
	assert_ok(seal_stream_write_init(&stream, header, key, 1, &env, &info));
	assert_ok(seal_stream_push(&stream, &frame, view_of(large, sizeof(large)), (struct view){0}, &info));
	seal_stream_read_init(&stream, header, key, 1);
	assert_ok(seal_stream_pull(&stream, &out, bytes_view(&frame), (struct view){0}, &info));
	assert_ok(seal_stream_end(&stream, &info));
	assert_memory_equal(out.data, large, sizeof(large));
	bytes_release(&frame);
	bytes_release(&out);
	seal_key_free(key);
}

static void
writing_needs_randomness(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct env env = broken_env();
	uint8_t header[SEAL_STREAM_HEADER_BYTES];
	struct seal_stream stream = {0};
	struct err_info info;

	(void)state;
	assert_err(seal_stream_write_init(&stream, header, key, 1, &env, &info), ERR_IO);
	seal_stream_wipe(&stream);
	seal_key_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_those_of_libsodium),
		cmocka_unit_test(frames_come_back_in_order),
		cmocka_unit_test(only_the_one_order_of_frames_is_taken),
		cmocka_unit_test(final_must_stand_where_the_manifest_says),
		cmocka_unit_test(another_key_header_or_binding_is_refused),
		cmocka_unit_test(a_frame_cut_or_flipped_anywhere_is_refused),
		cmocka_unit_test(a_frame_over_its_limit_is_refused_before_it_is_opened),
		cmocka_unit_test(the_largest_frame_goes_through),
		cmocka_unit_test(writing_needs_randomness),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
