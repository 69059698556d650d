#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/lint/install.sh <build folder>: does make install put two files where
# they belong, and make uninstall take them away again?  Into throw-away folders.
set -eu
cd "$(dirname "$0")/../.."
B=${1:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
run() { make --no-print-directory B="$B" "$@" >"$dir/log" 2>&1; }
# same <what there is, by name and mode> <what there should be>
same() { [ "$1" = "$2" ] || { printf 'got:\n%s\nwanted:\n%s\n' "$1" "$2"; exit 1; }; }
files() { (cd "$1" && find . -type f -printf '%m %p\n' | sort); }

mkdir "$dir/a home"
export HOME="$dir/a home"
run install
same "$(files "$HOME")" "644 ./.purple/plugins/eider-gtk.so
644 ./.purple/plugins/eider.so
644 ./.purple/plugins/locale/de/LC_MESSAGES/eider.mo
644 ./.purple/plugins/locale/tr/LC_MESSAGES/eider.mo"
run uninstall
same "$(files "$HOME")" ""

core=$(pkg-config --define-variable=prefix=/usr --variable=plugindir purple)
gtk=$(pkg-config --define-variable=prefix=/usr --variable=plugindir pidgin)
run install PREFIX=/usr DESTDIR="$dir/root"
same "$(files "$dir/root")" "$(printf '644 .%s\n' "$gtk/eider-gtk.so" "$core/eider.so" \
    /usr/share/locale/{de,tr}/LC_MESSAGES/eider.mo /usr/share/man/man7/eider.7 \
    /usr/share/metainfo/im.eider.pidgin.metainfo.xml | sort)"
run uninstall PREFIX=/usr DESTDIR="$dir/root"
same "$(files "$dir/root")" ""

if run install TESTING=1; then
    echo 'a TESTING build was installed'
    exit 1
fi
for bad in . .. /tmp ../x; do
    if make --no-print-directory clean B=$bad >"$dir/log" 2>&1; then
        echo "make clean B=$bad was not refused"
        exit 1
    fi
done
for target in demo check install uninstall clean dist; do
    make --no-print-directory help | grep -q "make $target" ||
        { echo "make help does not name $target"; exit 1; }
done
