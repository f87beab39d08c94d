# The line under an error says what to do about this one: none sends a clerk for a file that was never the trouble.
tiny_kind
stairs
expect 0 tiersync add --store town --kind note number=1 text=甲
id=$(tiersync list --store town --json | sed -n 's/.*"id":"\([0-9a-f]\{32\}\)".*/\1/p')
[ ${#id} -eq 32 ] || fail "no id"
night

# advised CODE REMEDY COMMAND...: it fails with this code, and this is the line under what it says.
advised() {
	code=$1
	remedy=$2
	shift 2
	expect "$code" "$@"
	grep -qxF -- "  $remedy" said || {
		cat said >&2
		fail "not the remedy of: $*"
	}
}
audit="tiersync audit says what is wrong with the store; if it is damaged, restore a backup into a new directory, and keep this one"
restore="restore a backup into a new directory, and keep this one for whoever looks into it"
keys="the keys of a store come back from their copy: tiersync restore FILE --store DIR"
name="check the name, the id or the path"
correct="correct what is named here, and run the command again"
again="the bytes are not what the format says; correct the file, or get it again"
file="is it the right file? take and inspect read bundles, enrol cards, accept answers; if it is, get it again"
help="see the verb's --help"
other="use it at the office that it is for, or name the store of that office with --store"
enrol="an office is given new keys by a new card: tiersync request there, tiersync enrol --replace above it"

# Words of the command line.
advised 3 "$help" tiersync set --store town zzzzzz text=乙
advised 3 "$help" tiersync set --store town nosuch=1 text=乙
advised 3 "$help" tiersync get --store town "$id" --at nope
advised 3 "$help" tiersync revert --store town nope
advised 3 "$help" tiersync peer add --store town $county ftp://far
advised 3 "$name" tiersync get --store town 123456
expect 0 tiersync add --store town --kind note number=2
expect 0 tiersync add --store town --kind note number=3
while [ "$(tiersync list --store town --json | sed -n 's/.*"id":"\([0-9a-f]\).*/\1/p' | sort | uniq -d | head -n 1)" = "" ]; do
	number=$((${number:-3} + 1))
	expect 0 tiersync add --store town --kind note number=$number
done
digit=$(tiersync list --store town --json | sed -n 's/.*"id":"\([0-9a-f]\).*/\1/p' | sort | uniq -d | head -n 1)
advised 3 "$name" tiersync get --store town "$digit" --partition $town
advised 3 "$correct" tiersync roster revoke --store county $town --reason 'no words'
advised 3 "$correct" tiersync approve --store town 1 --reject --reason 'no words'
advised 3 "$correct" tiersync init --store new --node $town --level township --name ''
advised 3 "$name" tiersync bundle --store town --to $town --out none.tsb

# Files that were named.
printf 'number,text\n1,"never closed' >open.csv
printf 'number,nosuch\n1,x\n' >column.csv
printf 'number\n' >empty.csv
advised 3 "$name" tiersync import --store town --kind note --map nofile open.csv
advised 3 "$name" tiersync import --store town --kind note nofile
advised 3 "$name" tiersync list --store town --passphrase-file nofile
advised 3 "$name" tiersync take --store town nofile
advised 3 "$name" tiersync restore --store new nofile
said "nofile is not there"
advised 3 "$name" tiersync sync --store town open.csv
advised 3 "$name" tiersync accept --store town mail
advised 3 "$name" tiersync init --store mail --node $town --level township --name x
advised 3 "$again" tiersync import --store town --kind note open.csv
advised 3 "$file" tiersync take --store town open.csv
advised 3 "$file" tiersync take --store town town.answer
advised 3 "$file" tiersync accept --store town town.card
advised 3 "$file" tiersync enrol --store county open.csv --out none.answer
advised 3 "$again" tiersync import --store town --kind note --map open.csv column.csv
said "--map: JSON, line 1"
advised 3 "$correct" tiersync import --store town --kind note column.csv
advised 3 "$correct" tiersync import --store town --kind note --full empty.csv

# What is meant for another office.
expect 0 tiersync bundle --store town --to $county --out up.tsb
advised 3 "$other" tiersync take --store city up.tsb
advised 3 "$other" tiersync accept --store county town.answer
advised 3 "$other" tiersync import --store town --kind note --partition rolls column.csv
printf 'a secret of the clerk\n' >secret
printf 'another\n' >wrong
expect 0 tiersync key backup --store town --new-passphrase-file secret town.copy
advised 3 "$other" tiersync restore --store county town.copy --passphrase-file secret

# Passphrases and keys.
cp -r town locked
expect 0 tiersync key passphrase --store locked --new-passphrase-file secret
advised 3 "give the passphrase: --passphrase-file FILE, TIERSYNC_PASSPHRASE_FILE, or at the prompt of a terminal" \
	tiersync list --store locked
advised 4 "give the right passphrase; a key file that was changed comes back from a copy of it" \
	tiersync list --store locked --passphrase-file wrong
cp -r city above
cp -r county revoked
expect 0 tiersync roster revoke --store above $county --reason LOST
advised 4 "$enrol" tiersync bundle --store above --to $county --out none.tsb

# damaged WHAT COMMAND: ./hurt, a copy of the township's store with this done to it
damaged() {
	rm -rf hurt
	cp -r town hurt
	chmod -R u+w hurt
	(cd hurt && eval "$1")
}
own=partitions/$town.git
for hurt in 'rm format' ': >format' 'echo tiersync-store 0 >format' 'rm -r node.git' 'rm node.git/HEAD' 'rm node.git/refs/heads/main' \
	'rm -r node.git/objects/*' 'echo no commit >node.git/refs/heads/main'; do
	damaged "$hurt"
	case $hurt in
	*commit*) code=1 ;;
	*) code=3 ;;
	esac
	advised $code "$audit" tiersync list --store hurt
	advised 4 "$restore" tiersync audit hurt
done
for hurt in 'rm keys/node.key' 'truncate -s 20 keys/node.key'; do
	damaged "$hurt"
	advised 3 "$keys" tiersync list --store hurt
done
advised 4 "$keys" tiersync audit hurt
for hurt in "rm $own/HEAD" "rm $own/objects/pack/*.idx" "rm $own/objects/pack/*.pack" "truncate -s 40 $own/keyring/salts-*"; do
	damaged "$hurt"
	advised 3 "$audit" tiersync list --store hurt --partition $town
	advised 3 "$audit" tiersync get --store hurt "$id" # and no word of a record that is not there
	advised 4 "$restore" tiersync audit hurt
done
damaged "echo no commit >$own/refs/heads/main"
advised 1 "$audit" tiersync list --store hurt --partition $town
advised 3 "$audit" tiersync fsck --store hurt
