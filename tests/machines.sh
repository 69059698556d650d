#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/machines.sh <build folder>
#
# Eider on machines of another kind: i386 (32 bits) and s390x (big-endian, and
# char is unsigned).  Compilers, libraries and an emulator come from Debian,
# through the mirrors that apt uses already, with an apt state of its own:
# nothing is installed or mounted, and it need not be root.  Some 300 MB are fetched
# and 1.3 GB stay in <build folder>/machines.  MACHINES="i386" takes only some.
#
# Exit code 77 and "skipped: ..." where the packages cannot be had.
set -u
cd "$(dirname "$0")/.." || exit 1
mkdir -p "${1:?usage: $0 <build folder>}/machines"
BUILD=$1/machines # for make, which knows the folder by this name
DIR=$(realpath "$BUILD")
HERE=$(dpkg --print-architecture 2>/dev/null) || { echo 'skipped: no dpkg here'; exit 77; }

# get <folder> <architecture> <status> <packages...>: unpacked, with all they need
# besides what is in <status>
get() {
    local dir=$DIR/$1 apt=(apt-get -qq -o APT::Architecture="$2" -o APT::Architectures::="$2"
        -o Dir::State="$DIR/$1/apt" -o Dir::State::status="$3" -o Dir::Cache="$DIR/$1/apt"
        -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=0 -o Debug::NoLocking=1
        -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=30)
    shift 3
    [ ! -e "$dir/usr" ] || return 0
    rm -rf "$dir"
    mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial" "$dir/root"
    # one broken source of many is no reason to stop
    "${apt[@]}" update || true
    "${apt[@]}" -y --download-only install "$@" || return
    for deb in "$dir"/apt/archives/*.deb; do
        [ ! -e "$deb" ] || dpkg-deb -x "$deb" "$dir/root" || return
    done
    # put in place last, as its presence says that all is done
    mkdir -p "$dir/root/usr" && mv "$dir"/root/* "$dir" && rm -rf "$dir/root" "$dir/apt"
}

skip() {
    [ "$FAILED" -eq 0 ] || exit 1
    echo "skipped: no packages for $1"
    exit 77
}

PASSED=0 FAILED=0
run() { # <name> <command...>
    local log=$DIR/$1.log start=$SECONDS
    if "${@:2}" >"$log" 2>&1 </dev/null; then
        PASSED=$((PASSED + 1))
    else
        FAILED=$((FAILED + 1))
        tail -n 30 "$log"
    fi
    echo "$1: $((SECONDS - start)) s, $(grep -a passed, "$log" | tail -n 1)"
}

machine() { # <architecture>
    local arch=$1 root=$DIR/$1 b=$BUILD/build-$1 gnu=$1-linux-gnu multi=$1-linux-gnu plugins=()
    if [ "$arch" = i386 ]; then
        gnu=i686-linux-gnu
        plugins=(libpurple-dev pidgin-dev libgtk2.0-dev)
    fi
    get "$arch" "$arch" /dev/null libc6-dev libsodium-dev libglib2.0-dev check "${plugins[@]}" || skip "$arch"
    # An i386 program is run by this machine, too, if it is an amd64.
    local lib=$root/usr/lib/$multi
    RUN=("$root/lib/ld-linux.so.2" --library-path "$root/lib/$multi:$lib:$lib/purple-2")
    "${RUN[@]}" --version >/dev/null 2>&1 || RUN=("$(command -v "qemu-$arch-static")" -L "$root")
    # for those who know one word only
    echo "exec ${RUN[*]} \"\$@\"" >"$root/run"
    echo "exec ${RUN[*]} $DIR/build-$arch/peer" >"$root/peer"
    echo "LD_LIBRARY_PATH=$DIR/tools/usr/lib/$(uname -m)-linux-gnu exec $gnu-gcc --sysroot=$root \"\$@\"" >"$root/cc"
    sed -i '1i #!/bin/sh' "$root/run" "$root/peer" "$root/cc"
    chmod +x "$root/run" "$root/peer" "$root/cc"

    # the published vectors are there if check.sh was
    export EIDER_PUBLISHED=$DIR/../published
    export PKG_CONFIG_SYSROOT_DIR=$root EIDER_BARE="$root/run $b/unit" CK_TIMEOUT_MULTIPLIER=100
    export PKG_CONFIG_LIBDIR=$lib/pkgconfig:$root/usr/share/pkgconfig
    run "$arch-build" make --no-print-directory -j"$(nproc)" B="$b" CC="$root/cc" \
        "$b/unit" "$b/sim" "$b/fuzz-replay" "$b/peer" ${plugins:+all "$b/purple"}
    run "$arch-unit" "${RUN[@]}" "$b/unit"
    SEED=${SEED:-20261126} EIDER_LONG='' run "$arch-sim" "${RUN[@]}" "$b/sim"
    G_SLICE=always-malloc run "$arch-fuzz" "${RUN[@]}" "$b/fuzz-replay" tests/fuzz/corpus
    COUNT=20 EIDER_LONG='' run "$arch-oracle" /usr/bin/python3 -B tests/oracle/run.py "$root/peer"
    [ -z "${plugins[*]}" ] || EIDER_SO=$DIR/build-$arch/eider.so EIDER_PROTOCOLS=$lib/purple-2 \
        GST_REGISTRY_FORK=no GST_REGISTRY=$root/gst run "$arch-purple" "${RUN[@]}" "$b/purple"
}

get tools "$HERE" /var/lib/dpkg/status gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user-static || skip "$HERE"
PATH=$DIR/tools/usr/bin:$PATH
for arch in ${MACHINES:-i386 s390x}; do
    machine "$arch"
done
echo "machines: $PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
