#include <string.h>

#include "transport/transport.h"

static bool
take_prefix(struct view *text, const char *prefix)
{
	size_t size = strlen(prefix);

	if (text->size < size || memcmp(text->data, prefix, size) != 0)
		return false;
	text->data += size;
	text->size -= size;
	return true;
}

/* Offset of the first such byte, or the size. */
static size_t
find_byte(struct view text, char byte)
{
	const uint8_t *at = text.size == 0 ? NULL : memchr(text.data, byte, text.size);

	return at == NULL ? text.size : (size_t)(at - text.data);
}

static struct view
view_from(struct view text, size_t offset)
{
	return offset >= text.size ? (struct view){0} : view_of(text.data + offset, text.size - offset);
}

static bool
has_control(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < 0x20 || text.data[i] == 0x7f)
			return true;
	}
	return false;
}

static enum err
copy_path(char *out, struct view path, struct err_info *info)
{
	if (path.size >= LIMIT_PATH_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a path is longer than %d bytes"), LIMIT_PATH_BYTES_MAX - 1);
	if (path.size > 0)
		memcpy(out, path.data, path.size);
	out[path.size] = '\0';
	return ERR_OK;
}

static bool
is_word_byte(uint8_t byte, bool is_address)
{
	if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9'))
		return true;
	if (byte == '.' || byte == '-' || byte == '_')
		return true;
	return is_address && (byte == ':' || byte == '%');
}

/* A user or host: it becomes a word of ssh's command line, so it must not look like an option or like two words. */
static bool
copy_word(char *out, struct view word, bool is_address)
{
	if (word.size == 0 || word.size >= TRANSPORT_WORD_BYTES || word.data[0] == '-')
		return false;
	for (size_t i = 0; i < word.size; i++) {
		if (!is_word_byte(word.data[i], is_address))
			return false;
	}
	memcpy(out, word.data, word.size);
	out[word.size] = '\0';
	return true;
}

static enum err
parse_port(uint16_t *out, struct view text, struct err_info *info)
{
	uint32_t port = 0;

	for (size_t i = 0; i < text.size && port <= UINT16_MAX; i++) {
		if (text.data[i] < '0' || text.data[i] > '9') {
			port = 0;
			break;
		}
		port = port * 10 + (uint32_t)(text.data[i] - '0');
	}
	if (port == 0 || port > UINT16_MAX)
		return err_set(info, ERR_FORMAT, "%s", _("the port of an ssh:// address is a number from 1 to 65535"));
	*out = (uint16_t)port;
	return ERR_OK;
}

/* "host", "host:port", "[address]" or "[address]:port" */
static enum err
parse_host(struct transport_url *url, struct view text, struct err_info *info)
{
	struct view host = text;
	struct view behind;
	bool is_address = text.size > 0 && text.data[0] == '[';
	size_t size;

	if (is_address) {
		host = view_from(text, 1);
		size = find_byte(host, ']');
		behind = view_from(host, size + 1);
		is_address = size < host.size;
	} else {
		size = find_byte(text, ':');
		behind = view_from(text, size);
	}
	if ((text.size > 0 && text.data[0] == '[' && !is_address) ||
	    !copy_word(url->host, view_of(host.data, size), is_address))
		return err_set(info, ERR_FORMAT, "%s",
		               _("the host of an ssh:// address is a name or an address in brackets"));
	if (behind.size == 0)
		return ERR_OK;
	if (behind.data[0] != ':')
		return err_set(info, ERR_FORMAT, "%s", _("behind the host of an ssh:// address only a port can stand"));
	return parse_port(&url->port, view_from(behind, 1), info);
}

static enum err
parse_ssh(struct transport_url *url, struct view text, struct err_info *info)
{
	size_t slash = find_byte(text, '/');
	struct view place = view_of(text.data, slash);
	size_t at = find_byte(place, '@');
	enum err err;

	url->scheme = TRANSPORT_SSH;
	if (at < place.size) {
		if (!copy_word(url->user, view_of(place.data, at), false))
			return err_set(info, ERR_FORMAT, "%s",
			               _("the user of an ssh:// address has letters, digits, '.', '_' and '-'"));
		place = view_from(place, at + 1);
	}
	err = parse_host(url, place, info);
	if (err != ERR_OK)
		return err;
	return copy_path(url->path, view_from(text, slash), info);
}

enum err
transport_url_parse(struct transport_url *out, struct view text, struct err_info *info)
{
	struct transport_url url = {0};
	enum err err;

	if (has_control(text))
		return err_set(info, ERR_FORMAT, "%s", _("an address of a peer holds a control character"));
	if (take_prefix(&text, "dir:")) {
		if (text.size == 0)
			return err_set_advised(info, ERR_FORMAT, ADVICE_HELP, "%s",
			                       _("dir: needs a path behind it: dir:PATH"));
		err = copy_path(url.path, text, info);
	} else if (take_prefix(&text, "ssh://")) {
		err = parse_ssh(&url, text, info);
	} else {
		return err_set_advised(info, ERR_FORMAT, ADVICE_HELP, "%s",
		                       _("an address of a peer is dir:PATH or ssh://user@host[:port][/path]"));
	}
	if (err == ERR_OK)
		*out = url;
	return err;
}
