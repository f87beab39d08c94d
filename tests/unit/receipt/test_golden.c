/*
 * Frozen samples of receipts, checkpoints and nightly lines, as texts and on the wire: built again they are the same bytes,
 * good ones are read and written back byte for byte, bad ones are refused.
 */
#include <stdio.h>

#include "samples.h"

static const char TEXT[] = "fuzz_receipt_text";
static const char WIRE[] = "fuzz_receipt_wire";
static const char CHAIN_TEXT[] = "fuzz_receipt_chain_text";
static const char CHAIN_WIRE[] = "fuzz_receipt_chain_wire";

/* --- receipts --- */

static void
freeze_receipt(const char *name, struct receipt *receipt)
{
	struct seal_node_key *key = sample_key();
	struct bytes wire = {0};
	struct err_info info;
	char file[64];

	assert_ok(receipt_sign(receipt, key, &info));
	assert_ok(receipt_verify(receipt, &seal_node_key_public(key)->sign, &info));
	assert_ok(receipt_write(&wire, receipt, &info));
	golden_frozen(WIRE, name, &wire);
	for (size_t i = 0; i < receipt_text_count(receipt); i++) {
		struct bytes text = {0};

		assert_ok(receipt_text(&text, receipt, i, &info));
		(void)snprintf(file, sizeof(file), "%s-%zu", name, i);
		golden_frozen(TEXT, file, &text);
	}
	seal_node_key_free(key);
}

/* The signer's key as a file, for a reader that does not know how a seed becomes a key. */
static void
key_is_what_is_written_now(void **state)
{
	struct seal_node_key *key = sample_key();
	const struct env env = env_system();
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes file = {0};
	struct err_info info;

	(void)state;
	assert_ok(fs_path(path, &info, "%s/key", directory));
	assert_ok(seal_node_key_save(path, key, (struct view){0}, &env, &info));
	assert_ok(fs_read(&file, path, LIMIT_KEY_FILE_BYTES_MAX, &info));
	golden_frozen("keys", "receipts.key", &file);
	support_remove(directory);
	seal_node_key_free(key);
}

static void
good_receipts_are_what_is_written_now(void **state)
{
	struct receipt_partition rows[4];
	struct oid oids[SAMPLE_OIDS];
	struct receipt_detail details[3];
	struct statement_reference chains[2];
	struct receipt idle = sample_idle();
	struct receipt taken = sample_taken(rows, oids);
	struct receipt full;

	(void)state;
	freeze_receipt("good-idle", &idle);
	freeze_receipt("good-taken", &taken);
	full = sample_full(rows, oids, details, chains);
	freeze_receipt("good-full", &full);
}

#define HEAD "tiersync-receipt 1\nfrom 430321000000\nto 430321100000\ntime 2017-12-01T08:00:00+08:00\n"
#define B1 "b2:b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"
#define A1 "partition a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\n"
#define C1 "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define C2 "c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2"

