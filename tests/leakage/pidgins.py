# SPDX-License-Identifier: GPL-2.0-or-later
"""T6: is this line of a real Pidgin a text, or cover?

Pairs of real Pidgins in Steady, with the tests' clock at ten times its speed
(a slot is a second), on one server; what the taps saw of each line, and what
came before and after it.  Which lines were texts is known from when the other
side showed one.
"""
import collections
import heapq
import os
import re
import subprocess
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import times

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))
SLOT = 10      # seconds, by the clock of Eider
GUARDED = 100  # of the texts, searched for in all that was seen
SHARE = 0.5    # of slots with a text to send


def build_for_tests(build):
    """The clock of Eider is the tests' only in a build of its own."""
    folder = os.path.join(build, "testing")
    so = os.path.join(folder, "eider.so")
    subprocess.run(["make", "--no-print-directory", "-j2", "B=" + folder,
                    "TESTING=1", so], cwd=TOP, check=True,
                   stdout=subprocess.DEVNULL)
    return os.path.join(TOP, so)


def start(lab, n):
    from scenario import go_private, until
    names = ["u%da" % n, "u%db" % n]
    a, b = [lab.pidgin(x, buddies=names) for x in names]
    a.wait_buddy(b.acct().user)
    b.wait_buddy(a.acct().user)
    a.command(names[1], "/eider on")
    a.wait_state(names[1], "private")
    b.wait_state(names[0], "private")
    a.command(names[1], "/eider steady %d" % SLOT)
    a.wait_window("Eider")
    a.key("alt+o")
    for x, other in ((a, names[1]), (b, names[0])):
        until(lambda: x.status(other)["state"] == "steady", 60, "Steady")
    return a, b


def write(lab, pairs, rng, seconds, slot):
    """Everybody writes in half of their slots, at any moment of them; gives
    [(text, to)]."""
    stop = time.time() + seconds
    texts = []
    queue = [(time.time() + rng.uniform(0, 2), i, x, y)
             for i, (x, y) in enumerate([p for q in pairs
                                         for p in (q, q[::-1])])]
    heapq.heapify(queue)
    while queue and queue[0][0] < stop:
        at, i, x, y = heapq.heappop(queue)
        time.sleep(max(0, at - time.time()))
        texts.append((lab.secret(), y))
        x.send_im(y.acct().user, texts[-1][0])
        heapq.heappush(queue, (at + rng.exponential(slot / SHARE), i, x, y))
    return texts


def memory(pairs):
    """MiB of all the Pidgins."""
    total = 0
    for x in (x for p in pairs for x in p):
        with open("/proc/%d/statm" % x.proc.pid) as f:
            total += int(f.read().split()[1]) * 4096
    return total / 2 ** 20


def not_once(texts):
    """How many of [(text, to)] were not shown exactly once."""
    shown = {}
    for y in {y for _, y in texts}:
        shown[y] = collections.Counter(
            word for w in y.written(0) if w[3] & 2 for word in w[2].split())
    return sum(shown[y][text] != 1 for text, y in texts)


def look(lab, frm, to, since, slot):
    """The lines of one direction: what was seen, and whether it was a text."""
    from guard import is_line
    sent = [e for e in lab.wire(since, frm.name, "out")
            if e.body and is_line(e.body)]
    back = np.array([e.t for e in lab.wire(since, to.name, "out")
                     if e.body and is_line(e.body)])
    came = [(e.t, e.body) for e in lab.wire(since, to.name, "in")
            if e.body and is_line(e.body)]
    shown = [w[0] for w in to.written(0) if w[3] & 2 and w[0] >= since]
    texts = set()
    for t in shown:
        before = [b for at, b in came if at <= t]
        if before:
            texts.add(before[-1])
    rows, kinds = [], []
    t = np.array([e.t for e in sent])
    ids = [int(m[1], 16) if (m := re.search(rb"id=['\"]purple([0-9a-f]+)",
                                            e.raw)) else 0 for e in sent]
    for i in range(2, len(sent) - 3):
        body = sent[i].body
        at = np.searchsorted(back, t[i])
        after = back[at:at + 2] - t[i] if at + 2 <= len(back) else [9 * slot] * 2
        rows.append([
            t[i] - t[i - 1], t[i + 1] - t[i], t[i + 2] - t[i],
            t[i] - t[i - 2], (t[i] - t[0]) % slot, len(sent[i].raw),
            len(body), sum(c.isdigit() for c in body),
            sum(c.isupper() for c in body), ord(body[6]), ord(body[7]),
            ids[i] - ids[i - 1], ids[i + 1] - ids[i],
            after[0], after[1], t[i] - back[at - 1] if at else 9 * slot])
        kinds.append(body in texts)
    # libpurple counts its stanzas in hexadecimal: the number has no fixed width
    return np.array(rows), np.array(kinds), {
        len(e.raw) - len("%x" % n) for e, n in zip(sent, ids)}


