#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/lint.sh <build folder>
#
# The house keeps its shape: each folder adds one dependency, the two plugins
# ask for nothing they may not have and offer one symbol, every header stands
# alone, everything is formatted and says its licence.
set -u
cd "$(dirname "$0")/.." || exit 1
B=${1:-build}
PASSED=0 FAILED=0

# ok <name> <what is wrong; empty if nothing is>
ok() {
    if [ -z "$2" ]; then
        PASSED=$((PASSED + 1))
    else
        FAILED=$((FAILED + 1))
        printf 'lint: %s\n%s\n' "$1" "$2"
    fi
}

includes() { # <folder> <extended regexp of forbidden includes>
    grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" -r "$1" --include='*.[ch]'
}

# ---- includes ---------------------------------------------------------------
ABOVE='purple|gtk|gdk|pidgin|gplugin'
ok 'proto knows libc and libsodium only' \
    "$(includes plugin/proto "glib|gio|gmodule|time\.h|stdio\.h|sys/|$ABOVE|eider/(env|engine|store|ui|markup|status)")"
ok 'core adds glib only' "$(includes plugin/core "sodium|$ABOVE|eider/ui")"
ok 'purple adds libpurple only' \
    "$(includes plugin/purple 'sodium|gtk|gdk|pidgin|internal\.h|eider/(ratchet|handshake|noise|crypto|kem)')"
ok 'gtk talks through ui.h only' \
    "$(includes plugin/gtk 'sodium' ; grep -nE '#include "eider/' -r plugin/gtk | grep -vE 'eider/(ui|err|status)\.h')"
ok 'contracts need nothing but C' \
    "$(includes include 'glib|gio|sodium|purple|gtk' | grep -v '^include/eider/kem.h:')"
ok 'randomness comes from libsodium' \
    "$(grep -nE '\b(rand|random|srand|g_random_[a-z_]+|g_rand_[a-z_]+) *\(' -r plugin --include='*.c')"
ok 'no secret compared with memcmp, no realloc' \
    "$(grep -nE '[^a-z_](realloc|strcat|sprintf|gets) *\([^)]' -r plugin --include='*.c'; grep -nE 'memcmp *\([^;]*(\.sk|->sk|secret)' -r plugin --include='*.c')"

# ---- what the linker saw ----------------------------------------------------
exported() { nm -D --defined-only "$1" 2>/dev/null | awk '{print $3}' | grep -v '^purple_init_plugin$'; }
if [ -e "$B/eider.so" ]; then
    ok 'eider.so offers purple_init_plugin only' "$(exported "$B/eider.so")"
    ok 'eider.so asks for no GTK and no Pidgin' \
        "$(nm -D --undefined-only "$B/eider.so" | grep -E ' (gtk_|gdk_|pidgin_)')"
    ok 'eider.so loads nothing unusual' \
        "$(objdump -p "$B/eider.so" | awk '/NEEDED/ {print $2}' | grep -vE '^(libpurple|libglib-2.0|libgio-2.0|libgobject-2.0|libgmodule-2.0|libsodium|libc|libm|ld-linux)')"
    # proto and core by themselves link without anything above them.
    ok 'proto and core stand without libpurple' \
        "$(gcc -shared -Wl,-z,defs -o /dev/null "$B"/plugin/proto/*.o "$B"/plugin/core/*.o \
            $(pkg-config --libs libsodium glib-2.0) -lm 2>&1)"
    ok 'proto stands without glib' \
        "$(gcc -shared -Wl,-z,defs -o /dev/null "$B"/plugin/proto/*.o $(pkg-config --libs libsodium) 2>&1)"
fi
if [ -e "$B/eider-gtk.so" ]; then
    ok 'eider-gtk.so offers purple_init_plugin only' "$(exported "$B/eider-gtk.so")"
    ok 'what eider-gtk.so asks for, Pidgin has' \
        "$(tests/lint/face-symbols.sh "$B/eider-gtk.so" 2>&1 || echo 'tests/lint/face-symbols.sh failed')"
fi

if [ -e "$B/eider.so" ] && [ -e "$B/eider-gtk.so" ]; then
    ok 'install, uninstall, clean and help' \
        "$(tests/lint/install.sh "$B" 2>&1 || echo 'tests/lint/install.sh failed')"
fi

ok 'both are hardened' "$(tests/lint/hardened.sh "$B/eider.so" "$B/eider-gtk.so" 2>&1)"

# ---- headers, licence, size, form -------------------------------------------
for h in include/eider/*.h; do
    ok "$h stands alone" "$(printf '#include "eider/%s"\nint eider_lint;\n' "$(basename "$h")" |
        gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude $(pkg-config --cflags libsodium) -fsyntax-only -xc - 2>&1)"
done
sources() { git ls-files --cached --others --exclude-standard -- "$@"; }
headings=$(sed -nE 's/^#+ [0-9.]+ (.*)/\1/p' PROTOCOL.md)
ok 'every section of PROTOCOL.md that a comment names is there' "$(
    grep -rhozE 'PROTOCOL\.md,( |\n \* )"[^"]+"(, ?(\n \* )?"[^"]+")*' include plugin | tr '\0' '\n' |
        tr '\n' ' ' | sed 's/ \* / /g' | tr -s ' ' | grep -oE '"[^"]+"' | tr -d '"' | sort -u |
        while read -r name; do grep -qxF "$name" <<<"$headings" || echo "$name"; done)"
# What software shops copy has to be under a licence that lets them.
ok 'the page of the shops is FSFAP' "$(grep -L 'SPDX-License-Identifier: FSFAP' data/*.xml)"
ok 'one SPDX line a file' "$(sources '*.c' '*.h' '*.py' '*.sh' '*.svg' 'icons/*.xml' 'data/*.7' Makefile debian/rules .ci/run | xargs grep -L 'SPDX-License-Identifier: GPL-2.0-or-later')"
ok 'formatted' "$(sources '*.c' '*.h' | xargs clang-format --dry-run --Werror 2>&1 | grep -E 'error:' | head -20)"
ok 'no file over 450 lines without a reason' "$(sources 'plugin/*.c' 'plugin/*.h' 'include/*.h' | xargs wc -l | awk '$2 != "total" && $1 > 450 {print $2 ": " $1 " lines"}')"
ok 'no path of one machine' "$(sources | grep -v '^COPYING$' | xargs grep -nIE '(^|[ =(])(/work|/home/[a-z]+|/root)/' | grep -vE '/home/(a|alice|user|ada)/' )"
ok 'scripts are clean' "$(sources '*.sh' .ci/run | xargs shellcheck -S warning -e SC2046 2>&1)"
ok 'user-visible words go through gettext' \
    "$(grep -nE 'purple_(notify|request|conversation_write|cmd_register)[a-z_]*\([^;]*"[A-Z][a-z]+ ' -r plugin/purple plugin/gtk --include='*.c' | grep -vE '_\(|N_\(')"

ok 'every word is in the template and in every language' \
    "$(tests/lint/words.sh 2>&1 || echo 'tests/lint/words.sh failed')"

echo "lint: $PASSED passed, $FAILED failed"
[ $FAILED -eq 0 ]
