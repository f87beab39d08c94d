# Threat 44: a key file whose header asks for 4 TB of memory, four billion passes, or less than is safe: refused by its limits, before
# anything is derived; as fast and as small as any other refusal.
# noasan
tiny_kind
root_office city
echo canary >word
expect 0 tiersync key passphrase --store city --new-passphrase-file word
line=$(grep '^kdf argon2id ' city/keys/node.key)
expect 0 tiersync list --store city --passphrase-file word
cp city/keys/node.key kept
for terms in '3 4194304' '3 4294967295' '4294967295 256' '11 256' '3 1025' '0 0' '1 64' '3 99999999999999999999'; do
	salt=${line##* }
	sed "s|^kdf argon2id .*|kdf argon2id $terms $salt|" kept >city/keys/node.key
	status=0
	timeout 20 "$TIERSYNC" add --store city --kind note number=9 --passphrase-file word >said 2>&1 || status=$?
	case $status in 3 | 4) ;; *) fail "kdf $terms: exit $status: $(cat said)" ;; esac
	status=0
	within 64 "$TIERSYNC" add --store city --kind note number=9 --passphrase-file word >said 2>&1 || status=$?
	[ $status -ne 99 ] || fail "kdf $terms: $(cat said)"
done
cp kept city/keys/node.key
expect 0 tiersync add --store city --kind note number=9 --passphrase-file word
