#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/check.sh <build folder>
#
# Everything that proves Eider, part by part, each with its seconds; the last
# line counts tests.  EIDER_LONG=1 adds the slow ones, PARTS="unit sim" takes
# only some.  The logs stay in <build folder>/check.
set -u
cd "$(dirname "$0")/.." || exit 1

B=${1:-build}
LOGS=$B/check
CC=${CC:-gcc}
mkdir -p "$LOGS"
COUNTS=$LOGS/counts # a line a part: name, passed, failed, skipped
: >"$COUNTS"

# part <name> <command...>: run it, read its closing count, print one line.
# A part without a count of its own is one test; exit code 77 skips it.
part() {
    local name=$1 log=$LOGS/$1.log start=$SECONDS code=0 count p f s end
    shift
    [ -z "${PARTS-}" ] || [[ " $PARTS " == *" $name "* ]] || return 0
    "$@" >"$log" 2>&1 </dev/null || code=$?
    count=$(grep -aoE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" | tail -n 1)
    if [ -n "$count" ]; then
        read -r p f s <<<"$(tr -cd '0-9 ' <<<"$count")"
        s=${s:-0}
        # A runner that dies after its count, or counts nothing, has failed.
        [ $code -eq 0 ] || [ "$f" -gt 0 ] || f=1
        [ $((p + f + s)) -gt 0 ] || f=1
    elif [ $code -eq 77 ]; then
        p=0 f=0 s=1
    else
        p=$((code == 0)) f=$((code != 0)) s=0
    fi
    echo "$name $p $f $s" >>"$COUNTS"
    end=
    [ "$f" -eq 0 ] || end=$(printf -- '---- the end of %s\n%s\n----' "$log" "$(tail -n 60 "$log")")$'\n'
    # in one piece, as two lanes write here
    printf '%-14s %4d s   %d passed, %d failed, %d skipped\n%s' "$name" $((SECONDS - start)) "$p" "$f" "$s" "$end"
}

build() { # <folder> <make arguments...>
    local folder=$1
    shift
    make --no-print-directory -j"$(nproc)" B="$folder" "$@"
}

build_gcc() {
    build "$B" CC=gcc all "$B/unit" "$B/sim" "$B/purple" "$B/middle" \
        "$B/bench-inspector" "$B/bench-sees" # they are not run, but must not rot
}
build_clang() {
    build "$B/clang" CC=clang all "$B/clang/unit"
}
build_asan() {
    build "$B/asan" CC=gcc CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' \
        HARDEN= "$B/asan/unit" "$B/asan/sim" "$B/asan/fuzz-replay"
}

vectors() {
    [ -n "${EIDER_VECTORS-}" ] || [ ! -d ../shared/vectors ] || export EIDER_VECTORS=../shared/vectors
    /usr/bin/python3 -B tests/vectors/gen.py --check
}
unit() {
    EIDER_PUBLISHED=$(realpath -m "$B/published") "$1/unit"
}
half() { # <0 or 1> <folder>
    HALF=$1 unit "$2"
}
# The same tests against a libsodium that has ML-KEM, and ours beside it.
oracle_sodium() {
    local lib
    tests/oracle-sodium.sh "$B/oracle" || return
    lib=$(realpath "$B/oracle/lib")
    build "$B/newer" CC=gcc SODIUM_CFLAGS="-isystem $B/oracle/include" \
        SODIUM_LIBS="$lib/libsodium.so.26 -Wl,-rpath,$lib" \
        "$B/newer/eider.so" "$B/newer/unit" && unit "$B/newer"
}
oracle_mlkem() {
    tests/oracle-sodium.sh "$B/oracle" || return
    build "$B" CC=gcc "$B/mlkem_equal" && "$B/mlkem_equal" "$B/oracle/lib/libsodium.so.26"
}
# A second implementation, written from PROTOCOL.md, talks to ours.
oracle() {
    local lib=
    # Where a newer libsodium cannot be had, its own ML-KEM does as well.
    tests/oracle-sodium.sh "$B/oracle" >/dev/null && lib=$B/oracle/lib/libsodium.so.26
    build "$B" CC=gcc "$B/peer" && /usr/bin/python3 -B tests/oracle/run.py "$B/peer" ${lib:+"$lib"}
}
ctime() {
    tests/ctime/run.sh "$B"
}
# The same worlds each time, so that a failure is somebody's change; the long
# form draws new ones.
sim() {
    [ -n "${EIDER_LONG-}" ] || export SEED="${SEED:-20261126}"
    "$1/sim"
}
model() {
    CC=gcc tests/model/run.sh "$B"
}
proof() {
    tests/model/proof.sh "$B"
}
# Debian's package from what is committed, and what lintian has against it.
package() {
    local dir=$B/package
    rm -rf "$dir" && mkdir -p "$dir" &&
        build "$B" dist && tar -C "$dir" -xf "$B"/eider-*.tar.xz &&
        (cd "$dir"/eider-* && dpkg-buildpackage -us -uc >../log 2>&1 && cd .. &&
            lintian --allow-root --fail-on error,warning ./*.changes) || return
    appstreamcli validate --no-net data/*.xml &&
        man --warnings -l data/eider.7 2>&1 >/dev/null | (! grep .)
}
# The corpora of the fuzzers once more, cut and flipped; `make fuzz` makes them.
fuzz() {
    G_SLICE=always-malloc "$1/fuzz-replay" tests/fuzz/corpus
}
# Some suites of the unit tests under memcheck; all of them would take an hour.
unit_memcheck() {
    local suite failed=0 passed=0
    for suite in record pq handshake store sealed keyring; do
        if T=$suite CK_TIMEOUT_MULTIPLIER=100 valgrind -q --error-exitcode=99 --leak-check=full \
            --errors-for-leak-kinds=definite "$1/unit"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
    echo "memcheck: $passed passed, $failed failed"
    [ $failed -eq 0 ]
}
headless() {
    EIDER_SO=$(realpath "$B/eider.so") "$B/purple"
}
headless_valgrind() {
    EIDER_SO=$(realpath "$B/eider.so") tests/purple/valgrind.sh "$B/purple"
}
demo() {
    env -u DISPLAY /usr/bin/python3 -B tests/demo/demo.py --so "$B/eider.so" \
        --so "$B/eider-gtk.so" --out "$B/demo"
}
e2e() {
    local long=()
    [ -z "${EIDER_LONG-}" ] || long=(--long --once)
    EIDER_FACE_SO=$B/eider-gtk.so \
        /usr/bin/python3 -B tests/e2e/run.py --so "$B/eider.so" --so "$B/eider-gtk.so" "${long[@]}"
}

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
# Once, as two lanes read it.
/usr/bin/python3 -B tests/vectors/published.py "$(realpath -m "$B/published")" >"$LOGS/published.log" 2>&1
part build-gcc build_gcc
part build-clang build_clang
part build-asan build_asan
part oracle-sodium oracle_sodium

# None of these cares how busy the machine is: two lanes, for two cores.
{
    part unit-asan half 1 "$B/asan"
    part sim-asan sim "$B/asan"
} &
LANE=$!
part lint tests/lint.sh "$B"
part vectors vectors
part unit unit "$B"
part unit-clang unit "$B/clang"
part sim sim "$B"
part oracle-mlkem oracle_mlkem
part oracle oracle
part purple headless
part valgrind headless_valgrind
part unit-asan-2 half 0 "$B/asan"
part fuzz fuzz "$B/asan"
part ctime ctime
wait $LANE || echo 'lane 0 1 0' >>"$COUNTS" # it was killed

part demo demo
part e2e e2e
if [ -n "${EIDER_LONG-}" ]; then
    part model model
    part proof proof
    part memcheck unit_memcheck "$B"
    part same tests/lint/same.sh "$B/same"
    part package package
    part machines tests/machines.sh "$B"
fi

# What failed, or needed a second try, in a few lines at the end: of a long output often no
# more than that is kept.
while read -r name _ failed _; do
    pattern='FAIL|:[FE]:|[Ee]rror|failed|second try'
    [ "$failed" -gt 0 ] || pattern='needed a second try'
    grep -aE "$pattern" "$LOGS/$name.log" 2>/dev/null | tail -n 4 | cut -c 1-300 |
        sed "s/^/$name: /"
done <"$COUNTS"
read -r PASSED FAILED SKIPPED < <(awk '{ p += $2; f += $3; s += $4 } END { print p + 0, f + 0, s + 0 }' "$COUNTS")
echo "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
