#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/purple/valgrind.sh <runner>
#
# Loads and unloads the plugin 100 times under valgrind, with a talk in
# between.  No memory of ours may be left, no access of ours be wrong; what
# libpurple and glib keep for themselves is not ours to judge.
set -eu

runner=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# look <log> <program...>: full paths, as base names do not say whose file it is.
look() {
    log=$1
    shift
    G_SLICE=always-malloc G_DEBUG=gc-friendly valgrind --keep-debuginfo=yes \
        --leak-check=full --show-leak-kinds=all --num-callers=40 \
        --fullpath-after= --log-file="$log" "$@"
}

# Records are separated by empty lines.  Ours: a frame in a file of the
# plugin's folders, or in an eider.so without debug information.  bindtextdomain
# keeps one entry for the process, the preferences are made once for it, and
# glib's table of timers grows when it likes.
ours() {
    awk '
        function judge() {
            if (record ~ /[ \n](bytes in .* (lost|reachable) in loss record|Invalid |uninitialised|Mismatched|overlap)/ \
                && record ~ /\(in [^)]*eider\.so\)|\/plugin\/(proto|core|purple)\// \
                && record !~ /bindtextdomain|eider_prefs_init|g_get_host_name|g_get_home_dir|g_source_(remove|attach)/) {
                print record
                bad++
            }
            record = ""
        }
        { sub(/^==[0-9]+== ?/, "") }
        /^$/ { judge(); next }
        { record = record "\n" $0 }
        END { judge(); exit bad > 0 }
    ' "$1"
}

failed() {
    echo "$1" >&2
    echo "purple-valgrind: 0 passed, 1 failed, 0 skipped"
    exit 1
}

# The check can fail: one block lost, one kept and one wrong write in the
# plugin's folders are found, the same elsewhere are not.
plant() { # <folder>
    mkdir -p "$dir/$1"
    cat >"$dir/$1/planted.c" <<'END'
#include <stdlib.h>

void *volatile kept;

int
main(void)
{
    volatile char *lost = malloc(7);

    lost[7] = 0;
    lost = NULL;
    kept = malloc(9);
    return 0;
}
END
    ${CC:-cc} -g -gdwarf-4 -O0 -w -o "$dir/planted" "$dir/$1/planted.c"
    look "$dir/planted.log" "$dir/planted"
}
for f in proto core purple; do
    plant "plugin/$f"
    found=$(ours "$dir/planted.log" | grep -c '/planted\.c:.*)$' || true)
    # the frame of each, and the one that allocated what was overrun
    [ "$found" -eq 4 ] || failed "planted in plugin/$f: $found frames found"
done
plant tests/purple
ours "$dir/planted.log" || failed "planted in tests/purple, but found as ours"

look "$dir/log" "$runner" --cycle "${CYCLES:-100}"
ours "$dir/log" || failed "left or done wrong, see above"
echo "purple-valgrind: 1 passed, 0 failed, 0 skipped"
