# SPDX-License-Identifier: GPL-2.0-or-later
"""T3: to which of ten contacts does somebody write?

Traces are those of the real engines of eleven people, for three days.  As an
engine takes four seconds for one, most traces come from the slots alone
("grid"); that this makes the same lines, whatever is written and to whom, is
checked line for line on those trials that the engines run.
"""
import os
import subprocess

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import shapes

CONTACTS = 10
USER = CONTACTS
DAY = 86400
DAYS = 3
CONVERSATIONS = 30     # of the pair in these days, some 80 texts
OWN, SHARED = 4, 2     # conversations a day of people who log in for them
AWAKE = 14 * 3600
# Each seed; of which so many by the engines.
TRIALS = {"always": 334, "all": 150, "user": 60, "contacts": 60,
          "standard": 60, "steady": 60}
BY_ENGINE = {"always": 8, "all": 2, "user": 1, "contacts": 1,
             "standard": 60, "steady": 1}
LINE = np.dtype([("ms", "<u4"), ("contact", "u1"), ("to", "u1"),
                 ("chars", "<u2")])


# ---- what people do ---------------------------------------------------------
def everywhere(rng, corpus, generator):
    """Texts of a pair that is always on: (ms, from, bytes)."""
    return shapes.talk(rng, generator, DAYS * DAY, CONVERSATIONS, corpus)


def waking(rng, generator, corpus, per_day, begins):
    """The same, but while somebody is awake who gets up at @begins."""
    out = []
    for day in range(DAYS):
        n = rng.poisson(per_day)
        for t, who, size in shapes.talk(rng, generator, AWAKE, n, corpus):
            out.append((int((day * DAY + begins) * 1000) + t, who, size))
    return [x for x in sorted(out) if x[0] < DAYS * DAY * 1000]


def logins(rng, times):
    """[(on, off)] in ms: each day from before the first to after the last."""
    out = []
    for day in range(DAYS):
        of_day = [t for t in times if day * DAY <= t / 1000 < (day + 1) * DAY]
        if of_day:
            on = min(of_day) - rng.uniform(60, 900) * 1000
            off = max(of_day) + rng.uniform(60, 1800) * 1000
            on = max(on, out[-1][1] + 60000 if out else 0)
            out.append((int(on), int(min(off, DAYS * DAY * 1000 - 1))))
    return [x for x in out if x[0] < x[1]]


def trial(rng, case, generator, corpus):
    """(target, texts, presence by person or None)."""
    target = int(rng.integers(CONTACTS))
    if case in ("always", "standard", "steady"):
        return target, everywhere(rng, corpus, generator), None
    gets_up = rng.uniform(6, 10, CONTACTS + 1) * 3600
    texts = waking(rng, generator, corpus, SHARED, gets_up[USER])
    online = []
    for who in range(CONTACTS + 1):
        times = [t[0] for t in waking(rng, generator, corpus, OWN,
                                      gets_up[who])]
        if who in (target, USER):
            times += [t[0] for t in texts]
        gated = case == "all" or (case == "user") == (who == USER)
        online.append(logins(rng, times) if gated
                      else [(0, DAYS * DAY * 1000)])
    return target, texts, online


def events(target, texts, online):
    out = [(t, "text,%d,%d,%s,%d" % (t, target, who, n))
           for t, who, n in texts]
    for who, spans in enumerate(online or []):
        if spans and spans[0][0] == 0:
            out += [(off, "off,%d,%d" % (off, who)) for _, off in spans
                    if off < DAYS * DAY * 1000]
            continue
        out.append((0, "off,0,%d" % who))
        for on, off in spans:
            out += [(on, "on,%d,%d" % (on, who)),
                    (off, "off,%d,%d" % (off, who))]
    return "".join(line + "\n" for _, line in
                   sorted(out, key=lambda x: (x[0], x[1])))


def trace(build, seed, mode, how, given, seconds=DAYS * DAY):
    """Lines, and waits in ms of the texts that were shown."""
    done = subprocess.run(
        [os.path.join(build, "trace"), "decoys", str(seed), str(seconds), mode,
         how], input=given.encode(), stdout=subprocess.PIPE, check=True)
    a = np.frombuffer(done.stdout, LINE)
    return a[a["chars"] > 0], a[a["chars"] == 0]["ms"]


