# SPDX-License-Identifier: GPL-2.0-or-later
"""T2: does somebody write in this minute?"""
import concurrent.futures
import os

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import peers
import shapes

PAIRS = 60          # half of them to learn from, half to test
SECONDS = 6 * 3600  # both online
CONVERSATIONS = 14
WINDOWS = (0.5, 1, 2, 5, 10, 30)  # minutes to each side


def watch(lines, minutes):
    """What an attacker looks at, around each of these minutes."""
    columns = []
    for who in "ab":
        t = np.array([x[0] for x in lines if x[1] == who]) / 60000.0
        size = np.array([x[2] for x in lines if x[1] == who], dtype=float)
        total = np.concatenate([[0], np.cumsum(size)])
        middle = minutes + 0.5
        for w in WINDOWS:
            lo = np.searchsorted(t, middle - w)
            hi = np.searchsorted(t, middle + w)
            columns += [hi - lo, total[hi] - total[lo]]
        at = np.searchsorted(t, middle)
        padded = np.concatenate([[-60], t, [SECONDS / 60 + 60]])
        columns += [middle - padded[at], padded[at + 1] - middle]
        # how even the line times are around it
        gaps = np.diff(padded)
        columns += [[gaps[max(0, i - 3):i + 4].std() for i in at],
                    [gaps[max(0, i - 3):i + 4].min() for i in at]]
    return np.array(columns, dtype=float).T


