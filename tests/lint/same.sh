#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/lint/same.sh <scratch folder>: the same source in two folders of
# different names, at different times and in another language, makes the same
# bits.  What is not committed yet is built, too.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mkdir -p "$1" && realpath "$1")
CC=${CC:-gcc}
one() { # <name> <environment...>
    local to=$dir/$1
    shift
    rm -rf "$to"
    mkdir -p "$to"
    git ls-files -z --cached --others --exclude-standard -- Makefile plugin include icons po |
        xargs -0 cp --parents -t "$to" 2>/dev/null || true
    env "$@" make --no-print-directory -C "$to" -j"$(nproc)" CC="$CC" all >"$to/log" 2>&1 ||
        { tail -n 5 "$to/log"; exit 1; }
}
one a LC_ALL=C TZ=UTC
one another/folder LC_ALL=C.UTF-8 TZ=Asia/Tokyo
differs=0
for f in eider.so eider-gtk.so locale/de/LC_MESSAGES/eider.mo; do
    if cmp -s "$dir/a/build/$f" "$dir/another/folder/build/$f"; then
        sha256sum "$dir/a/build/$f" | sed "s,$dir/a/build/,,"
    else
        echo "$f: the two differ"
        differs=1
    fi
done
rm -rf "$dir"
[ $differs = 0 ] && echo 'same: 1 passed, 0 failed'
