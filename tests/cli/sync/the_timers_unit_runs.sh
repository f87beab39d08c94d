# What tools/systemd runs each night is a command that there is; systemd, where it is installed, finds nothing wrong with the units.
tiny_kind
stairs
units=$TIERSYNC_SOURCE/tools/systemd
command=$(sed -n 's/^ExecStart=//p' "$units/tiersync@.service")
[ "${command%% *}" = /usr/bin/tiersync ] || fail "another program: $command"
# shellcheck disable=SC2086 # the words of the unit
TIERSYNC_STORE=town expect 0 tiersync ${command#* }
said 'sent '
sed -n 's/^# TIERSYNC_PASSPHRASE_FILE.*/&/p' "$units/tiersync@.service" | grep -q TIERSYNC_SSH || fail "the unit does not say what its file may set"
grep -q '^OnCalendar=' "$units/tiersync@.timer" || fail "no hour"
if command -v systemd-analyze >/dev/null; then
	mkdir usr
	for unit in service timer; do
		sed "s|/usr/bin/tiersync|$TIERSYNC|" "$units/tiersync@.$unit" >"usr/tiersync@.$unit"
	done
	expect 0 systemd-analyze verify --man=no usr/tiersync@430321100000.service usr/tiersync@430321100000.timer
	[ ! -s said ] || fail "systemd-analyze: $(cat said)"
fi
