/** Receipts, checkpoints and nightly lines of two offices, signed by a seeded key, that the tests of receipt share. */
#ifndef TESTS_UNIT_RECEIPT_SAMPLES_H
#define TESTS_UNIT_RECEIPT_SAMPLES_H

#include <string.h>

#include "base/env.h"
#include "golden.h"
#include "receipt/checkpoint.h"
#include "receipt/receipt.h"
#include "seal/key.h"
#include "test.h"

enum {
	SAMPLE_TIME = 1512086400 /* 2017-12-01T00:00:00Z */
};

static inline struct node_code
sample_code(const char *text)
{
	struct node_code code = {{0}};

	assert_true(node_code_read(&code, view_text(text)));
	return code;
}

static inline struct node_code
sample_county(void)
{
	return sample_code("430321000000");
}

static inline struct node_code
sample_town(void)
{
	return sample_code("430321100000");
}

static inline struct seal_node_key *
sample_key(void)
{
	uint64_t seed = 20171201;
	const struct env env = support_env(&seed);
	struct seal_node_key *key = NULL;
	struct err_info info;

	assert_ok(seal_init(&info));
	assert_ok(seal_node_key_new(&key, &env, &info));
	return key;
}

/** `fill` repeated. */
static inline struct oid
sample_oid(uint8_t fill)
{
	struct oid oid;

	memset(oid.bytes, fill, sizeof(oid.bytes));
	return oid;
}

static inline struct id
sample_id(uint8_t fill)
{
	struct id id;

	memset(id.bytes, fill, sizeof(id.bytes));
	return id;
}

static inline struct digest
sample_digest(uint8_t fill)
{
	struct digest digest;

	memset(digest.bytes, fill, sizeof(digest.bytes));
	return digest;
}

/** From the county to the township, answering one bundle; nothing about a partition. */
static inline struct receipt
sample_idle(void)
{
	struct receipt receipt = {.from = sample_county(), .to = sample_town(), .time = SAMPLE_TIME, .answer_count = 1};

	receipt.answers[0] = (struct receipt_answer){.bundle = sample_digest(0xb1), .outcome = RECEIPT_TAKEN};
	return receipt;
}

/** One partition taken: the head is an edit, which is also what was taken. `row` and `oid` are the caller's. */
static inline struct receipt
sample_taken(struct receipt_partition *row, struct oid *oid)
{
	struct receipt receipt = sample_idle();

	*oid = sample_oid(0xc1);
	*row = (struct receipt_partition){
		.partition = sample_id(0xa1),
		.head = *oid,
		.state = RECEIPT_TAKEN,
		.edits = 6,
		.records = 25,
		.tips = {oid, 1},
		.taken = {oid, 1},
	};
	receipt.partitions = row;
	receipt.partition_count = 1;
	return receipt;
}

enum {
	SAMPLE_OIDS = 8
};

/** Everything that a receipt can say, in four partitions. The arrays are the caller's. */
static inline struct receipt
sample_full(struct receipt_partition rows[4], struct oid oids[SAMPLE_OIDS], struct receipt_detail details[3],
            struct statement_reference chains[2])
{
	struct receipt receipt = sample_idle();

	for (uint8_t i = 0; i < SAMPLE_OIDS; i++)
		oids[i] = sample_oid((uint8_t)(0xc0 + i));
	details[0] = (struct receipt_detail){.commit = oids[0]};
	details[1] = (struct receipt_detail){.commit = oids[1], .has_record = true, .record = sample_id(0xd1)};
	details[2] = (struct receipt_detail){.commit = oids[1],
	                                     .has_record = true,
	                                     .record = sample_id(0xd2),
	                                     .path = view_text("8/m#d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3/3")};
	rows[0] = (struct receipt_partition){.partition = sample_id(0xa1),
	                                     .head = sample_oid(0x11), /* a merge */
	                                     .state = RECEIPT_TAKEN,
	                                     .edits = 6,
	                                     .records = 25,
	                                     .details = details,
	                                     .detail_count = 3,
	                                     .corrections = 3,
	                                     .tips = {oids, 2},
	                                     .taken = {oids + 1, 2},
	                                     .ladder = {oids + 3, 4}};
	rows[1] = (struct receipt_partition){.partition = sample_id(0xa2), .state = RECEIPT_BASE_UNKNOWN};
	rows[2] = (struct receipt_partition){.partition = sample_id(0xa3),
	                                     .head = oids[2],
	                                     .state = RECEIPT_HELD,
	                                     .reason = "STATE",
	                                     .details = details,
	                                     .detail_count = 1,
	                                     .tips = {oids + 2, 1}};
	rows[3] = (struct receipt_partition){.partition = sample_id(0xa4),
	                                     .head = oids[3],
	                                     .state = RECEIPT_REFUSED,
	                                     .reason = "AUTH",
	                                     .tips = {oids + 3, 1},
	                                     .taken = {oids + 7, 1}};
	chains[0] = (struct statement_reference){sample_code("430300000000"), 9, {1, 2, 3, 4, 5, 6, 7, 8}};
	chains[1] = (struct statement_reference){sample_code("430321000000.fin"), 300, {8, 7, 6, 5, 4, 3, 2, 1}};
	receipt.answers[0].outcome = RECEIPT_BASE_UNKNOWN;
	receipt.answers[1] = (struct receipt_answer){sample_digest(0xb2), RECEIPT_REFUSED, "AUTH"};
	receipt.answers[2] = (struct receipt_answer){sample_digest(0xb3), RECEIPT_HELD, "LARGE-REMOVAL-01"};
	receipt.answers[3] = (struct receipt_answer){sample_digest(0xb4), RECEIPT_NO_DICTIONARY, ""};
	receipt.answer_count = 4;
	receipt.chains = chains;
	receipt.chain_count = 2;
	receipt.partitions = rows;
	receipt.partition_count = 4;
	return receipt;
}

/** The second checkpoint of a chain; `tips` has two, which are the caller's. */
static inline struct checkpoint
sample_checkpoint(struct oid tips[2])
{
	tips[0] = sample_oid(0xc1);
	tips[1] = sample_oid(0xc2);
	return (struct checkpoint){.node = sample_county(),
	                           .partition = sample_id(0xa1),
	                           .number = 2,
	                           .previous = sample_digest(0xe1),
	                           .time = SAMPLE_TIME,
	                           .head = sample_oid(0x11),
	                           .state = sample_digest(0xf1),
	                           .tips = tips,
	                           .tip_count = 2};
}

static inline struct checkpoint_night
sample_night(void)
{
	struct checkpoint_night night = {.node = sample_county(),
	                                 .number = 300,
	                                 .previous = sample_digest(0xe2),
	                                 .time = SAMPLE_TIME,
	                                 .count = 41,
	                                 .rows = sample_digest(0xf2),
	                                 .roster_count = 2};

	night.roster[0] = (struct statement_reference){sample_code("430300000000"), 9, {1, 2, 3, 4, 5, 6, 7, 8}};
	night.roster[1] = (struct statement_reference){sample_county(), 41, {8, 7, 6, 5, 4, 3, 2, 1}};
	return night;
}

#endif
