# SPDX-License-Identifier: GPL-2.0-or-later
"""The shapes of real chat: lengths, and when people write.

Lengths come from histograms of others (EIDER_LEAKAGE, or ../shared/leakage
beside the project); the times from a generator that was fitted to private
messages, so those need no file.
"""
import csv
import os

import numpy as np

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CHAT = ("nus_en", "nus_zh", "irc_ubuntu", "irc_qtox")
LANGUAGES = ("ara", "cmn", "deu", "eng", "fra", "jpn", "rus", "spa")


def folder():
    path = os.environ.get("EIDER_LEAKAGE") or os.path.join(
        TOP, "..", "shared", "leakage")
    return path if os.path.isdir(path) else None


def lengths(name):
    """(lengths, counts) of one corpus."""
    with open(os.path.join(folder(), "len_%s.csv" % name)) as f:
        rows = [(int(r["bytes"]), int(r["count"])) for r in csv.DictReader(f)]
    a = np.array(rows)
    return a[:, 0], a[:, 1]


def draw_lengths(rng, corpus, n):
    values, counts = corpus
    return rng.choice(values, size=n, p=counts / counts.sum())


# Gaps inside a conversation, lognormal; and who speaks next.
GENERATORS = {"college": (4.748, 1.079), "irc": (3.643, 1.333)}
SPEAKER_CHANGES = 0.62
# Messages of one: median 1, nine of ten up to 5, 99 of 100 up to 31.
MESSAGES_MU, MESSAGES_SIGMA, MESSAGES_MAX = -0.61, 1.73, 100


def talk(rng, generator, seconds, conversations, corpus):
    """Texts [(ms, 'a' or 'b', bytes)] of two people in so many seconds."""
    mu, sigma = GENERATORS[generator]
    out = []
    for start in rng.uniform(0, seconds, conversations):
        n = min(int(np.ceil(rng.lognormal(MESSAGES_MU, MESSAGES_SIGMA))),
                MESSAGES_MAX)
        t, who = start, "ab"[rng.integers(2)]
        for size in draw_lengths(rng, corpus, n):
            if t >= seconds:
                break
            out.append((int(t * 1000), who, int(size)))
            t += rng.lognormal(mu, sigma)
            if rng.random() < SPEAKER_CHANGES:
                who = "b" if who == "a" else "a"
    return sorted(out)