static const struct {
	const char *name;
	const char *text;
} bad_texts[] = {
	{"bad-empty", ""},
	{"bad-version", "tiersync-receipt 2\nfrom 430321000000\nto 430321100000\ntime 2017-12-01T08:00:00+08:00\n"},
	{"bad-type", "tiersync-recept 1\nfrom 430321000000\nto 430321100000\ntime 2017-12-01T08:00:00+08:00\n"},
	{"bad-utc", "tiersync-receipt 1\nfrom 430321000000\nto 430321100000\ntime 2017-12-01T00:00:00Z\n"},
	{"bad-order", "tiersync-receipt 1\nto 430321100000\nfrom 430321000000\ntime 2017-12-01T08:00:00+08:00\n"},
	{"bad-outcome", HEAD "answer " B1 " eaten\n"},
	{"bad-code-missing", HEAD "answer " B1 " refused\n"},
	{"bad-code-with-taken", HEAD "answer " B1 " taken AUTH\n"},
	{"bad-code-lower-case", HEAD "answer " B1 " refused auth\n"},
	{"bad-code-17", HEAD "answer " B1 " refused ABCDEFGHIJKLMNOPQ\n"},
	{"bad-five-answers", HEAD "answer " B1 " taken\nanswer " B1 " taken\nanswer " B1 " taken\nanswer " B1
                                  " taken\nanswer " B1 " taken\n"},
	{"bad-chain-order", HEAD "answer " B1 " taken\nchain 430321000000 1 0102030405060708\n"
                                 "chain 430300000000 1 0102030405060708\n"},
	{"bad-tip-without-head", HEAD "answer " B1 " taken\n" A1 "state taken\ntip " C1 "\n"},
	{"bad-head-without-tip", HEAD "answer " B1 " taken\n" A1 "head " C1 "\nstate taken\n"},
	{"bad-edits-0", HEAD "answer " B1 " taken\n" A1 "head " C1 "\nstate taken\nedits 0\ntip " C1 "\n"},
	{"bad-tips-descend", HEAD "answer " B1 " taken\n" A1 "head " C1 "\nstate taken\ntip " C2 "\ntip " C1 "\n"},
	{"bad-tip-twice", HEAD "answer " B1 " taken\n" A1 "head " C1 "\nstate taken\ntip " C1 "\ntip " C1 "\n"},
	{"bad-path", HEAD "answer " B1 " refused RULE\n" A1 "head " C1 "\nstate refused RULE\ndetail " C1
                          " d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1 12/E:00\ntip " C1 "\n"},
	{"bad-path-in-the-clear", HEAD "answer " B1 " refused RULE\n" A1 "head " C1 "\nstate refused RULE\ndetail " C1
                                       " d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1 8/m:a3313233\ntip " C1 "\n"},
	{"bad-second-partition", HEAD "answer " B1 " taken\n" A1 "state taken\n" A1 "state taken\n"},
	{"bad-line-behind", HEAD "answer " B1 " taken\nnote hello\n"},
	{"bad-no-last-lf", "tiersync-receipt 1\nfrom 430321000000\nto 430321100000\ntime 2017-12-01T08:00:00+08:00"},
};

static void
bad_texts_are_what_is_written_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_texts) / sizeof(bad_texts[0]); i++) {
		struct bytes text = {0};
		struct err_info info;

		assert_ok(bytes_append_text(&text, bad_texts[i].text, &info));
		golden_frozen(TEXT, bad_texts[i].name, &text);
	}
}

#define TIME "01 ce5a209b00"
#define ANSWER "02 91 92 c420 b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1 01"
#define SIGNATURE                                                                                                      \
	"c440 "                                                                                                        \
	"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
	"000000000000000000000000"
#define ID_A1 "01 c410 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define OID_C1 "c414 c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define OID_C2 "c414 c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2"

static const struct {
	const char *name;
	const char *hex;
} bad_wires[] = {
	{"bad-empty", ""},
	{"bad-nothing", "80"},
	{"bad-no-signature", "82 " TIME ANSWER},
	{"bad-no-time", "82 " ANSWER "05 " SIGNATURE},
	{"bad-time-twice", "84 " TIME TIME ANSWER "05 " SIGNATURE},
	{"bad-time-long", "83 01 cf000000005a209b00" ANSWER "05 " SIGNATURE},
	{"bad-empty-answers", "83 " TIME "02 90 05 " SIGNATURE},
	{"bad-outcome-6",
         "83 " TIME "02 91 92 c420 b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1 06 05 " SIGNATURE},
	{"bad-signature-beside-partitions", "84 " TIME ANSWER "04 91 82 " ID_A1 "0c " SIGNATURE "05 " SIGNATURE},
	{"bad-empty-partitions", "84 " TIME ANSWER "04 90 05 " SIGNATURE},
	{"bad-partition-without-signature", "83 " TIME ANSWER "04 91 81 " ID_A1},
	{"bad-partition-twice", "83 " TIME ANSWER "04 92 82 " ID_A1 "0c " SIGNATURE "82 " ID_A1 "0c " SIGNATURE},
	{"bad-state-taken-said", "83 " TIME ANSWER "04 91 83 " ID_A1 "03 01 0c " SIGNATURE},
	{"bad-edits-0", "83 " TIME ANSWER "04 91 83 " ID_A1 "05 00 0c " SIGNATURE},
	{"bad-tips-are-the-head", "83 " TIME ANSWER "04 91 84 " ID_A1 "02 " OID_C1 "09 " OID_C1 "0c " SIGNATURE},
	{"bad-tips-without-head", "83 " TIME ANSWER "04 91 83 " ID_A1 "09 " OID_C1 "0c " SIGNATURE},
	{"bad-taken-place-1", "83 " TIME ANSWER "04 91 84 " ID_A1 "02 " OID_C1 "0a 91 01 0c " SIGNATURE},
	{"bad-taken-tip-in-full", "83 " TIME ANSWER "04 91 84 " ID_A1 "02 " OID_C1 "0a 91 " OID_C1 "0c " SIGNATURE},
	{"bad-taken-descends", "83 " TIME ANSWER "04 91 84 " ID_A1 "02 " OID_C1 "0a 92 " OID_C2 OID_C1 "0c " SIGNATURE},
	{"bad-field-13", "83 " TIME ANSWER "04 91 83 " ID_A1 "0c " SIGNATURE "0d 01"},
	{"bad-byte-behind", "83 " TIME ANSWER "05 " SIGNATURE "00"},
	{"bad-claims-many", "83 " TIME ANSWER "04 dd ffffffff"},
};

