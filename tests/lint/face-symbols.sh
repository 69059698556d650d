#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Does eider-gtk.so find everything it wants?  Pidgin's own functions are in
# the program, so the linker cannot say.  Usage: face-symbols.sh eider-gtk.so
set -eu
so=$1
pidgin=$(command -v pidgin) || {
    echo "face-symbols: no pidgin to compare with" >&2
    exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

names() { nm -D --without-symbol-versions "$@" | awk '{ print $NF }' | sort -u; }

# what the program and all the libraries of the plugin offer
for f in "$pidgin" $(ldd "$so" | awk '$2 == "=>" { print $3 }'); do
    names --defined-only "$f"
done | sort -u >"$dir/offered"
nm -D --without-symbol-versions --undefined-only "$so" |
    awk '$1 == "U" { print $2 }' | sort -u >"$dir/wanted"

bad=0
if ! missing=$(comm -23 "$dir/wanted" "$dir/offered") || [ -n "$missing" ]; then
    echo "$so wants what nobody offers:" $missing >&2
    bad=1
fi
if grep -q '^crypto_\|^sodium_\|^randombytes' "$dir/wanted"; then
    echo "$so calls libsodium" >&2
    bad=1
fi
if [ "$(names --defined-only "$so")" != purple_init_plugin ]; then
    echo "$so exports:" $(names --defined-only "$so") >&2
    bad=1
fi
exit $bad
