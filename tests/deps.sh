#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/deps.sh [build|bench|leakage]
#
# Says nothing if everything is there that make, make check and make demo need
# (with "build": what make alone needs; with "bench": the peers, too).  Otherwise prints the one apt line and
# runs it where it is root, or where the user answers y.  Debian 12 and later.
# The servers that the tests use come with system services: none is started.
set -eu

build='build-essential pkg-config libglib2.0-dev libglib2.0-dev-bin
    libpurple-dev pidgin-dev libgtk2.0-dev libsodium-dev gettext
    librsvg2-bin'
tests='clang clang-format check valgrind shellcheck git procps
    python3 python3-gi python3-nacl python3-cryptography python3-dbus
    pidgin finch libpurple-bin purple-xmpp-carbons prosody ngircd
    xvfb openbox xdotool wmctrl x11-utils imagemagick
    fonts-dejavu-core fonts-noto-color-emoji
    dbus dbus-x11 tmux util-linux mount passwd'
# make check-long
[ -z "${EIDER_LONG-}" ] || tests="$tests spin gnome-keyring debhelper lintian appstream man-db xz-utils ejabberd inspircd avahi-daemon"
attackers='python3-numpy python3-scipy python3-sklearn python3-matplotlib'
peers='libotr5-dev libolm-dev pidgin-otr purple-lurch'
server_user=eiderlab    # prosody refuses to be root; see tests/e2e/proc.py

case ${1-} in
'') wanted="$build $tests" ;;
build) wanted=$build ;;
leakage) wanted="$build $tests $attackers" ;;
bench) wanted="$build $tests $peers" ;;
*)
    echo "usage: $0 [build|bench|leakage]" >&2
    exit 2
    ;;
esac

missing_packages() {
    # $wanted is a list of words
    # shellcheck disable=SC2086
    dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
        awk -v wanted="$wanted" '
            $2 == "installed" { have[$1] = 1 }
            END {
                n = split(wanted, name)
                for (i = 1; i <= n; i++)
                    if (!(name[i] in have))
                        printf " %s", name[i]
            }'
}

# Where a test runs as root, its servers run as this user.
make_server_user() {
    [ "$(id -u)" = 0 ] && [ "$wanted" != "$build" ] || return 0
    id "$server_user" >/dev/null 2>&1 ||
        useradd --system --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin "$server_user"
}

# Runs as root, by itself or through sudo: the packages are its arguments.
# shellcheck disable=SC2016
install_as_root='
    set -eu
    export DEBIAN_FRONTEND=noninteractive
    policy=/usr/sbin/policy-rc.d
    made=
    trap "[ -z \"\$made\" ] || rm -f $policy" EXIT
    trap "exit 130" INT TERM
    if [ ! -e $policy ]; then
        made=1
        printf "#!/bin/sh\nexit 101\n" >$policy
        chmod 755 $policy
    fi
    twice() {
        "$@" && return
        echo "again in 5 seconds: $*" >&2
        sleep 5
        "$@"
    }
    # one broken source of many is no reason to stop: the installation tells
    twice apt-get -q update || true
    twice apt-get -q -y --no-install-recommends install "$@" </dev/null
    # nothing was started; nor is it to start with the machine
    if command -v systemctl >/dev/null; then
        for unit in $EIDER_NEW_UNITS; do
            systemctl --now disable "$unit" >/dev/null 2>&1 || true
        done
    fi
'

if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian. Needed: $(echo "$wanted" | tr -s ' \n' ' ')" >&2
    exit 1
fi
missing=$(missing_packages)
if [ -z "$missing" ]; then
    make_server_user
    exit 0
fi

echo "apt-get install --no-install-recommends$missing"
units=
for unit in prosody ngircd ejabberd inspircd avahi-daemon; do
    case " $missing " in *" $unit "*) units="$units $unit" ;; esac
done

if [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2086
    EIDER_NEW_UNITS=$units sh -c "$install_as_root" sh $missing
elif [ -t 0 ] && command -v sudo >/dev/null; then
    printf 'Install them now with sudo? [y/N] '
    read -r answer
    case $answer in
    [yY]*)
        # shellcheck disable=SC2086
        sudo env EIDER_NEW_UNITS="$units" sh -c "$install_as_root" sh $missing
        ;;
    *) exit 1 ;;
    esac
else
    echo "Run this line as root, then again." >&2
    exit 1
fi

missing=$(missing_packages)
if [ -n "$missing" ]; then
    echo "still missing:$missing" >&2
    exit 1
fi
make_server_user
