/**
 * A stream of text from outside, as checked UTF-8: a file, standard input or memory, UTF-8 (a byte order mark is passed
 * over) or GB 18030. Only whole, well-formed characters come out, and no NUL. The window holds what was read and not yet
 * consumed; it grows only when asked for more. Source: schema/text-v1.md, section 7.
 */
#ifndef TEXT_INPUT_H
#define TEXT_INPUT_H

#include "base/bytes.h"

/** How a file of outside spells its characters. */
enum text_encoding {
	TEXT_UTF8,
	TEXT_GB18030,
};

struct text_input;

/**
 * Read from a descriptor, which stays the caller's. A file that begins with the UTF-8 mark is UTF-8 whatever `encoding`
 * says.
 *
 * @param name  for messages; copied
 * @return ERR_OK; ERR_NOMEM; ERR_STATE: this system has no GB18030
 */
enum err text_input_new_fd(struct text_input **out, int fd, const char *name, enum text_encoding encoding,
                           struct err_info *info) MUST_USE;
/** Read from memory, borrowed until the free. Same errors. */
enum err text_input_new_view(struct text_input **out, struct view content, const char *name,
                             enum text_encoding encoding, struct err_info *info) MUST_USE;
void text_input_free(struct text_input *input);

/** Read at most `size` bytes at once from now on (1 to the usual 65536); for tests of what a cut at any place does. */
void text_input_set_step(struct text_input *input, size_t size);

/** The name given. Borrowed. */
const char *text_input_name(const struct text_input *input);
/** The encoding given, or UTF-8 once its mark was found. */
enum text_encoding text_input_encoding(const struct text_input *input);
/** What is read and not consumed; borrowed until the next call of more or consume. */
struct view text_input_window(const struct text_input *input);
/** Drop bytes from the window's start; `size` is at most the window's. */
void text_input_consume(struct text_input *input, size_t size);
/**
 * Read on: the window grows by at least one byte, or *is_end_out is true.
 *
 * @return ERR_OK; ERR_FORMAT: a byte that is neither (names line and byte, and the other encoding), a NUL, UTF-16;
 *         ERR_IO; ERR_NOMEM
 */
enum err text_input_more(struct text_input *input, bool *is_end_out, struct err_info *info) MUST_USE;

#endif