def minutes_of(rng, texts):
    """Minutes with a text, and as many without: half of them near one."""
    yes = np.unique([t[0] // 60000 for t in texts])
    no = np.setdiff1d(np.arange(SECONDS // 60), yes)
    near = np.array([m for m in no if np.abs(yes - m).min() <= 60]) \
        if len(yes) else no
    n = len(yes)
    pick = np.concatenate([
        rng.choice(near, min(n // 2, len(near)), replace=False),
        rng.choice(no, min(n - n // 2, len(no)), replace=False)])
    return np.concatenate([yes, pick]), np.concatenate(
        [np.ones(len(yes)), np.zeros(len(pick))])


def attack(train, test):
    (x, y), (x2, y2) = train, test
    best = {}
    for name, model in (
            ("log. regression", make_pipeline(
                StandardScaler(), LogisticRegression(max_iter=1000))),
            ("gradient boosting", HistGradientBoostingClassifier(
                random_state=0)),
            ("k neighbours", make_pipeline(
                StandardScaler(), KNeighborsClassifier(25)))):
        score = model.fit(x, y).predict_proba(x2)[:, 1]
        best[name] = score
    return {k: roc_auc_score(y2, s) for k, s in best.items()}, best, y2


def interval(rng, y, score, n=300):
    values = []
    for _ in range(n):
        i = rng.integers(0, len(y), len(y))
        if 0 < y[i].sum() < len(i):
            values.append(roc_auc_score(y[i], score[i]))
    return np.percentile(values, [2.5, 97.5])


def at_once(texts, see):
    return [(t, who, int(see(np.array([n]))[0])) for t, who, n in texts]


def schemes(build, steady):
    def eider(*mode):
        return lambda seed, texts: peers.eider_talk(build, seed, SECONDS, texts,
                                                    *mode)
    out = {name: (lambda see: lambda seed, texts: (at_once(texts, see), []))(see)
           for name, see in peers.RULES.items()
           if name.startswith(("nothing", "Signal, 80", "SimpleX"))}
    out["Eider, Standard"] = eider()
    for t in steady:
        out["Eider, Steady %d s" % t] = eider(t)
    return out


def one_seed(build, name, run, generator, seed):
    rng = np.random.default_rng(seed)
    corpus = shapes.lengths("nus_en")
    talks = [shapes.talk(rng, generator, SECONDS, CONVERSATIONS, corpus)
             for _ in range(PAIRS)]
    picks = [minutes_of(rng, t) for t in talks]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        seen = list(pool.map(lambda i: run(seed * 1000 + i, talks[i]),
                             range(PAIRS)))
    x = [watch(lines, m) for (lines, _), (m, _) in zip(seen, picks)]
    half = PAIRS // 2
    join = lambda a, b: (np.concatenate(x[a:b]),
                         np.concatenate([p[1] for p in picks[a:b]]))
    aucs, scores, y = attack(join(0, half), join(half, PAIRS))
    waits = np.concatenate([np.array(w, dtype=float) for _, w in seen] or [[]])
    sizes = {l[2] for lines, _ in seen for l in lines}
    return aucs, scores, y, waits, sizes, [lines for lines, _ in seen]


# ---- T4 ---------------------------------------------------------------------
def t4(flows, rng):
    """Who of all receives what this one sends?  Seen at both ends, each with
    its own delay; the best fit of times wins."""
    hits = 0
    sent = [np.array([l[0] for l in f if l[1] == "a"]) / 1000 for f in flows]
    got = [s + rng.normal(0.2, 0.05, len(s)) for s in sent]
    for i, s in enumerate(sent):
        s = s[:20]
        score = [np.mean(np.min(np.abs(s[:, None] + 0.2 - g[None, :len(s) + 50]),
                                axis=1)) if len(g) else np.inf for g in got]
        hits += int(np.argmin(score)) == i
    return hits / len(sent)


# ---- what must not differ ---------------------------------------------------
def same_traces(build, seeds):
    """A day in Steady: with text, without, and with frames that are random
    bytes; slot for slot."""
    day = 24 * 3600
    checks = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        texts = shapes.talk(rng, "irc", day, 60, shapes.lengths("nus_en"))
        real, waits = peers.eider_talk(build, seed, day, texts, 10)
        checks += [
            ("a day in Steady, seed %d: %d texts arrived, all" % (
                seed, len(waits)), 0 < len(waits)),
            ("... the trace without text is the same", real ==
             peers.eider_talk(build, seed, day, [], 10)[0]),
            ("... and that of random frames", real ==
             peers.eider_talk(build, seed, day, texts, 10, "plain")[0])]
    return checks


def run(build, seeds, steady=(10,)):
    out = ["### T2: does somebody write in this minute?", "",
           "Area under the curve, 1.0: always known, 0.5: a coin. %d pairs, "
           "%d hours each, half of them to learn from; seeds %s." % (
               PAIRS, SECONDS // 3600, ", ".join(map(str, seeds))), "",
           "| generator | rule | log. regression | gradient boosting | "
           "k neighbours | test minutes | 95 % (best, pooled) | "
           "wait mean, 99 % |", "|---|---|---|---|---|---|---|---|"]
    checks, links = [], []
    for generator in shapes.GENERATORS:
        for name, scheme in schemes(build, steady).items():
            per = [one_seed(build, name, scheme, generator, s) for s in seeds]
            ways = list(per[0][0])
            best = max(ways, key=lambda k: np.mean([p[0][k] for p in per]))
            y = np.concatenate([p[2] for p in per])
            score = np.concatenate([p[1][best] for p in per])
            lo, hi = interval(np.random.default_rng(seeds[0]), y, score)
            waits = np.concatenate([p[3] for p in per]) / 1000
            if name.startswith(("nothing", "Eider")):
                links.append("| %s | %s | %s |" % (generator, name, " / ".join(
                    "%.0f %%" % (100 * t4(p[5], np.random.default_rng(s)))
                    for p, s in zip(per, seeds))))
            cost = "%.1f s, %.1f s" % (waits.mean(), np.percentile(waits, 99)) \
                if len(waits) else "none"
            out.append("| %s | %s | %s | %d | %.3f to %.3f | %s |" % (
                generator, name, " | ".join(" / ".join(
                    "%.3f" % p[0][w] for p in per) for w in ways),
                len(y), lo, hi, cost))
            if "Steady" not in name:
                continue
            worst = max(max(p[0].values()) for p in per)
            one = set.union(*[p[4] for p in per])
            checks += [("T2 %s %s: AUC at most 0.53 (%.3f)" % (
                            generator, name, worst), worst <= 0.53),
                       ("T2 %s %s: 0.5 inside the interval" % (
                            generator, name), lo <= 0.5 <= hi),
                       ("T2 %s %s: one length" % (generator, name),
                        len(one) == 1),
                       ("T2 %s %s: mean wait at most 6 s, 99 %% under 20 s" % (
                            generator, name), waits.mean() <= 6 and
                        np.percentile(waits, 99) < 20)]
    out += ["", "### T4: whose incoming lines are these outgoing ones? (chance "
            "%.1f %%)" % (100 / PAIRS), "",
            "For somebody who sees both ends. Eider claims nothing here.", "",
            "| generator | rule | found, each seed |", "|---|---|---|"] + links
    return out, checks + same_traces(build, seeds)
