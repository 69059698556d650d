# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture beside the tables, drawn from the tables."""
import os
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

NAME = "leakage.png"
OURS = "Eider"


def rows(text, title):
    """The cells of the table below a title that begins so."""
    part = re.search(r"^### %s.*?$(.*?)(?=^###|\Z|^<!--)" % re.escape(title),
                     text, re.M | re.S)
    found = [[c.strip() for c in line.strip("|").split("|")]
             for line in (part.group(1) if part else "").splitlines()
             if line.startswith("|")]
    return found[2:]


def numbers(cell):
    return [float(x) for x in re.findall(r"\d+(?:\.\d+)?", cell.split("±")[0])]


def mean(values):
    return sum(values) / len(values)


def sentences(text):
    """Percent right of 16 sentences, the worst corpus for each rule."""
    worst = {}
    for _, rule, once, *_ in rows(text, "T1"):
        worst[rule] = max(worst.get(rule, 0), mean(numbers(once)))
    return worst


def minutes(text):
    """The best attacker's area under the curve, over generators."""
    best = {}
    for _, rule, *cells in rows(text, "T2"):
        best[rule] = max([best.get(rule, 0)]
                         + [mean(numbers(c)) for c in cells[:3]])
    return best


def bars(axis, values, title, chance, end, form):
    names = list(values)[::-1]
    ours = ["#2f6f4f" if n.startswith(OURS) else "#b9b9b9" for n in names]
    axis.barh(names, [values[n] for n in names], color=ours, height=0.62)
    axis.axvline(chance, color="black", linewidth=0.8, linestyle=":")
    axis.set_xlim(0, end * 1.12)
    for i, n in enumerate(names):
        axis.text(values[n] + end * 0.01, i, form % values[n], va="center",
                  fontsize=7)
    axis.set_title(title, fontsize=8, loc="left")
    axis.tick_params(labelsize=7)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def draw(measured):
    """Beside the file @measured; says so."""
    with open(measured) as f:
        text = f.read()
    one, two = sentences(text), minutes(text)
    figure, (a, b) = plt.subplots(2, 1, figsize=(6.2, 3.9), dpi=110,
                                  height_ratios=[len(one), len(two)])
    bars(a, one, "Which of 16 sentences was it? "
         "Percent right, by length; dotted: chance", 6.25, 100, "%.1f")
    bars(b, two, "Does somebody write in this minute? "
         "1: always known; dotted: a coin", 0.5, 1, "%.2f")
    figure.tight_layout()
    path = os.path.join(os.path.dirname(measured), NAME)
    figure.savefig(path, metadata={"Software": None})
    print("drawn: " + path)
