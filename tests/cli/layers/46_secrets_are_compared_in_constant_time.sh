# Threat 46: no tag, key, secret or commitment is compared with memcmp, whose time tells how much was right: seal_equal and sodium_memcmp do.
rule() {
	grep -noE '(^|[^_a-z])(memcmp|strcmp|strncmp|view_equal)\([^,]*,[^,]*' "$@" |
		grep -E '[(,] *&?[a-z_>.-]*(tag|secret|mac|seed|passphrase|content_key|commitment)\b' | grep -v SEGMENT_SEED_KEY_BYTES
}
cat >sample <<'C'
if (memcmp(tag, body.data, 32) == 0)
	return memcmp(other->text, check.mac, 16);
if (sodium_memcmp(tag, body.data, 32) == 0 && memcmp(rows, other, 4) == 0)
C
[ "$(rule sample | wc -l)" -eq 2 ] || fail "the rule is blind, or sees too much"
# shellcheck disable=SC2046 # names without blanks
found=$(rule $(find "$TIERSYNC_SOURCE/src/seal" "$TIERSYNC_SOURCE/src/keyring" "$TIERSYNC_SOURCE/src/envelope" -name '*.c')) || true
[ -z "$found" ] || fail "$found"
grep -q 'sodium_memcmp(tag' "$TIERSYNC_SOURCE/src/seal/blob.c" || fail "a record's tag is not compared in constant time"