def measure(so, seeds, pairs, seconds, speed):
    """(rows and kinds of each direction, what else is to be said)."""
    from lab import Lab
    import server
    slot = SLOT / speed
    users = tuple("u%d%s" % (n, x) for n in range(pairs) for x in "ab")
    groups = [users[i:i + 2] for i in range(0, len(users), 2)]
    server.USERS = users
    rng = np.random.default_rng(seeds[0])
    with Lab(plugins=[so], groups=groups, users=users, env={
            "EIDER_TEST_TIME": str(speed)} if speed > 1 else {}) as lab:
        people = [start(lab, n) for n in range(pairs)]
        since = time.time()
        texts = write(lab, people, rng, seconds / 6, slot)
        before = memory(people)
        texts += write(lab, people, rng, seconds - seconds / 6, slot)
        until = time.time() + 6 * slot
        while not_once(texts) and time.time() < until:
            time.sleep(slot)
        after, lost = memory(people), not_once(texts)
        # a search for every one of thousands would take hours
        some = list(lab.guard.secrets)[::max(1, len(texts) // GUARDED)]
        lab.guard.secrets = {m: lab.guard.secrets[m] for m in some}
        lab.guard.check()
        seen = [look(lab, x, y, since, slot)
                for p in people for x, y in (p, p[::-1])]
    return seen, {"texts": len(texts), "lost": lost, "before": before,
                  "after": after}


def attack(seen, seed):
    half = len(seen) // 2
    join = lambda k, part: np.concatenate([s[k] for s in part])
    a = join(0, seen[:half]), join(1, seen[:half])
    b = join(0, seen[half:]), join(1, seen[half:])
    aucs = {}
    for name, model in (
            ("gradient boosting", HistGradientBoostingClassifier(
                random_state=seed)),
            ("log. regression", make_pipeline(
                StandardScaler(), LogisticRegression(max_iter=2000)))):
        y, score = [], []
        for (p, q), (p2, q2) in ((a, b), (b, a)):
            # ranks, as the two halves learnt different scales
            got = model.fit(p, q).predict_proba(p2)[:, 1]
            score.append(np.argsort(np.argsort(got)) / len(got))
            y.append(q2)
        y, score = np.concatenate(y), np.concatenate(score)
        aucs[name] = (roc_auc_score(y, score),
                      times.interval(np.random.default_rng(seed), y, score))
    return aucs


def report(title, least, seen, said, seeds, pairs, seconds, speed):
    aucs = attack(seen, seeds[0])
    kinds = np.concatenate([s[1] for s in seen])
    sizes = set.union(*[s[2] for s in seen])
    n1, n0 = int(kinds.sum()), int((~kinds).sum())
    out = ["### " + title, "",
           "%d pairs over XMPP for %d s, a slot each %g s, %d lines with text "
           "and %d without; by gaps before and after, place in the slot, bytes, "
           "letters, stanza ids, and what the other side did next; half of the "
           "directions learnt, the others guessed, and the other way. Sizes of "
           "stanzas but for the counter in their ids: %d. %d texts written, %d not shown exactly once. Memory of "
           "all Pidgins after a sixth of the time and at the end: %.1f and "
           "%.1f MiB." % (
               pairs, seconds, SLOT / speed, n1, n0, len(sizes), said["texts"],
               said["lost"], said["before"], said["after"]), "",
           "| attacker | AUC | 95 % |", "|---|---|---|"]
    out += ["| %s | %.3f | %.3f to %.3f |" % (k, a, *ci)
            for k, (a, ci) in aucs.items()]
    # a run with few lines says so by its interval
    checks = [("%s, %s: AUC %.3f" % (title, k, a), 0.47 <= a <= 0.53 or
               (least < 5000 and ci[0] <= 0.5 <= ci[1]))
              for k, (a, ci) in aucs.items()]
    return out, checks + [
        ("%s: %d lines of each (%d, %d)" % (title, least, n1, n0),
         min(n1, n0) >= least),
        ("%s: every text was shown once" % title, said["lost"] == 0)]


def number(name, default):
    return int(os.environ.get(name, default))


def run(build, seeds):
    pairs, seconds = number("EIDER_PAIRS", 10), number("EIDER_SECONDS", 560)
    seen, said = measure(build_for_tests(build), seeds, pairs, seconds, 10)
    return report("T6: text or cover, of real Pidgins", 5000, seen, said, seeds,
                  pairs, seconds, 10)


def soak(build, seeds):
    """An hour at the real clock."""
    pairs, seconds = number("EIDER_PAIRS", 2), number("EIDER_SECONDS", 3600)
    so = os.path.abspath(os.path.join(build, "eider.so"))
    seen, said = measure(so, seeds, pairs, seconds, 1)
    return report("An hour of real Pidgins at 10 s", 500, seen, said, seeds,
                  pairs, seconds, 1)
