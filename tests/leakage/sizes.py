# SPDX-License-Identifier: GPL-2.0-or-later
"""T1: which of k sentences was it?  T5: which language is it?"""
import numpy as np

import peers
import shapes

DRAWS = 4000
SENTENCES = 16
REPEATS = 50
MESSAGES = 50
TRIALS = 250  # a language


def half_width(p, n):
    return 1.96 * np.sqrt(max(p * (1 - p), 1e-9) / n)


# ---- T1 ---------------------------------------------------------------------
def exact(rng, corpus, see, repeats):
    """A rule without chance: the attacker knows the class, and guesses in it.
    Seen once or fifty times is the same."""
    del repeats
    hits = 0.0
    for _ in range(DRAWS):
        seen = see(shapes.draw_lengths(rng, corpus, SENTENCES))
        hits += len(np.unique(seen)) / SENTENCES
    return hits / DRAWS


def random_pad(rng, corpus, see, repeats):
    """Any text is possible that all that was seen allows."""
    del see
    hits = 0.0
    for _ in range(DRAWS):
        n = shapes.draw_lengths(rng, corpus, SENTENCES)
        seen = n[0] + rng.integers(0, peers.RPAD, repeats)
        can = (n <= seen.min()) & (seen.max() <= n + peers.RPAD - 1)
        hits += 1.0 / can.sum()
    return hits / DRAWS


def entropy(weights):
    p = weights[weights > 0] / weights.sum()
    return float((p * np.log2(1 / p)).sum())


def bits(corpus, see):
    """How much one text says of itself by its size."""
    values, counts = corpus
    if see is None:  # what is drawn says nothing
        seen = np.zeros(values.max() + peers.RPAD)
        for v, c in zip(values, counts):
            seen[v:v + peers.RPAD] += c / peers.RPAD
        return entropy(seen) - np.log2(peers.RPAD)
    classes = see(values)
    return entropy(np.bincount(classes - classes.min(), weights=counts))


def t1(rng, rules):
    rows = []
    for corpus_name in shapes.CHAT:
        corpus = shapes.lengths(corpus_name)
        for name, see in rules:
            attack = random_pad if see is None else exact
            once = attack(rng, corpus, see, 1)
            often = attack(rng, corpus, see, REPEATS) if see is None else once
            rows.append((corpus_name, name, once, half_width(once, DRAWS),
                         often, bits(corpus, see)))
    return rows


# ---- T5 ---------------------------------------------------------------------
def split(rng, corpus):
    values, counts = corpus
    train = rng.binomial(counts, 0.5)
    return (values, train), (values, counts - train)


def t5(rng, rules):
    """Naive Bayes on smoothed histograms of what is seen."""
    halves = [split(rng, shapes.lengths("tatoeba_" + x))
              for x in shapes.LANGUAGES]
    rows = []
    for name, see in rules:
        def look(n):
            if see is None:
                return n + rng.integers(0, peers.RPAD, len(n))
            return see(n)
        top = 2 + max(int(look(h[0][0]).max()) for h in halves) + peers.RPAD
        models = []
        for (values, counts), _ in halves:
            seen = look(np.repeat(values, counts)) if see is not None else \
                np.concatenate([look(np.repeat(values, counts))
                                for _ in range(20)])
            h = np.bincount(seen, minlength=top) + 0.5
            if see is None or top > 200:  # neighbours say something, too
                h = np.convolve(h, [0.25, 0.5, 0.25], "same")
            models.append(np.log(h / h.sum()))
        models = np.array(models)
        hits = 0
        for i, (_, test) in enumerate(halves):
            for _ in range(TRIALS):
                seen = look(shapes.draw_lengths(rng, test, MESSAGES))
                score = models[:, seen].sum(axis=1)
                best = np.flatnonzero(score >= score.max() - 1e-9)
                hits += (rng.choice(best) == i)
        n = TRIALS * len(halves)
        rows.append((name, hits / n, half_width(hits / n, n)))
    return rows


# ---- both -------------------------------------------------------------------
def run(build, seeds):
    longest = max(int(shapes.lengths(c)[0].max()) for c in
                  shapes.CHAT + tuple("tatoeba_" + x for x in shapes.LANGUAGES))
    table = peers.eider_table(build, seeds[0], longest)
    for s in seeds[1:]:  # what is seen depends on the length alone
        assert (peers.eider_table(build, s, longest) == table).all()
    rules = list(peers.RULES.items()) + [(peers.RANDOM, None)] + [
        ("Eider, Standard", lambda n: table[n])]
    all1, all5 = [], []
    for s in seeds:
        rng = np.random.default_rng(s)
        all1.append(t1(rng, rules))
        all5.append(t5(rng, rules))
    out = ["### T1: which of %d sentences was it? (chance %.2f %%)" % (
        SENTENCES, 100 / SENTENCES), "",
        "One text seen; the same seen %d times; bits a text says of itself by "
        "its size. Seeds %s, ± is 95 %%." % (
            REPEATS, ", ".join(map(str, seeds))), "",
        "| corpus | rule | once, each seed | %d times | bits |" % REPEATS,
        "|---|---|---|---|---|"]
    checks = []
    for rows in zip(*all1):
        corpus, name = rows[0][:2]
        out.append("| %s | %s | %s ± %.1f %% | %.1f %% | %.2f |" % (
            corpus, name, " / ".join("%.1f" % (100 * r[2]) for r in rows),
            100 * rows[0][3], 100 * np.mean([r[4] for r in rows]),
            rows[0][5]))
        if name == "Eider, Standard":
            checks.append(("T1 %s at most 9.5 %%" % corpus,
                           max(r[2] for r in rows) <= 0.095))
            checks.append(("T1 %s at most 0.25 bit" % corpus,
                           rows[0][5] <= 0.25))
    out += ["", "### T5: which of 8 languages, from %d texts? (chance 12.5 %%)"
            % MESSAGES, "", "| rule | right, each seed |", "|---|---|"]
    for rows in zip(*all5):
        out.append("| %s | %s ± %.1f %% |" % (
            rows[0][0], " / ".join("%.1f" % (100 * r[1]) for r in rows),
            100 * rows[0][2]))
        if rows[0][0] == "Eider, Standard":
            checks.append(("T5 at most 17 %",
                           max(r[1] for r in rows) <= 0.17))
    return out, checks