static void
bad_wires_are_what_is_written_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_wires) / sizeof(bad_wires[0]); i++) {
		struct bytes wire = from_hex(bad_wires[i].hex);

		golden_frozen(WIRE, bad_wires[i].name, &wire);
	}
}

static enum err
read_text(struct view text, struct err_info *info)
{
	struct receipt receipt;
	struct bytes again = {0};
	enum err err = receipt_text_read(&receipt, text, info);

	if (err != ERR_OK)
		return err;
	err = receipt_text(&again, &receipt, 0, info);
	assert_int_equal(err, ERR_OK);
	assert_true(view_equal(bytes_view(&again), text));
	bytes_release(&again);
	receipt_release(&receipt);
	return ERR_OK;
}

static enum err
read_wire(struct view wire, struct err_info *info)
{
	const struct node_code from = sample_county();
	const struct node_code to = sample_town();
	struct seal_node_key *key = sample_key();
	struct receipt receipt;
	struct bytes again = {0};
	enum err err = receipt_read(&receipt, wire, &from, &to, info);

	if (err == ERR_OK) {
		assert_int_equal(receipt_verify(&receipt, &seal_node_key_public(key)->sign, info), ERR_OK);
		assert_int_equal(receipt_write(&again, &receipt, info), ERR_OK);
		assert_true(view_equal(bytes_view(&again), wire));
		receipt_release(&receipt);
	}
	bytes_release(&again);
	seal_node_key_free(key);
	return err;
}

static void
receipts_are_told_apart(void **state)
{
	(void)state;
	golden_run(TEXT, read_text);
	golden_run(WIRE, read_wire);
}

/* --- checkpoints and nightly lines --- */

static void
freeze_file(const char *name, struct bytes *file)
{
	struct statement_signed signed_text;
	struct bytes text = {0};
	struct err_info info;

	assert_ok(statement_split(&signed_text, bytes_view(file), SEAL_NAMESPACE_CHECKPOINT, &info));
	assert_ok(bytes_append_view(&text, signed_text.text, &info));
	golden_frozen(CHAIN_TEXT, name, &text);
}

static void
freeze_checkpoint(const char *name, const struct checkpoint *checkpoint)
{
	struct seal_node_key *key = sample_key();
	struct statement_signed signed_text;
	struct bytes file = {0};
	struct bytes wire = {0};
	struct err_info info;

	assert_ok(checkpoint_make(&file, checkpoint, key, &info));
	freeze_file(name, &file);
	assert_ok(statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, &info));
	assert_ok(checkpoint_wire_write(&wire, checkpoint, &signed_text.sshsig.signature, &info));
	golden_frozen(CHAIN_WIRE, name, &wire);
	bytes_release(&file);
	seal_node_key_free(key);
}

/* the roster version of the bundle around a line: what it leaves out */
static struct checkpoint_version
sample_version(struct statement_reference *item)
{
	static const uint8_t digest[STATEMENT_REFERENCE_DIGEST_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8};

	*item = (struct statement_reference){.issuer = sample_code("430300000000"), .number = 12};
	memcpy(item->digest, digest, sizeof(digest));
	return (struct checkpoint_version){item, 1};
}

