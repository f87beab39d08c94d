#!/bin/sh
# The static half of the gate. Usage: tools/check.sh format | layers | cppcheck | shell | tidy | all
# tidy looks at the files that changed lately first, then at the rest until TIDY_SECONDS (default 240) are over; what passed
# is remembered by content below build/tidy/, so a second run is quick. TIDY_SECONDS=0: no end.
set -eu
cd "$(dirname "$0")/.."

sources() {
	git ls-files --cached --others --exclude-standard -- 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' | LC_ALL=C sort | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

check_format() {
	sources | xargs clang-format --dry-run --Werror
	echo "format: $(sources | wc -l) files"
}

check_cppcheck() {
	cppcheck --std=c11 --enable=warning,style,performance,portability --inconclusive --inline-suppr --quiet \
		--error-exitcode=1 --suppressions-list=tools/cppcheck.txt -j 2 -I src -I include --library=posix src
	echo "cppcheck: $(find src -name '*.c' | wc -l) files"
}

check_shell() {
	if ! command -v shellcheck >/dev/null; then
		echo "shell: shellcheck is not here; syntax only"
		for file in tools/deps tools/build tools/fuzz tools/test tools/demo tools/month tools/*.sh .ci/run tests/cli/run tests/faults/ssh; do
			sh -n "$file"
		done
		return
	fi
	shellcheck -s sh tools/deps tools/build tools/fuzz tools/test tools/demo tools/month tools/*.sh .ci/run tests/cli/run tests/faults/ssh
	echo "shell: clean"
}

# One file per run: with several, clang-tidy 14 reports a false valist.Uninitialized (LLVM issue 40656).
tidy_one() {
	key=$( (echo "$2" && cat "$1") | sha256sum | cut -d ' ' -f 1)
	[ ! -e "build/tidy/$key" ] || return 0
	[ "$3" -eq 0 ] || [ "$(date +%s)" -lt "$3" ] || {
		echo "$1" >>build/tidy/left
		return 0
	}
	if clang-tidy --quiet -p build/clang "$1" >"build/tidy/$key.log" 2>/dev/null; then
		rm -f "build/tidy/$key.log"
		: >"build/tidy/$key"
	else
		cat "build/tidy/$key.log"
		rm -f "build/tidy/$key.log"
		return 1
	fi
}

check_tidy() {
	[ -f build/clang/compile_commands.json ] || tools/build clang ts_base
	mkdir -p build/tidy
	rm -f build/tidy/left
	end=0
	[ "${TIDY_SECONDS:-240}" -eq 0 ] || end=$(($(date +%s) + ${TIDY_SECONDS:-240}))
	headers=$( (cat .clang-tidy && find src include schema tests/support -name '*.h' -o -name '*.def' | LC_ALL=C sort | xargs cat) |
		sha256sum | cut -d ' ' -f 1)
	recent=$(git log -n 20 --format= --name-only --diff-filter=AM -- 'src/*.c' 2>/dev/null | sort -u)
	(
		git diff --name-only HEAD -- 'src/*.c'
		git ls-files --others --exclude-standard -- 'src/*.c'
		echo "$recent"
		find src -name '*.c' | LC_ALL=C sort
	) | awk '$0 != "" && !seen[$0]++' | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done | xargs -P 2 -I FILE tools/check.sh tidy-one FILE "$headers" "$end"
	left=0
	[ ! -f build/tidy/left ] || left=$(wc -l <build/tidy/left)
	echo "tidy: $(($(find src -name '*.c' | wc -l) - left)) files clean, $left left for the next run"
}

case ${1:-all} in
format) check_format ;;
layers) tools/check-layers.sh ;;
cppcheck) check_cppcheck ;;
shell) check_shell ;;
tidy) check_tidy ;;
tidy-one) tidy_one "$2" "$3" "$4" ;;
all)
	for part in format layers shell cppcheck tidy; do
		tools/check.sh "$part"
	done
	;;
*)
	echo "tools/check.sh: format, layers, shell, cppcheck, tidy or all" >&2
	exit 2
	;;
esac
