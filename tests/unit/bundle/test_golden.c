/* Frozen samples of the inside of a bundle: preambles and small sections, good and bad, and every byte of them damaged. */
#include <string.h>

#include "bundle/preamble.h"
#include "bundle/small.h"
#include "golden.h"
#include "test.h"

enum {
	SECTIONS = 4 /* of the envelope around a preamble */
};

static const char PREAMBLE[] = "fuzz_bundle_preamble";
static const char SMALL[] = "fuzz_bundle_small";

#define SENDER "cf 000000 643122e4e0"
#define RECIPIENT "06"
#define OFFICES SENDER RECIPIENT
#define HEAD "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define P1 "c424 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1" HEAD
#define P2 "c424 a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2" HEAD
#define B1 "b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"
#define B2 "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define BASES "c428" B1 B2
#define END "c414 e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1"

static const struct {
	const char *name;
	const char *hex;
} preambles[] = {
	{"good-idle", "92" OFFICES},
	{"good-shown", "93" OFFICES "91" P1},
	{"good-first", "93" OFFICES "92" P1 "01"},
	{"good-two", "94" OFFICES "94" P1 "01" BASES END "93" P2 "02" BASES},
	{"good-first-in-parts", "93" OFFICES "94" P1 "01 c400" END},
	{"good-department", "92 92 cf 000000 6431215e40 a3 66696e 06"},
	{"good-below", "92 cf 000000 6431215e40 cf 000000 643122e4e0"},
	{"bad-empty", ""},
	{"bad-no-recipient", "91" SENDER},
	{"bad-map", "82" OFFICES},
	{"bad-order", "92" RECIPIENT SENDER},
	{"bad-code", "92 cf 000000 e8d4a51000" RECIPIENT},
	{"bad-code-in-full", "92" SENDER "cf 000000 6431215e40"},
	{"bad-nothing-of-a-partition", "93" OFFICES "90"},
	{"bad-no-head", "93" OFFICES "91 c410 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"},
	{"bad-fifth-element", "93" OFFICES "95" P1 "01" BASES END "01"},
	{"bad-twice", "94" OFFICES "91" P1 "91" P1},
	{"bad-descending", "94" OFFICES "91" P2 "91" P1},
	{"bad-bases-descend", "93" OFFICES "93" P1 "01 c428" B2 B1},
	{"bad-base-twice", "93" OFFICES "93" P1 "01 c428" B1 B1},
	{"bad-base-cut", "93" OFFICES "93" P1 "01 c413 b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"},
	{"bad-no-bases", "93" OFFICES "93" P1 "01 c400"},
	{"bad-end-is-the-head", "93" OFFICES "94" P1 "01" BASES "c414" HEAD},
	{"bad-section-4", "93" OFFICES "92" P1 "04"},
	{"bad-claims-many", "ddffffffff" OFFICES},
	{"bad-byte-behind", "92" OFFICES "00"},
};

#define RECEIPT "c403 800102"
#define STATEMENT "c404 01020304"
#define CHAIN "93 ac 343330333030303030303030 09 c408 0102030405060708"
#define WRAP                                                                                                           \
	"c492 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 0001"                                                                   \
	"d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1 f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"            \
	"e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1"                                             \
	"171717171717171717171717171717171717171717171717171717171717171717171717171717171717171717171717"

static const struct {
	const char *name;
	const char *hex;
} smalls[] = {
	{"good-nothing", "80"},
	{"good-receipt", "81 01 91" RECEIPT},
	{"good-all", "85 01 92" RECEIPT RECEIPT "02 91" STATEMENT "03 91" CHAIN "04 91" WRAP "05 c402 9001"},
	{"good-standing", "83 06 c408 0102030405060708 07 03 08 c408 1112131415161718"},
	{"bad-empty", ""},
	{"bad-array", "90"},
	{"bad-key-0", "81 00 91" RECEIPT},
	{"bad-key-9", "81 09 91" RECEIPT},
	{"bad-standing-short", "81 06 c407 01020304050607"},
	{"bad-lacks-nothing", "81 07 00"},
	{"bad-lacks-4", "81 07 04"},
	{"bad-order", "82 02 91" STATEMENT "01 91" RECEIPT},
	{"bad-twice", "82 01 91" RECEIPT "01 91" RECEIPT},
	{"bad-no-receipts", "81 01 90"},
	{"bad-receipt-text", "81 01 91 a3616263"},
	{"bad-chain-of-two", "81 03 91 92 ac 343330333030303030303030 09"},
	{"bad-chain-code", "81 03 91 93 ab 3433303330303030303030 09 c408 0102030405060708"},
	{"bad-wrap-cut", "81 04 91 c403 010203"},
	{"bad-night-empty", "81 05 c400"},
	{"bad-claims-many", "81 01 ddffffffff"},
	{"bad-byte-behind", "80 00"},
};

static void
samples_are_what_is_written_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(preambles) / sizeof(preambles[0]); i++) {
		struct bytes content = from_hex(preambles[i].hex);

		golden_frozen(PREAMBLE, preambles[i].name, &content);
	}
	for (size_t i = 0; i < sizeof(smalls) / sizeof(smalls[0]); i++) {
		struct bytes content = from_hex(smalls[i].hex);

		golden_frozen(SMALL, smalls[i].name, &content);
	}
}

static enum err
read_preamble(struct view wire, struct err_info *info)
{
	struct bundle_preamble preamble;
	struct bytes again = {0};
	enum err err = bundle_preamble_read(&preamble, wire, SECTIONS, info);

	if (err != ERR_OK)
		return err;
	assert_int_equal(bundle_preamble_write(&again, &preamble, info), ERR_OK);
	assert_true(view_equal(bytes_view(&again), wire));
	bytes_release(&again);
	bundle_preamble_release(&preamble);
	return ERR_OK;
}

static enum err
read_small(struct view wire, struct err_info *info)
{
	struct bundle_small small;
	struct bytes again = {0};
	enum err err = bundle_small_read(&small, wire, info);

	if (err != ERR_OK)
		return err;
	assert_int_equal(bundle_small_write(&again, &small, info), ERR_OK);
	assert_true(view_equal(bytes_view(&again), wire));
	bytes_release(&again);
	bundle_small_release(&small);
	return ERR_OK;
}

static void
samples_are_told_apart(void **state)
{
	(void)state;
	golden_run(PREAMBLE, read_preamble);
	golden_run(SMALL, read_small);
}

/* Cut at any byte it is refused; with any bit flipped it is refused, or another text in its one spelling (the readers above). */
static void
damage(const char *hex, enum err (*reader)(struct view wire, struct err_info *info))
{
	struct bytes wire = from_hex(hex);
	struct err_info info;

	for (size_t size = 0; size < wire.size; size++)
		assert_int_not_equal(reader(view_of(wire.data, size), &info), ERR_OK);
	for (size_t bit = 0; bit < 8 * wire.size; bit++) {
		wire.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		(void)!reader(bytes_view(&wire), &info);
		wire.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	bytes_release(&wire);
}

static void
every_byte_counts(void **state)
{
	(void)state;
	damage(preambles[3].hex, read_preamble);
	damage(smalls[2].hex, read_small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_what_is_written_now),
		cmocka_unit_test(samples_are_told_apart),
		cmocka_unit_test(every_byte_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
