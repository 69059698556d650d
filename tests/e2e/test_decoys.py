# SPDX-License-Identifier: GPL-2.0-or-later
"""Decoys in five real Pidgins: a set chosen in the window, and what the server
sees of it."""
import os
import time

from scenario import equal, go_private, meet, scenario, until

FRIENDS = ("bob", "carol", "dave", "erin")
SLOT = 60.0


def sent(lab, who, since):
    return [e for e in lab.wire(since, who, "out") if e.body is not None]


def by_friend(lab, since):
    out = {f: [] for f in FRIENDS}
    for e in sent(lab, "alice", since):
        out[e.to.split("@")[0]].append(e)
    return out


def choose(a):
    """Everybody in the list, by the keyboard."""
    a.command("bob", "/eider decoys")
    a.wait_window("Decoys of alice@localhost/pidgin")
    time.sleep(0.5)
    a.screenshot(os.path.join(a.dir, "decoys-before.png"))
    a.key("Tab", "Home")
    for _ in FRIENDS:
        a.key("Return", "Down")
    time.sleep(0.3)
    a.screenshot(os.path.join(a.dir, "decoys-chosen.png"))
    a.key("alt+u")
    time.sleep(1.5)
    a.screenshot(os.path.join(a.dir, "decoys-asked.png"))
    a.key("alt+c")


@scenario(long=True, timeout=420, users=("alice",) + FRIENDS)
def one_of_four(lab):
    """Four who agree have a line a minute each, whoever is written to."""
    a = lab.pidgin("alice")
    friends = {f: lab.pidgin(f) for f in FRIENDS}
    for f in FRIENDS:
        meet(a, friends[f])
        go_private(lab, a, friends[f])
    choose(a)
    for f in FRIENDS:
        a.wait_state(f, "steady", steady=60, part="takes", timeout=100)
    for f in FRIENDS:
        equal(a.status(f)["now"], 4, "members that take part")
        equal(friends[f].status("alice")["part"], "none", "not their set")
    a.present("carol")
    time.sleep(1.5)
    a.screenshot(os.path.join(a.dir, "decoys-steady.png"))
    a.command("carol", "/eider decoys")
    time.sleep(1.5)
    a.screenshot(os.path.join(a.dir, "decoys-window.png"))
    a.key("alt+c")

    since, m = lab.mark(), friends["carol"].mark()
    texts = [lab.secret() for _ in range(2)]
    begin = time.time()
    for t in texts:
        a.send_im("carol", t)
    friends["carol"].wait_im(texts[0], m, 75)
    assert time.time() - begin > 0.5, "it did not wait for a slot"
    friends["carol"].wait_im(texts[1], m, 75)
    until(lambda: min(len(v) for v in by_friend(lab, since).values()) >= 2, 80)
    seen = by_friend(lab, since)
    for f in FRIENDS:
        equal({len(e.body) for e in seen[f]}, {391}, "lengths to " + f)
        gaps = [y.t - x.t for x, y in zip(seen[f], seen[f][1:])]
        assert all(0.89 * SLOT < g < 1.11 * SLOT for g in gaps), (f, gaps)
        equal(len({e.to for e in seen[f]}), 1, "addresses of " + f)
    counts = [len(v) for v in seen.values()]
    assert max(counts) - min(counts) <= 1, counts

    # One of them goes: he hides nobody any more, and is not written to.
    friends["erin"].stop("kill")
    a.wait_buddy("erin", False)
    until(lambda: a.status("bob")["now"] == 3, 10)
    equal(a.status("erin")["part"], "offline", "and why")
