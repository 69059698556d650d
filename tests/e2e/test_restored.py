# SPDX-License-Identifier: GPL-2.0-or-later
"""A profile is put back to a copy that was made 100 texts before."""
import os
import re
import shutil

from client import ERROR, SYSTEM
from count import Talk
from scenario import equal, meet, pair, scenario


def fingerprints(client, peer):
    """What "/eider fingerprint" says: own and known digits."""
    m = client.mark()
    client.command(peer, "/eider fingerprint")
    digits = r"\d{5}(?: \d{5}){5}"
    said = client.wait_signal("WroteImMsg", lambda *a: re.search(
        digits, a[2]), m, 10)
    return re.findall(digits, said[2][2])


def put_back(client, copy, second):
    """The whole profile, and the folder of second copies or not."""
    shutil.rmtree(client.conf)
    shutil.copytree(copy, client.conf)
    state = os.path.join(client.dir, "home", ".local", "state", "eider")
    assert os.listdir(state)
    if not second:
        shutil.rmtree(state)


def restored(lab, victim, second):
    a, b = pair(lab)
    c, other = (a, b) if victim == "alice" else (b, a)
    user = {a: "bob", b: "alice"}
    talk = Talk(lab)
    for _ in range(6):
        talk.send(a, b)
        talk.send(b, a)
    talk.settle()
    before = [fingerprints(x, user[x]) for x in (a, b)]
    c.stop("quit")
    copy = os.path.join(c.dir, "copy")
    shutil.copytree(c.conf, copy)
    c.start()
    meet(a, b)
    for _ in range(50):
        talk.send(a, b)
        talk.send(b, a)
    talk.settle()
    c.stop("kill")
    put_back(c, copy, second)
    talk.put_back(c)
    m, mo = c.mark(), other.mark()
    c.start()
    meet(a, b)
    for _ in range(8):
        talk.send(other, c)
        talk.send(c, other)
    talk.settle(120)
    said = [w[2] for w in c.written(m, SYSTEM | ERROR)]
    told = [w[2] for w in other.written(mo, SYSTEM | ERROR)]
    if second:
        assert len(said) == 1 and "older state" in said[0], said
        equal(told, [], "said at the other side")
    else:
        # nobody knows that it was a backup: who noticed first says so
        assert len(said) <= 1 and len(told) <= 1 and said + told, (said, told)
        assert all("no longer fitted" in t for t in said + told), (said, told)
    equal([fingerprints(x, user[x]) for x in (a, b)], before)
    for x in (a, b):
        s = x.status(user[x])
        equal((s["state"], s["devices"], s["candidates"], s["waiting"]),
              ("private", 1, 0, 0))


@scenario(timeout=240)
def alice_known(lab):
    """Alice's profile; the second copy of the generations notices."""
    restored(lab, "alice", True)


@scenario(long=True, timeout=240)
def bob_known(lab):
    """Bob's profile; the second copy of the generations notices."""
    restored(lab, "bob", True)


@scenario(long=True, timeout=240)
def alice_unknown(lab):
    """Alice's profile, and the second copy is lost as well."""
    restored(lab, "alice", False)


@scenario(timeout=240)
def bob_unknown(lab):
    """Bob's profile, and the second copy is lost as well."""
    restored(lab, "bob", False)
