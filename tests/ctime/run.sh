#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Show that what we do with secrets takes the same time whatever they are.
#
#     tests/ctime/run.sh <build folder>
#
# Our ML-KEM (ctime.c), and everything else (all.c), under memcheck with secrets
# undefined; and no division but those of divisions.txt in the objects.  As gcc
# builds it with -O2; EIDER_LONG=1: gcc and clang, -O2 and -Os.  Exit code 77
# and "skipped: ..." without valgrind.
set -eu
cd "$(dirname "$0")/../.."
B=$1
PASSED=0 FAILED=0

command -v valgrind >/dev/null || { echo "skipped: no valgrind"; exit 77; }

ok() { # <what is shown> <what is wrong; empty if nothing is>
    if [ -z "$2" ]; then
        PASSED=$((PASSED + 1))
    else
        FAILED=$((FAILED + 1))
        printf 'ctime: %s\n%s\n' "$1" "$2"
    fi
}

memcheck() { # <program> [leak]: what it complains of
    local code=0 log
    log=$(valgrind -q --error-exitcode=99 --suppressions=tests/ctime/libsodium.supp "$@" 2>&1) || code=$?
    if [ "${2-}" = leak ]; then
        [ $code -eq 99 ] || printf '%s\na branch on a secret was not found (exit code %s)\n' "$log" $code
    else
        [ $code -eq 0 ] || printf '%s\nexit code %s\n' "$log" $code
    fi
}

# What divides in these objects and is not in the list.
divisions() {
    local o
    for o in "$@"; do
        objdump -d --no-show-raw-insn "$o" |
            awk -v file="$(basename "$o" .o)" '
                /^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/[<>:]|\.(part|constprop|isra|cold).*/, "", name) }
                $2 ~ /^(v|f)?i?div/ { print file, name }'
    done | sort -u | while read -r file name; do
        grep -q "^$file $name " tests/ctime/divisions.txt || echo "$file.c: $name divides"
    done
}

look() { # <compiler> <optimisation> <build folder>
    local said="$1 $2" secrets=(store master halves run check checks fold)
    make --no-print-directory -j2 B="$3" CC="$1" CTIME_O="$2" "$3/ctime" "$3/ctime-all" >/dev/null
    ok "$said: a branch on a secret of ML-KEM is found" "$(memcheck "$3/ctime" leak)"
    ok "$said: ML-KEM" "$(memcheck "$3/ctime")"
    ok "$said: a branch on a root key is found" "$(memcheck "$3/ctime-all" leak)"
    ok "$said: handshake, ratchet, checks, store" "$(memcheck "$3/ctime-all")"
    # shellcheck disable=SC2046 # several objects
    set -- "$1" "$2" "$3" plugin/proto/*.c $(printf 'plugin/core/%s.c ' "${secrets[@]}")
    local objects=("${@:4}")
    objects=("${objects[@]/#/$3/}")
    objects=("${objects[@]/%.c/.o}")
    make --no-print-directory -j2 B="$3" CC="$1" CFLAGS="$2 -g" "${objects[@]}" >/dev/null
    ok "$said: divisions" "$(divisions "${objects[@]}")"
}

look gcc -O2 "$B"
if [ -n "${EIDER_LONG-}" ]; then
    look gcc -Os "$B/ctime-gcc-Os"
    look clang -O2 "$B/ctime-clang-O2"
    look clang -Os "$B/ctime-clang-Os"
fi
echo "ctime: $PASSED passed, $FAILED failed"
[ $FAILED -eq 0 ]
