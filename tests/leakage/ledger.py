# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the window say what is true?  The estimates of the engine's own ledger,
beside the same figures from the trace, which were computed without it."""
import numpy as np

import peers
import shapes

HOURS = 24
CONVERSATIONS = 30
NEAR = 0.01  # bits


def entropy(values):
    _, n = np.unique(values, return_counts=True)
    p = n / n.sum() if len(n) else n
    return float(-(p * np.log2(p)).sum()) if len(n) else 0.0


def given(pairs):
    """H(what | given) of pairs (given, what)."""
    total = len(pairs)
    return sum(len(w) / total * entropy(w) for w in (
        np.array([p[1] for p in pairs if p[0] == g])
        for g in {p[0] for p in pairs})) if total else 0.0


def information(w, s):
    """I(W;S) of two rows of yes and no."""
    joint = w.astype(int) * 2 + s.astype(int)
    return entropy(w) + entropy(s) - entropy(joint)


def run_engine(build, seed, slot, texts, *more):
    lines, shown, told = [], [], {}
    for row in peers.trace(build, "ledger", seed, HOURS * 3600, slot, *more,
                           given="".join("%d,%s,%d\n" % t for t in texts)):
        part = row.split(",")
        if part[0] == "shown":
            shown.append((part[1], int(part[2])))
        elif part[0].isdigit():
            lines.append((int(part[0]), part[1], int(part[2])))
        else:
            told[part[0]] = [float(x) for x in part[1:]]
    return lines, shown, told


def figures(slot, texts, lines, shown, quiet):
    """By whom the trace alone is seen, and who wrote what.  @quiet: the lines
    of the same run without a text: the schedule, and nothing else."""
    at = {}
    for ms, who, size in lines:
        at.setdefault((ms, who), []).append(size)
    if slot:  # whatever was in it: all that is seen of a text is such a line
        looks = [(who, size) for _, who, size in lines]
    else:  # a text is the lines that leave as it is written
        looks = [(who, len(at[ms, who]) * 100000 + at[ms, who][0])
                 for ms, who, _ in texts]
    minutes = HOURS * 60
    wrote, seen = np.zeros(minutes, bool), np.zeros(minutes, bool)
    told = [t for t, who, _ in texts if who == "a"] + [
        t for who, t in shown if who == "a"]
    for t in told:
        wrote[t // 60000] = True
    for ms, _, _ in set(lines) - set(quiet):
        seen[ms // 60000] = True
    each = minutes / max(wrote.sum(), 1)
    return {
        "much": [given(looks), given([(who, n) for _, who, n in texts])],
        "when": [information(wrote, seen) * each, entropy(wrote) * each,
                 sum(seen[t // 60000] for t in told), len(told)],
        "sums": [sum(x[1] == "a" for x in lines), sum(x[1] == "b" for x in lines),
                 sum(x[1] == "a" for x in texts), sum(x[0] == "a" for x in shown)],
    }


def run(build, seeds):
    out = ["### Does the window say what is true?", "",
           "A day of %d conversations: what the ledger of one of the two says, "
           "and what the trace says; bits a text." % CONVERSATIONS, "",
           "| seed | mode | how much: ledger | trace | of | when: ledger | trace "
           "| of | texts told |", "|---|---|---|---|---|---|---|---|---|"]
    checks = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        texts = shapes.talk(rng, "irc", HOURS * 3600 - 600, CONVERSATIONS,
                            shapes.lengths("irc_ubuntu"))
        # Two in one millisecond would be one look, and are none in life.
        texts = list({(t, w): (t, w, n) for t, w, n in texts}.values())
        for slot, name in ((0, "Standard"), (10, "Steady 10 s")):
            lines, shown, told = run_engine(build, seed, slot, texts)
            quiet = run_engine(build, seed, slot, [])[0]
            true = figures(slot, texts, lines, shown, quiet)
            out.append("| %d | %s | %.3f | %.3f | %.2f | %.3f | %.3f | %.2f | "
                       "%d of %d |" % (
                           seed, name, told["much"][0], true["much"][0],
                           true["much"][1], told["when"][0], true["when"][0],
                           true["when"][1], told["when"][2], told["when"][3]))
            worst = max(abs(a - b) for k in true
                        for a, b in zip(told[k], true[k]))
            checks.append(("ledger, %s, seed %d: every figure within %.2f" % (
                name, seed, NEAR), worst <= NEAR))
            checks.append(("... and the trace without a ledger is the same",
                           run_engine(build, seed, slot, texts, "off")[0] ==
                           lines and len(lines) > 0))
    return out, checks
