/**
 * JSON in and out. Texts are read whole, under limits, into an opaque tree (jansson's, hidden here); they are written by
 * a small writer that appends to a byte string, so that output costs no tree.
 *
 * Reading: UTF-8 only, duplicate keys refused, integers exact within 64 bits signed, at most LIMIT_DEPTH_MAX containers deep, no
 * U+0000. Members keep the order of the text. Writing: compact, UTF-8 as it is, control, bidirectional and invisible
 * formatting characters as \uXXXX.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/bytes.h"

struct json;

enum json_form {
	JSON_FORM_NULL,
	JSON_FORM_BOOL,
	JSON_FORM_INTEGER,
	JSON_FORM_REAL,
	JSON_FORM_TEXT,
	JSON_FORM_ARRAY,
	JSON_FORM_OBJECT,
};

enum json_parse_flags {
	JSON_PARSE_REALS = 1 << 0, /* keep numbers with a fraction or an exponent; else they are refused */
};

/**
 * Parse one JSON value, nothing behind it but blanks.
 *
 * @param out       owned by the caller; release with json_free()
 * @param text      untrusted
 * @param size_max  most bytes accepted
 * @param flags     enum json_parse_flags
 * @return ERR_OK; ERR_FORMAT: names line, column (in characters, from 1) and what is wrong; ERR_TOO_BIG: size or depth; ERR_NOMEM
 */
enum err json_parse(struct json **out, struct view text, size_t size_max, unsigned flags,
                    struct err_info *info) MUST_USE;
/** NULL is fine. Only for what json_parse() gave, not for parts of it. */
void json_free(struct json *json);

/**
 * The text of a member of the top object, without parsing: a shortcut through compact text that json_parse() took before.
 * Borrowed from the text. False: no such member, or it is no string, or one with escapes. Any bytes are safe to scan.
 */
bool json_scan_text(struct view *out, struct view text, const char *name) MUST_USE;

/**
 * The line, from 1, in which the value at a JSON pointer stands, for messages; of a pointer that leads nowhere, the line of the
 * last step that is there. 0: the text is empty. Any bytes are safe to scan.
 */
size_t json_line_of(struct view text, struct view pointer);

enum json_form json_form_of(const struct json *json);
/** The form's name for messages: "an integer", "a string" ...; static. */
const char *json_form_name(const struct json *json);
/** Value of a BOOL, INTEGER, REAL; the form is the caller's duty (asserted). */
bool json_bool_of(const struct json *json);
int64_t json_integer_of(const struct json *json);
double json_real_of(const struct json *json);
/** A TEXT's content, borrowed from the tree. */
struct view json_text_of(const struct json *json);
/** Whether it is a TEXT with just these characters. */
bool json_text_is(const struct json *json, const char *text);

/** Members of an ARRAY or OBJECT; 0 for other forms. */
size_t json_count(const struct json *json);
/** Item of an ARRAY, index < count; borrowed. */
const struct json *json_item(const struct json *array, size_t index);
/** Member of an OBJECT, borrowed; NULL: no such member (or no object, or NULL). */
const struct json *json_member(const struct json *object, const char *name);
const struct json *json_member_view(const struct json *object, struct view name);

/** Walk an object: start with *position = NULL; false at the end. Order of the text. */
bool json_next(const struct json *object, void **position, struct view *name_out, const struct json **value_out);

/** Deep equality; 1 and 1.0 are equal, order of members does not count. */
bool json_same(const struct json *a, const struct json *b);

/**
 * Append the value as text: compact, members sorted bytewise by name. Reals in the shortest form that reads back equal.
 * One tree has one such text. ERR_NOMEM.
 */
enum err json_print_sorted(struct bytes *out, const struct json *json, struct err_info *info) MUST_USE;
/** The same, members in the order of the text. */
enum err json_print(struct bytes *out, const struct json *json, struct err_info *info) MUST_USE;

/** Append one string with quotes, escaped as above; bytes that are no UTF-8 become U+FFFD. ERR_NOMEM. */
enum err json_quote(struct bytes *out, struct view text, struct err_info *info) MUST_USE;

/**
 * A writer: commas are its business, errors are kept and told by json_writer_end(). Nesting is the caller's duty
 * (asserted), up to LIMIT_DEPTH_MAX.
 */
struct json_writer {
	struct bytes *out; /* borrowed */
	enum err err;
	unsigned depth;
	bool has_member[LIMIT_DEPTH_MAX + 1];
	bool is_object[LIMIT_DEPTH_MAX + 1];
	bool after_key;
};

struct json_writer json_writer_of(struct bytes *out);
void json_write_object(struct json_writer *writer);
void json_write_array(struct json_writer *writer);
/** Close the innermost object or array. */
void json_write_close(struct json_writer *writer);
void json_write_key(struct json_writer *writer, const char *name);
void json_write_key_view(struct json_writer *writer, struct view name);
void json_write_text(struct json_writer *writer, struct view text);
/** A C string. */
void json_write_string(struct json_writer *writer, const char *text);
void json_write_integer(struct json_writer *writer, int64_t value);
void json_write_unsigned(struct json_writer *writer, uint64_t value);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
/** A whole JSON value that is text already; the caller's duty. */
void json_write_raw(struct json_writer *writer, struct view json);
/** ERR_NOMEM if anything was lost; all must be closed (asserted). */
enum err json_writer_end(struct json_writer *writer, struct err_info *info) MUST_USE;

#endif
