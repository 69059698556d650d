# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames that carry symbols of a key, and frames that carry zeros."""
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import peers
import times

FRAMES = 4000   # of each kind and seed
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VALUE = {c: i for i, c in enumerate(DIGITS)}


def frame(line):
    out = b""
    for i in range(6, len(line), 11):
        n = 0
        for c in line[i:i + 11]:
            n = n * 62 + VALUE[c]
        out += n.to_bytes(8, "big")
    return out


def rows(build, seed, *zeros):
    got = [frame(x) for x in peers.trace(build, "frames", seed, FRAMES, *zeros)
           if len(x) == 391][:FRAMES]
    x = np.array([list(f) for f in got], dtype=float)
    # each byte; and how often each upper half of a byte is there
    counts = np.array([np.bincount(np.array(list(f)) >> 4, minlength=16)
                       for f in got])
    return np.hstack([x, counts, x.mean(axis=1, keepdims=True),
                      x.std(axis=1, keepdims=True)])


def run(build, seeds):
    kinds = [(rows(build, s), rows(build, s + 500, "zeros")) for s in seeds]
    out = ["### T6 for the post-quantum ratchet: symbols or zeros?", "",
           "%d frames of each for each seed, all bytes of them seen; two seeds "
           "learnt, the third guessed." % FRAMES, "",
           "| attacker | AUC, each seed guessed | 95 %, pooled |",
           "|---|---|---|"]
    checks = []
    for name, model in (
            ("gradient boosting", HistGradientBoostingClassifier(
                random_state=0)),
            ("log. regression", make_pipeline(
                StandardScaler(), LogisticRegression(max_iter=500)))):
        aucs, y, score = [], [], []
        for i in range(len(kinds)):
            train = [k for j, k in enumerate(kinds) if j != i]
            x = np.vstack([z for k in train for z in k])
            t = np.concatenate([np.full(len(z), v) for k in train
                                for v, z in ((1, k[0]), (0, k[1]))])
            x2 = np.vstack(kinds[i])
            t2 = np.concatenate([np.ones(len(kinds[i][0])),
                                 np.zeros(len(kinds[i][1]))])
            got = model.fit(x, t).predict_proba(x2)[:, 1]
            aucs.append(roc_auc_score(t2, got))
            y.append(t2)
            score.append(got)
        lo, hi = times.interval(np.random.default_rng(1), np.concatenate(y),
                                np.concatenate(score))
        out.append("| %s | %s | %.3f to %.3f |" % (
            name, " / ".join("%.3f" % a for a in aucs), lo, hi))
        checks.append(("T6 symbols, %s: AUC in 0.47 to 0.53" % name,
                       all(0.47 <= a <= 0.53 for a in aucs)))
    return out, checks
