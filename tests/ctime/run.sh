#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Show that our ML-KEM takes the same time whatever the secrets are.
#
#     tests/ctime/run.sh <the program that ctime.c became>
#
# Run it at the top of the project; CC is the compiler to look at.
# Exit code 77 and "skipped: ..." without valgrind.
set -eu

command -v valgrind >/dev/null || { echo "skipped: no valgrind"; exit 77; }

# 1. The check can fail: a branch on a secret is found.
code=0
log=$(valgrind -q --error-exitcode=99 "$1" leak 2>&1) || code=$?
if [ $code -ne 99 ]; then
    echo "$log"
    echo "a branch on a secret was not found (exit code $code)" >&2
    exit 1
fi

# 2. There is none in our code.
valgrind -q --error-exitcode=99 "$1"

# 3. memcheck does not complain of a division, which takes a time that depends
#    on its operands.  With -Os compilers divide even by constants.
flags=$(pkg-config --cflags libsodium)
for f in mlkem768 mlkem_poly; do
    # shellcheck disable=SC2086 # several words
    if ${CC:-cc} -std=c11 -Os -S -o - -Iinclude -DEIDER_KEM_BESIDE \
        $flags "plugin/proto/$f.c" |
        grep -nE '^[[:space:]]+[ius]?div[bwlq]?[[:space:]]'; then
        echo "plugin/proto/$f.c divides" >&2
        exit 1
    fi
done

echo "ctime: no branch, index or division of our ML-KEM depends on a secret"
