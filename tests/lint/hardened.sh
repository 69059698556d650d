#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/lint/hardened.sh <.so>...: what the compiler and the linker were asked
# for against an overflow is in the file.  Says what is not.
set -u
for so; do
    no() { echo "$so: $1"; }
    headers=$(readelf -lW "$so")
    dynamic=$(readelf -dW "$so")
    grep -q GNU_RELRO <<<"$headers" || no 'no read-only relocations'
    grep -q BIND_NOW <<<"$dynamic" || no 'symbols are bound late'
    grep 'GNU_STACK' <<<"$headers" | grep -q 'RWE' && no 'an executable stack'
    grep -qE 'LOAD.* RWE' <<<"$headers" && no 'memory both writable and executable'
    grep -qE 'TEXTREL' <<<"$dynamic" && no 'relocations in the code'
    grep -qE 'RPATH|RUNPATH' <<<"$dynamic" && no 'a path to search for libraries'
    nm -D "$so" | grep -q __stack_chk_fail || no 'no guards on the stack'
    # The face copies no bytes by itself, so there is nothing to check in it.
    [[ $so == *-gtk.so ]] || nm -D "$so" | grep -qE '__(mem|str)[a-z]+_chk' ||
        no 'no checked string functions'
done
exit 0
