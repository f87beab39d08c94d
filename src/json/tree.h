/** Inside json: our opaque tree is jansson's. */
#ifndef JSON_TREE_H
#define JSON_TREE_H

#include <jansson.h>

#include "json/json.h"

static inline const json_t *
json_tree(const struct json *json)
{
	return (const json_t *)(const void *)json;
}

static inline const struct json *
json_of_tree(const json_t *tree)
{
	return (const struct json *)(const void *)tree;
}

#endif
