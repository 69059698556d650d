#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Put a newer libsodium, one that has ML-KEM, into a folder: the oracle that our
# own ML-KEM is compared with.
#
#     tests/oracle-sodium.sh <folder>
#
# Afterwards <folder>/lib/libsodium.so.26 and <folder>/include/sodium.h exist.
# It comes from Debian testing, through the mirror that apt uses already, with
# an apt state of its own: nothing is installed, nothing of apt's is changed.
# Says nothing if all is well, and does nothing if it is there already.
# Exit code 77 and "skipped: ..." where it cannot be had.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 <folder>" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
state=$dir/apt

skip() {
    rm -rf "$state"
    echo "skipped: $1"
    exit 77
}

[ -e "$dir/lib/libsodium.so.26" ] && [ -e "$dir/include/sodium.h" ] && exit 0
for tool in apt-get dpkg-deb; do
    command -v $tool >/dev/null || skip "no $tool here to fetch libsodium with"
done

# The mirror of this machine: the first archive that is Debian's, not security.
# shellcheck disable=SC2016 # apt fills these in
fields='$(IDENTIFIER)|$(REPO_URI)|$(RELEASE)'
mirror=$(apt-get indextargets --format "$fields" 2>/dev/null |
    awk -F'|' '$1 == "Packages" && $2 ~ /\/debian\/?$/ && $3 !~ /security/ \
               { print $2; exit }')
[ -n "$mirror" ] || skip "apt has no Debian mirror here"

rm -rf "$state"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/parts"
: >"$state/status"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keys" ] || skip "no keyring to check Debian testing with"
echo "deb [signed-by=$keys] $mirror testing main" >"$state/sources.list"

private_apt() {
    apt-get -qq \
        -o Dir::State="$state" -o Dir::State::status="$state/status" \
        -o Dir::Cache="$state/cache" \
        -o Dir::Etc::sourcelist="$state/sources.list" \
        -o Dir::Etc::sourceparts="$state/parts" \
        -o Dir::Etc::preferencesparts="$state/parts" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
        -o Acquire::Retries=1 -o Acquire::http::Timeout=30 "$@"
}

(cd "$state" && private_apt update &&
    private_apt download libsodium26 libsodium-dev) >"$state/log" 2>&1 ||
    skip "Debian testing's libsodium cannot be fetched"
for deb in "$state"/*.deb; do
    dpkg-deb -x "$deb" "$state/root"
done

mkdir -p "$dir/lib" "$dir/include"
# The library is put in place last, as its presence says that all is done.
cp -R "$state"/root/usr/include/. "$dir/include/"
grep -qrs crypto_kem_mlkem768_PUBLICKEYBYTES "$dir/include" ||
    skip "Debian testing's libsodium has no ML-KEM"
cp "$state"/root/usr/lib/*/libsodium.so.26 "$dir/lib/libsodium.so.26"
rm -rf "$state"