static void
freeze_night(const char *name, const struct checkpoint_night *night)
{
	struct seal_node_key *key = sample_key();
	struct statement_signed signed_text;
	struct bytes file = {0};
	struct bytes wire = {0};
	struct statement_reference item;
	const struct checkpoint_version version = sample_version(&item);
	struct err_info info;

	assert_ok(checkpoint_night_make(&file, night, key, &info));
	freeze_file(name, &file);
	assert_ok(statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, &info));
	assert_ok(checkpoint_night_wire_write(&wire, night, &version, &signed_text.sshsig.signature, &info));
	golden_frozen(CHAIN_WIRE, name, &wire);
	bytes_release(&file);
	seal_node_key_free(key);
}

static void
good_chains_are_what_is_written_now(void **state)
{
	struct oid tips[2];
	struct checkpoint checkpoint = sample_checkpoint(tips);
	struct checkpoint_night night = sample_night();

	(void)state;
	freeze_checkpoint("good-checkpoint-2", &checkpoint);
	checkpoint.number = 1;
	checkpoint.previous = (struct digest){{0}};
	checkpoint.head = tips[0];
	checkpoint.tip_count = 1;
	freeze_checkpoint("good-checkpoint-1", &checkpoint);
	freeze_night("good-night-300", &night);
	night.number = 1;
	night.previous = (struct digest){{0}};
	freeze_night("good-night-1", &night);
	night.roster_count = sample_version(&night.roster[0]).count;
	freeze_night("good-night-of-the-bundle", &night);
}

#define F1 "lth16-b2:f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"
#define CHECKPOINT                                                                                                     \
	"tiersync-checkpoint 1\nnode 430321000000\npartition a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\nnumber 1\n"             \
	"time 2017-12-01T08:00:00+08:00\nhead " C1 "\n"

static const struct {
	const char *name;
	const char *text;
} bad_chain_texts[] = {
	{"bad-no-tip", CHECKPOINT "state " F1 "\n"},
	{"bad-state-without-prefix",
         CHECKPOINT "state b2:f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1\ntip " C1 "\n"},
	{"bad-number-0", "tiersync-checkpoint 1\nnode 430321000000\npartition a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\n"
                         "number 0\ntime 2017-12-01T08:00:00+08:00\nhead " C1 "\nstate " F1 "\ntip " C1 "\n"},
	{"bad-number-2-without-previous",
         "tiersync-checkpoint 1\nnode 430321000000\npartition a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\nnumber 2\n"
         "time 2017-12-01T08:00:00+08:00\nhead " C1 "\nstate " F1 "\ntip " C1 "\n"},
	{"bad-tips-descend", CHECKPOINT "state " F1 "\ntip " C2 "\ntip " C1 "\n"},
	{"bad-night-count-missing",
         "tiersync-night 1\nnode 430321000000\nnumber 1\ntime 2017-12-01T08:00:00+08:00\nrows " B1 "\n"},
	{"bad-night-version", "tiersync-night 2\nnode 430321000000\nnumber 1\ntime 2017-12-01T08:00:00+08:00\n"
                              "count 1\nrows " B1 "\nroster 430300000000 9 0102030405060708\n"},
};

#define X32 "f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"

static void
bad_chains_are_what_is_written_now(void **state)
{
	static const char *const WIRES[][2] = {
		{"bad-empty", ""},
		{"bad-six-members", "96 01 c400 ce5a209b00 01 c400 90"},
		{"bad-night-said-again", "97 01 c400 ce5a209b00 01 c420" X32 "91 93 ac 343330333030303030303030 0c"
	                                 "c408 0102030405060708 c440" X32 X32},
		{"bad-five-members", "95 01 c400 ce5a209b00 01 c420" X32},
		{"bad-checkpoint-cut", "98 c410 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 01 c400"},
		{"bad-claims-many", "dd ffffffff"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad_chain_texts) / sizeof(bad_chain_texts[0]); i++) {
		struct bytes text = {0};
		struct err_info info;

		assert_ok(bytes_append_text(&text, bad_chain_texts[i].text, &info));
		golden_frozen(CHAIN_TEXT, bad_chain_texts[i].name, &text);
	}
	for (size_t i = 0; i < sizeof(WIRES) / sizeof(WIRES[0]); i++) {
		struct bytes wire = from_hex(WIRES[i][1]);

		golden_frozen(CHAIN_WIRE, WIRES[i][0], &wire);
	}
}

