# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle's one generator: seeded, so that a conversation can be had again."""
import random

_keys = random.Random()
_times = random.Random()


def seed(n):
    _keys.seed(f"keys {n}")
    _times.seed(f"times {n}")


def draw(n):
    return _keys.randbytes(n)


def between(low, high):
    return _times.randint(low, high)


def below(n):
    return _times.randrange(n)


def happens(of_1000):
    return of_1000 > 0 and _times.randrange(1000) < of_1000


def choice(of):
    return _times.choice(of)