def is_same(x, y):
    return len(x) == len(y) and np.array_equal(np.sort(x.view("<u8")),
                                               np.sort(y.view("<u8")))


# ---- what an attacker looks at ----------------------------------------------
BIN = 60


def delays(a, b):
    """From each of @a to the next of @b."""
    if len(a) == 0 or len(b) == 0:
        return np.array([1e9])
    at = np.searchsorted(b, a, side="right")
    return np.append(b, 1e9)[at] - a


def binned(t):
    return np.bincount((t // BIN).astype(int), minlength=DAYS * DAY // BIN)[
        :DAYS * DAY // BIN].astype(float)


def correlation(x, y, lags=10):
    """Of counts a minute, within ten minutes to either side."""
    x, y = x - x.mean(), y - y.mean()
    norm = np.sqrt((x * x).sum() * (y * y).sum())
    if norm == 0:
        return [0.0] * 3
    c = np.correlate(np.pad(x, lags), y, "valid") / norm
    return [c.max(), c.sum(), c[lags]]


def busiest(counts, minutes):
    total = np.concatenate([[0], np.cumsum(counts)])
    return (total[minutes:] - total[:-minutes]).max()


def rests(t):
    """How far off the grid each is: late, or early, or drawn."""
    if len(t) < 3:
        return np.zeros(3)
    step = np.median(np.diff(t))
    if step <= 0:
        return np.zeros(3)
    r = (t - t[0]) / step
    return r - np.round(r)


def evenness(t):
    if len(t) < 3:
        return [0.0] * 4
    gaps, r = np.diff(t), rests(t)
    return [gaps.std(), gaps.min(), r.std(),
            float(np.corrcoef(r[1:], r[:-1])[0, 1]) if r.std() > 0 else 0.0]


NAMES = (["count to", "count from", "bytes"] +
         ["answers in %d s %s" % (s, d) for s in (60, 120, 300)
          for d in ("to", "from")] +
         ["correlation %s" % w for w in ("best", "sum", "same minute")] +
         ["%s %s" % (w, d) for d in ("to", "from")
          for w in ("gaps", "shortest gap", "lateness", "lateness in a row")] +
         ["busiest 5 min", "busiest 30 min"])
PRESENCE = ["online together", "mutual information", "logins near",
            "logouts near", "online"]


def look(lines):
    out = []
    whose = lines["contact"] * 2 + lines["to"]
    order = np.argsort(whose, kind="stable")  # in order of time, each
    ends = np.searchsorted(whose[order], np.arange(2 * CONTACTS + 1))
    times = lines["ms"][order] / 1000.0
    for i in range(CONTACTS):
        b, a = [times[ends[k]:ends[k + 1]] for k in (2 * i, 2 * i + 1)]
        mine = lines[order[ends[2 * i]:ends[2 * i + 2]]]
        x, y = binned(a), binned(b)
        both = x + y
        row = [len(a), len(b), float(mine["chars"].sum())]
        for s in (60, 120, 300):
            row += [np.mean(delays(b, a) <= s), np.mean(delays(a, b) <= s)]
        row += correlation(x, y) + evenness(a) + evenness(b)
        row += [busiest(both, n) for n in (5, 30)]
        out.append(row)
    return np.array(out, dtype=float)


def minutes_online(spans):
    out = np.zeros(DAYS * 24 * 12)
    for on, off in spans:
        out[int(on // 300000):int(off // 300000) + 1] = 1
    return out


def information(x, y):
    total = 0.0
    for u in (0, 1):
        for v in (0, 1):
            p = np.mean((x == u) & (y == v))
            q = np.mean(x == u) * np.mean(y == v)
            if p > 0:
                total += p * np.log2(p / q)
    return total


def near(mine, theirs, scale=1800000.0):
    if not mine or not theirs:
        return 0.0
    return sum(np.exp(-min(abs(m - t) for t in theirs) / scale) for m in mine)


def look_at_presence(online):
    user = minutes_online(online[USER])
    out = []
    for i in range(CONTACTS):
        x = minutes_online(online[i])
        out.append([(x * user).sum(), information(x, user),
                    near([s[0] for s in online[USER]],
                         [s[0] for s in online[i]]),
                    near([s[1] for s in online[USER]],
                         [s[1] for s in online[i]]), x.sum()])
    return np.array(out)


# ---- attackers --------------------------------------------------------------
def even_out(x):
    """Only what tells contacts of one trial apart."""
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(spread > 1e-12, spread, 1)


def pick(rng, scores):
    """The best; one of the best at random."""
    best = np.flatnonzero(scores >= scores.max() - 1e-12)
    return int(rng.choice(best))


def learned(models, x, y, test):
    x, y = np.concatenate(x), np.concatenate(y)
    for name, model in models:
        model.fit(x, y)
        yield name, [model.predict_proba(t)[:, 1] for t in test]


def single(x, y, test):
    """Each thing alone, in the direction that fits what was learnt."""
    x, y = np.stack(x), np.stack(y).astype(bool)
    for j in range(x.shape[2]):
        sign = 1 if x[:, :, j][y].mean() >= 0 else -1
        yield j, [sign * t[:, j] for t in test]


def attack(seed, looks, targets):
    """Who is found, by each way; half learns what the other half is tried
    with, and the other way round.  "best": the way that did best where it was
    learnt, which an attacker would take."""
    rng = np.random.default_rng(seed)
    x = [even_out(f) for f in looks]
    y = [np.eye(CONTACTS)[t] for t in targets]
    found = {}
    for learn, test in ((0, 1), (1, 0)):
        lx, ly = x[learn::2], y[learn::2]
        tx, tt = x[test::2], targets[test::2]
        ways = []
        models = [("log. regression", make_pipeline(
                      StandardScaler(), LogisticRegression(max_iter=500))),
                  ("gradient boosting", HistGradientBoostingClassifier(
                      max_iter=60, random_state=0))]
        half = max(len(lx) // 2, 1)
        for name, model in models:  # how good it is where it is learnt
            trial_model = list(learned([(name, model)], lx[:half], ly[:half],
                                       lx[half:]))[0][1] if half < len(lx) \
                else []
            own = np.mean([pick(rng, s) == t for s, t in zip(
                trial_model, targets[learn::2][half:])]) if trial_model else 0
            ways.append((own, name, list(learned([(name, model)], lx, ly,
                                                 tx))[0][1]))
        for j, scores in single(lx, ly, lx):
            own = np.mean([pick(rng, s) == t
                           for s, t in zip(scores, targets[learn::2])])
            ways.append((own, "one look", list(single(lx, ly, tx))[j][1]))
        one = max((w for w in ways if w[1] == "one look"), key=lambda w: w[0])
        best = max(ways, key=lambda w: w[0])
        for name, scores in [(w[1], w[2]) for w in ways[:2]] + [
                (one[1], one[2]), ("best", best[2])]:
            found.setdefault(name, []).extend(
                pick(rng, s) == t for s, t in zip(scores, tt))
    return found


# ---- runs -------------------------------------------------------------------
WORDS = {
    "standard": ("Standard", "standard"),
    "steady": ("Steady 10 s with that one", "steady"),
    "always": ("decoys, all stay logged in", "decoys"),
    "user": ("decoys, the user logs in daily", "decoys"),
    "contacts": ("decoys, the ten log in daily", "decoys"),
    "all": ("decoys, all eleven log in daily", "decoys"),
}


def one_seed(build, case, seed):
    rng = np.random.default_rng([seed, sorted(WORDS).index(case)])
    corpus = shapes.lengths("nus_en")
    mode = WORDS[case][1]
    looks, targets, waits, equal, written = [], [], [], 0, 0
    for k in range(TRIALS[case]):
        generator = sorted(shapes.GENERATORS)[k % 2]
        target, texts, online = trial(rng, case, generator, corpus)
        given = events(target, texts, online)
        n = seed * 10000 + k
        by_engine = k < BY_ENGINE[case]
        lines, w = trace(build, n, mode, "plain" if by_engine else "grid",
                         given)
        if by_engine and mode != "standard":
            equal += is_same(lines, trace(build, n, mode, "grid", given)[0])
            waits.append(w)
            written += len(texts)
        f = look(lines)
        if online is not None:
            f = np.concatenate([f, look_at_presence(online)], axis=1)
        looks.append(f)
        targets.append(target)
    found = attack(seed, looks, targets)
    return found, np.concatenate(waits or [[]]), equal, written


def interval(hits):
    """Wilson, 95 %."""
    n, p, z = len(hits), np.mean(hits), 1.96
    mid = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * (mid - half), 100 * (mid + half)


def same_by_anybody(build, seed):
    """Six hours by the real ratchet: to one, to another, to nobody."""
    rng = np.random.default_rng(seed)
    hours = 6 * 3600
    texts = shapes.talk(rng, "irc", hours, 20, shapes.lengths("nus_en"))
    runs = [trace(build, seed, "decoys", how, events(to, t, None), hours)
            for how, to, t in (("real", 3, texts), ("real", 7, texts),
                               ("real", 0, []), ("grid", 0, []))]
    return (len(runs[0][1]), len(runs[0][0]),
            all(is_same(r[0], runs[0][0]) for r in runs))


def run(build, seeds):
    out = ["### T3: to which of ten contacts does somebody write?", "",
           "Found at the first guess, of 100; chance is 10. Three days each, "
           "seeds %s; half of the trials learn what the other half is tried "
           "with, and the other way round. \"best\" is the way of each seed "
           "that did best where it was learnt." % ", ".join(map(str, seeds)),
           "",
           "| | trials | log. regression | gradient boosting | one look | "
           "best, each seed | best, 95 % |", "|---|---|---|---|---|---|---|"]
    checks, lasts = [], []
    for case, (words, mode) in WORDS.items():
        per = [one_seed(build, case, s) for s in seeds]
        all_of = {w: np.concatenate([p[0][w] for p in per]) for w in per[0][0]}
        lo, hi = interval(all_of["best"])
        out.append("| %s | %d | %s | %s | %.1f to %.1f |" % (
            words, len(all_of["best"]), " | ".join(
                "%.1f" % (100 * np.mean(all_of[w])) for w in (
                    "log. regression", "gradient boosting", "one look")),
            " / ".join("%.1f" % (100 * np.mean(p[0]["best"])) for p in per),
            lo, hi))
        n = sum(p[2] for p in per)
        if mode != "standard":
            checks.append(("T3 %s: %d of %d traces of engines are the slots "
                           "alone, line for line" % (
                               words, n, len(seeds) * BY_ENGINE[case]),
                           n == len(seeds) * BY_ENGINE[case]))
        share = np.mean(all_of["best"])
        if case == "always":
            waits = np.concatenate([p[1] for p in per]) / 1000
            written = sum(p[3] for p in per)
            bound = 2 * np.sqrt(0.1 * 0.9 / len(all_of["best"]))
            checks += [("T3 always on: %.1f %% is within two standard errors "
                        "of 10 %%" % (100 * share), abs(share - 0.1) <= bound),
                       ("T3: %d of %d texts were shown in time" % (
                            len(waits), written), len(waits) > 0.98 * written)]
            lasts += ["", "%d texts of the engines' trials waited %.1f s on "
                      "average, half of them under %.1f s, 99 %% under %.1f s, "
                      "the longest %.0f s." % (
                          len(waits), waits.mean(), np.median(waits),
                          np.percentile(waits, 99), waits.max())]
        elif case in ("standard", "steady"):
            checks.append(("T3 %s: found (%.1f %%)" % (words, 100 * share),
                           share > 0.97))
        elif case == "all":
            checks.append(("T3 %s: the attackers find what there is (%.1f %%)"
                           % (words, 100 * share), share > 0.2))
    for s in seeds:
        n, lines, same = same_by_anybody(build, s)
        checks.append(("T3 seed %d: 6 h by the real ratchet, %d texts, %d "
                       "lines: the same by whom and whether" % (s, n, lines),
                       same and n > 20))
    out += lasts + [
        "", "%d trials of the first row of decoys (%s in the others) are run "
        "by eleven engines with frames of random bytes, texts and all; the "
        "other traces are the slots alone, which is checked to be the same, "
        "line for line, on each of those. An attacker sees every line (time, "
        "from, to, length) and who is online; he looks at counts, bytes, "
        "answers within 60, 120 and 300 s, correlations of the two "
        "directions, gaps, how far each line is off its grid, the busiest 5 "
        "and 30 minutes; and with logins at time online together, its mutual "
        "information, logins and logouts near each other. Logging in daily: "
        "online from up to 15 min before the first to up to 30 min after the "
        "last text of a day, with %d conversations a day with others and %d "
        "with each other." % (
            len(seeds) * BY_ENGINE["always"], ", ".join(
                str(len(seeds) * BY_ENGINE[c]) for c in (
                    "user", "contacts", "all")), OWN, SHARED)]
    return out, checks
