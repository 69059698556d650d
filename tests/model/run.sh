#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/model/run.sh <build folder>
#
# Goes through every run of meet.pml within its bounds, and then through the
# same with faults planted: each has to be found.
set -u
MODEL=$(realpath "$(dirname "$0")/meet.pml")
OUT=$1/model
CC=${CC:-gcc}
passed=0 failed=0
mkdir -p "$OUT" && cd "$OUT" || exit 1

# explore <name> <definitions...>: prints what spin says of it; true: no error.
explore() {
    local name=$1
    shift
    rm -rf "$name" && mkdir "$name" || return 2
    (
        cd "$name" && spin -a "$@" "$MODEL" &&
            $CC -O2 -w -DSAFETY -DCOLLAPSE -o pan pan.c && ./pan -m400000 >log 2>&1
    ) || return 2
    # A search that was cut short has proved nothing.
    ! grep -qE 'out of memory|max search depth too small|Search not completed' "$name/log" ||
        grep -q 'assertion violated' "$name/log" || return 2
    grep -q 'errors: 0' "$name/log"
}
count() { # <is it well> <words>
    if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "model: $2"
}
states() {
    grep -oE '[0-9]+ states, stored' "$1/log"
}

explore whole
count $? "one loses all: $(states whole)"
explore resets -DRESETS=2 -DLOSSES=1 -DCOPIES=0 -DBURST=36
count $? "both, or one twice: $(states resets)"
for fault in 1 2 3 4 5 6; do
    explore "fault$fault" -DFAULT=$fault
    [ $? -eq 1 ]
    count $? "fault $fault: $(grep -o 'assertion violated.*' "fault$fault/log" | head -n 1)"
done
echo "model: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
