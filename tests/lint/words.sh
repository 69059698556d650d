#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/lint/words.sh [--update]: is po/eider.pot what the code says, and is
# every language complete?  --update writes the template and brings the
# languages up to it.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# No dates and no line numbers: they change with everything.
git ls-files 'plugin/purple/*.[ch]' 'plugin/gtk/*.[ch]' | LC_ALL=C sort |
    xgettext --files-from=- --from-code=UTF-8 --language=C --no-location \
        --keyword=_ --keyword=N_ --keyword=EIDER_PLURAL:1,2 --add-comments=TRANSLATORS \
        --package-name=eider --output="$dir/eider.pot" || exit 1
sed -i -e '/^"POT-Creation-Date:/d' -e '/^"PO-Revision-Date:/d' \
    -e 's/^# SOME DESCRIPTIVE TITLE.*/# The words of Eider./' \
    -e '/^# Copyright (C) YEAR/d' -e 's/charset=CHARSET/charset=UTF-8/' \
    -e '/^# FIRST AUTHOR/d' -e '/^"Last-Translator:/d' \
    -e '/^"Language-Team:/d' "$dir/eider.pot"

if [ "${1-}" = --update ]; then
    cp "$dir/eider.pot" po/eider.pot
    while read -r lang; do
        if [ -e "po/$lang.po" ]; then
            msgmerge --quiet --no-fuzzy-matching --no-location --update --backup=none \
                "po/$lang.po" po/eider.pot
        else
            msginit --no-translator --locale="$lang" --input=po/eider.pot \
                --output-file="po/$lang.po"
        fi
        # what is no longer said
        msgattrib --no-obsolete --output-file="po/$lang.po" "po/$lang.po"
    done <po/LINGUAS
    exit
fi
bad=0
cmp -s "$dir/eider.pot" po/eider.pot || {
    echo 'po/eider.pot is not what the code says: tests/lint/words.sh --update'
    diff po/eider.pot "$dir/eider.pot" | grep '^[<>] msgid' | head
    bad=1
}
while read -r lang; do
    msgfmt --check --check-accelerators=_ --output-file="$dir/$lang.mo" "po/$lang.po" || bad=1
    msgmerge --quiet --no-fuzzy-matching "po/$lang.po" "$dir/eider.pot" \
        --output-file="$dir/$lang.po" || bad=1
    left=$(msgattrib --untranslated "$dir/$lang.po" | grep -c '^msgid')
    fuzzy=$(msgattrib --only-fuzzy "$dir/$lang.po" | grep -c '^msgid')
    if [ "$left" -gt 1 ] || [ "$fuzzy" -gt 1 ]; then
        echo "po/$lang.po: $left not translated, $fuzzy in doubt"
        msgattrib --untranslated "$dir/$lang.po" | grep '^msgid' | head -20
        bad=1
    fi
done <po/LINGUAS
exit $bad
