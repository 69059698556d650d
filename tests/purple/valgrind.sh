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
log=$(mktemp)
trap 'rm -f "$log"' EXIT

G_SLICE=always-malloc G_DEBUG=gc-friendly valgrind --keep-debuginfo=yes \
    --leak-check=full --show-leak-kinds=all --num-callers=40 \
    --log-file="$log" "$runner" --cycle "${CYCLES:-100}"

# Records are separated by empty lines.  Ours: a frame in the folders plugin/
# of the .so, that is, not one of the runner's own.  bindtextdomain keeps one
# entry for the process, the preferences are made once for it, and glib's table
# of timers grows when it likes.
awk '
    function judge() {
        if (record ~ / (bytes in .* (lost|reachable) in loss record|Invalid |uninitialised|Mismatched|overlap)/ \
            && record ~ /\(in [^)]*eider\.so\)|plugin\/(proto|core|purple)|\((plugin|wrap|env|opening|receive|presence|irc|commands|menus|face|keys|refuse|ask|say|words|away|carrier|names|prefs|outgoing)\.c:/ \
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
' "$log" || { echo "purple-valgrind: 0 passed, 1 failed, 0 skipped"; exit 1; }
echo "purple-valgrind: 1 passed, 0 failed, 0 skipped"
