/** A function that the linker calls in place of another one, which is there as __real_NAME. */
#ifndef TESTS_FLOW_WRAP_H
#define TESTS_FLOW_WRAP_H

#define WRAP(type, name, parameters)                                                                                   \
	type __real_##name parameters;                                                                                 \
	type __wrap_##name parameters;                                                                                 \
	type __wrap_##name parameters

/** Whether the head of a store is only said to have moved, this time: a plant. */
bool plants_claim_swap(void);

#endif
