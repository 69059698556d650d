# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Pidgin in Steady with fifty contacts over XMPP: what it costs.

The fifty are accounts of one other Pidgin.
"""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

from guard import is_line                    # noqa: E402
from gui import Pidgin                       # noqa: E402
from lab import Lab                          # noqa: E402
from profile import Account                  # noqa: E402
from scenario import until                   # noqa: E402
from server import password                  # noqa: E402

CONTACTS = int(os.environ.get("EIDER_BENCH_CONTACTS", "50"))
SECONDS = int(os.environ.get("EIDER_BENCH_SECONDS", "300"))
SLOT = 10
TICK = os.sysconf("SC_CLK_TCK")


def cpu(client):
    """Seconds of CPU that its Pidgin took so far."""
    with open("/proc/%d/stat" % client.proc.pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rate(client, seconds):
    """Percent of one core."""
    before, at = cpu(client), time.monotonic()
    time.sleep(seconds)
    return 100 * (cpu(client) - before) / (time.monotonic() - at)


def everybody(lab, names):
    """One Pidgin who is all of them."""
    accounts = [Account(n, "xmpp", lab.prosody.port, password(n), "pidgin")
                for n in names]
    peers = lab._add(Pidgin("peers", lab.workdir, accounts, lab.plugins,
                            buddies=("hub",)), None, False)
    peers.start(wait=False)
    for a in accounts:
        peers._until(lambda: peers.call("PurpleAccountIsConnected", peers.call(
            "PurpleAccountsFind", a.name, a.prpl)), 60, "login of " + a.name)
    return peers


def steady(lab, hub, names):
    hub.command(names[0], "/eider on")
    for n in names[1:]:
        hub.command(n, "/eider on")
    for n in names:
        hub.wait_state(n, "private", timeout=60)
    quiet = rate(hub, min(60, SECONDS))
    for n in names:
        hub.command(n, "/eider steady %d" % SLOT)
        hub.wait_window("Eider")
        hub.key("alt+o")
        until(lambda: all(t != "Eider" for _, t in hub.windows()), 10, "closed")
    for n in names:
        until(lambda: hub.status(n)["state"] == "steady", 60, "Steady with " + n)
    return quiet


def fifty(so):
    import server
    names = ["p%d" % n for n in range(CONTACTS)]
    server.USERS = tuple(names) + ("hub",)
    groups = [(n, "hub") for n in names]
    with Lab(plugins=so, groups=groups, users=server.USERS) as lab:
        everybody(lab, names)
        hub = lab.pidgin("hub", buddies=names)
        for n in names:
            hub.wait_buddy(n, timeout=60)
        quiet = steady(lab, hub, names)
        mark = lab.mark()
        busy = rate(hub, SECONDS)
        sent = [e for e in lab.wire(mark, dir="out") if e.body and is_line(e.body)]
        return "\n".join([
            "### A real Pidgin in Steady with %d contacts over XMPP" % CONTACTS,
            "", "%d s, a slot each %d s; percent of one core, of the whole of Pidgin."
            % (SECONDS, SLOT), "", "| | |", "|---|---:|",
            "| private, nobody writes | %.2f %% |" % quiet,
            "| in Steady with all | %.2f %% |" % busy,
            "| lines out in a second | %.2f of %.2f |" % (
                len(sent) / SECONDS, CONTACTS / SLOT)])


PARTS = {"fifty": fifty}