static enum err
read_chain_text(struct view text, struct err_info *info)
{
	struct checkpoint checkpoint;
	struct checkpoint_night night;
	struct bytes again = {0};
	enum err err = checkpoint_read(&checkpoint, text, info);

	if (err == ERR_OK) {
		assert_int_equal(checkpoint_write(&again, &checkpoint, info), ERR_OK);
		checkpoint_release(&checkpoint);
	} else {
		err = checkpoint_night_read(&night, text, info);
		if (err == ERR_OK)
			assert_int_equal(checkpoint_night_write(&again, &night, info), ERR_OK);
	}
	if (err == ERR_OK)
		assert_true(view_equal(bytes_view(&again), text));
	bytes_release(&again);
	return err;
}

static enum err
read_chain_wire(struct view wire, struct err_info *info)
{
	const struct node_code node = sample_county();
	struct checkpoint checkpoint;
	struct checkpoint_night night;
	struct seal_signature signature;
	struct bytes again = {0};
	struct statement_reference item;
	const struct checkpoint_version version = sample_version(&item);
	enum err err = checkpoint_wire_read(&checkpoint, &signature, wire, &node, info);

	if (err == ERR_OK) {
		assert_int_equal(checkpoint_wire_write(&again, &checkpoint, &signature, info), ERR_OK);
		checkpoint_release(&checkpoint);
	} else {
		err = checkpoint_night_wire_read(&night, &signature, wire, &node, &version, info);
		if (err == ERR_OK)
			assert_int_equal(checkpoint_night_wire_write(&again, &night, &version, &signature, info),
			                 ERR_OK);
	}
	if (err == ERR_OK)
		assert_true(view_equal(bytes_view(&again), wire));
	bytes_release(&again);
	return err;
}

static void
chains_are_told_apart(void **state)
{
	(void)state;
	golden_run(CHAIN_TEXT, read_chain_text);
	golden_run(CHAIN_WIRE, read_chain_wire);
}

/* --- every byte --- */

/* A cut or flipped wire form is refused, or it is another receipt, which no signature fits. */
static void
no_damaged_receipt_verifies(void **state)
{
	const struct node_code from = sample_county();
	const struct node_code to = sample_town();
	struct seal_node_key *key = sample_key();
	struct receipt_partition rows[4];
	struct oid oids[SAMPLE_OIDS];
	struct receipt_detail details[3];
	struct statement_reference chains[2];
	struct receipt receipt = sample_full(rows, oids, details, chains);
	struct bytes wire = {0};
	struct err_info info;

	(void)state;
	assert_ok(receipt_sign(&receipt, key, &info));
	assert_ok(receipt_write(&wire, &receipt, &info));
	for (size_t size = 0; size < wire.size; size++) {
		struct receipt other;

		assert_int_not_equal(receipt_read(&other, view_of(wire.data, size), &from, &to, &info), ERR_OK);
	}
	for (size_t bit = 0; bit < 8 * wire.size; bit++) {
		struct receipt other;

		wire.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (receipt_read(&other, bytes_view(&wire), &from, &to, &info) == ERR_OK) {
			assert_err(receipt_verify(&other, &seal_node_key_public(key)->sign, &info), ERR_AUTH);
			receipt_release(&other);
		}
		wire.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	bytes_release(&wire);
	seal_node_key_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_is_what_is_written_now),
		cmocka_unit_test(good_receipts_are_what_is_written_now),
		cmocka_unit_test(bad_texts_are_what_is_written_now),
		cmocka_unit_test(bad_wires_are_what_is_written_now),
		cmocka_unit_test(receipts_are_told_apart),
		cmocka_unit_test(good_chains_are_what_is_written_now),
		cmocka_unit_test(bad_chains_are_what_is_written_now),
		cmocka_unit_test(chains_are_told_apart),
		cmocka_unit_test(no_damaged_receipt_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
