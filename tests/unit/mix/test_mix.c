#include "mix/mix.h"
#include "test.h"

enum {
	SYMBOLS = 3000,
};

static struct mix *
a_mix(void)
{
	struct mix *mix = NULL;
	struct err_info info;

	assert_ok(mix_new(&mix, &info));
	return mix;
}

/* a symbol of that seed's sequence: its question, its width, and what is to be written */
static unsigned
pick(struct mix_question *question, unsigned *width, uint64_t *random)
{
	uint64_t number = support_random(random);

	*question = (struct mix_question){.set = (unsigned)(number >> 8) % MIX_SETS_MAX,
	                                  .count = 1 + (unsigned)(number >> 16) % 3};
	for (unsigned i = 0; i < question->count; i++)
		question->contexts[i] = mix_hash(i, (uint32_t)(number >> 20) % 50);
	*width = 1 + (unsigned)(number >> 28) % 4;
	return (unsigned)(number >> 20) % 50 * 7 % 16 & ((1U << *width) - 1);
}

static struct bytes
written(uint64_t seed, bool is_learned_first)
{
	struct mix *mix = a_mix();
	struct bytes code = {0};
	struct err_info info;
	uint64_t random = seed;

	for (size_t i = 0; i < SYMBOLS; i++) {
		struct mix_question question;
		unsigned width;
		unsigned symbol = pick(&question, &width, &random);

		mix_learn(mix, is_learned_first && i < SYMBOLS / 2);
		assert_int_equal(mix_symbol(mix, &question, width, symbol), symbol);
		if (i % 100 == 0)
			(void)mix_plain(mix, 17, (uint32_t)i);
	}
	assert_ok(mix_finish(mix, &code, &info));
	mix_free(mix);
	return code;
}

static bool
is_read_back(struct view code, uint64_t seed)
{
	struct mix *mix = a_mix();
	uint64_t random = seed;
	bool is_same = true;

	mix_read(mix, code);
	for (size_t i = 0; i < SYMBOLS; i++) {
		struct mix_question question;
		unsigned width;
		unsigned symbol = pick(&question, &width, &random);

		is_same = is_same && mix_symbol(mix, &question, width, 0) == symbol;
		if (i % 100 == 0)
			is_same = is_same && mix_plain(mix, 17, 0) == i;
	}
	is_same = is_same && mix_is_whole(mix);
	mix_free(mix);
	return is_same;
}

static void
symbols_come_back_as_they_were_written(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 6; seed++) {
		struct bytes code = written(seed, false);

		assert_true(is_read_back(bytes_view(&code), seed));
		bytes_release(&code);
	}
}

static void
what_is_learned_makes_the_rest_cheaper(void **state)
{
	struct bytes all = written(1, false);
	struct bytes rest = written(1, true);

	(void)state;
	assert_true(rest.size < all.size / 2); /* half of the symbols, and those of a model that knows them by now */
	bytes_release(&all);
	bytes_release(&rest);
}

static void
an_end_that_no_writer_writes_is_noticed(void **state)
{
	struct bytes code = written(3, false);
	struct err_info info;

	(void)state;
	assert_false(is_read_back(view_of(code.data, code.size - 1), 3));
	assert_ok(bytes_append_byte(&code, 0, &info));
	assert_false(is_read_back(bytes_view(&code), 3));
	bytes_release(&code);
}

/* The format is this code: schema/delta-v1.md, section 3. Another compiler, another machine: the same bytes. */
static void
the_code_of_a_few_symbols_is_known(void **state)
{
	struct mix *mix = a_mix();
	struct mix_question question = {.set = 3, .count = 2, .contexts = {mix_hash(1, 2), mix_hash(3, 4)}};
	struct bytes code = {0};
	struct err_info info;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		(void)mix_symbol(mix, &question, 4, i % 5 == 0 ? 9 : 2);
	(void)mix_plain(mix, 32, 0xdeadbeef);
	assert_int_equal(mix_decisions(mix), 192);
	assert_ok(mix_finish(mix, &code, &info));
	assert_hex(bytes_view(&code), "6faf159f09032c5d2121");
	bytes_release(&code);
	mix_free(mix);
}

static void
nothing_written_is_nothing(void **state)
{
	struct mix *mix = a_mix();
	struct bytes code = {0};
	struct err_info info;

	(void)state;
	assert_ok(mix_finish(mix, &code, &info));
	assert_int_equal(code.size, 0);
	mix_free(mix);
	mix = a_mix();
	mix_read(mix, (struct view){0});
	assert_true(mix_is_whole(mix));
	mix_free(mix);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_come_back_as_they_were_written),
		cmocka_unit_test(what_is_learned_makes_the_rest_cheaper),
		cmocka_unit_test(an_end_that_no_writer_writes_is_noticed),
		cmocka_unit_test(the_code_of_a_few_symbols_is_known),
		cmocka_unit_test(nothing_written_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
