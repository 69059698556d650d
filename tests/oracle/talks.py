# SPDX-License-Identifier: GPL-2.0-or-later
"""Random conversations between Alice (Python) and Carol (C)."""
import html

import chance
import lines
import padding
from asking import Asking
from session import HOUR, MINUTE
from world import World, Wrong

RESTORED, TWIN = 9, 15  # eider_news_kind
LIMITS = (391, 1400, 1931, 4000, 8000)
WORDS = ("hi", "caf\u00e9", "\u4f60\u597d", "<b>bold</b>", "&amp;", "&lt;3", "x" * 40, "na\u00efve",
         "\U0001f600", "<i>so</i>", "ok", "the", "tomorrow", "1<br>2", "&quot;q&quot;")
PLAIN = ("hi", "caf\u00e9", "\u4f60\u597d", "x" * 40, "\U0001f600", "the", "1 < 2 & 3 > 2", "yes")


def expect(good, what):
    if not good:
        raise Wrong(what)


class Written:
    """A text of somebody's: one or more messages, as the other one sees them."""
    def __init__(self, messages, at):
        self.messages, self.at = messages, at


def compose(number, size, words):
    """About size bytes, like no other text."""
    out = f"{number}"
    while len(out.encode()) < size:
        out += " " + chance.choice(words)
    return out


def size_of_text():
    kind = chance.below(20)
    if kind < 13:
        return chance.below(100)
    if kind < 18:
        return chance.below(400)
    return chance.below(3000 if kind == 18 else 8000)


def as_html(data, is_html):
    text = data.decode()
    return text if is_html else \
        html.escape(text, quote=False).replace('"', "&quot;").replace("\n", "<br>")


class Talk:
    def __init__(self, peer, seed, rough):
        chance.seed(seed)
        self.opens_all = True
        self.restored_at = 0  # what was written before may be lost, or come again
        self.rough, self.asks = rough, chance.happens(250)
        self.world = World(peer, seed, (chance.choice(LIMITS), chance.choice(LIMITS)),
                           rough and chance.happens(400))
        self.world.is_orderly = not rough
        self.by_alice, self.by_carol, self.number = [], [], 0

    # ---- people -------------------------------------------------------------

    def alice_writes(self, size=None):
        w = self.world
        self.number += 1
        size = size_of_text() if size is None else size
        is_html = chance.happens(500)
        if size > 32 * padding.room(padding.allowed(w.limits[0])[-1]) // 2:
            is_html = False
        text = compose(self.number, size, WORDS if is_html else PLAIN).encode()
        messages = [b"".join(parts) for _, parts in padding.cut(text, is_html, w.limits[0])]
        was_on = w.alice_on
        w.act(w.alice.write, text, is_html)
        # Where she crashed meanwhile it may not have come as far as the disk.
        if was_on and (w.alice_on or w.alice.has_saved(messages[0])):
            self.by_alice.append(Written([as_html(m, is_html) for m in messages], w.now))

    def carol_writes(self, size=None):
        w = self.world
        if not w.is_carol_here() or not self.is_carol_on and 0 not in w.news:
            return  # she is not private: the text would leave as it is
        self.number += 1
        size = size_of_text() if size is None else size
        is_long = size > 32 * padding.room(padding.allowed(w.limits[1])[-1]) // 2
        text = compose(self.number, size, PLAIN[:4] + PLAIN[5:6] if is_long else WORDS).encode()
        is_idle = not self.rough and self.opens_all and w.order("kept")[-1][1:4] == ["0", "0", "1"]
        answers = w.order("text", text.hex())
        if any(x[0] == "text" for x in answers):
            # what has no markup but line breaks leaves as plain text
            is_html = b"<" in text.replace(b"<br>", b"")
            data = text if is_html else html.unescape(
                text.decode().replace("<br>", "\n")).encode()
            cut = padding.cut(data, is_html, w.limits[1])
            self.by_carol.append(Written([as_html(b"".join(parts), is_html)
                                          for _, parts in cut], w.now))
            if is_idle:
                self._count(cut, [len(x[3]) for x in answers if x[0] == "line"])

    @staticmethod
    def _count(cut, lengths):
        """4.3: the lines of a message are filled up, with others of the same size."""
        want = [lines.LINE[lines.LETTER[size]] for size, parts in cut
                for _ in range(padding.lines_for(len(parts)))]
        expect(lengths == want, f"{len(lengths)} lines of {set(lengths)}, not {len(want)} of "
               f"{set(want)}")

    def alice_crashes(self):
        if self.world.alice_on:
            self.world.alice.crash_in = chance.below(6)

    def carol_crashes(self):
        if self.world.peer.is_running:
            self.world.order("die", chance.choice(("write", "send", "show")), chance.below(4))

    def alice_meets_again(self):
        self.world.act(self.world.alice.want_handshake)

    def garbage(self):
        """Three frames that Carol cannot open: she thinks that she lost the session."""
        for _ in range(3):
            self.world._from_alice("carol", lines.encode(chance.draw(280)))

    def alice_goes(self):
        w = self.world
        if w.alice_on:
            w.alice_goes()
            w.later(chance.below(20 * MINUTE), w.alice_comes)

    def carol_goes(self):
        w = self.world
        if w.is_carol_here():
            w.carol_goes("stop" if chance.happens(300) else "offline")
            w.later(chance.below(20 * MINUTE), w.carol_comes)

    def alice_forgets(self):
        """Her sessions are gone, but not her keys and what waits (12.4)."""
        self.world.act(self.world.alice.lose_sessions)

    def both_meet_again(self):
        """Alice starts one; Carol does, as nothing opens any more: they may cross."""
        self.garbage()
        self.alice_meets_again()

    # ---- a conversation -----------------------------------------------------

    def go(self):
        self.begin()
        self.act()
        self.settle()
        if self.asks and self.world.alice.sending() is not None:
            self.world.loss = chance.choice((0, 100, 200)) if self.rough else 0
            Asking(self.world).go()
            self.world.checks += 1
            self.world.loss = 0
        self.verify()
        return self.world

    def begin(self):
        w, both = self.world, chance.happens(200)
        self.is_carol_on = both or chance.happens(500)
        if both or not self.is_carol_on:
            w.act(w.alice.invite)
        if self.is_carol_on:
            w.order("choose", 1)
        if self.rough:
            w.loss, w.repeat, w.late = (chance.choice((0, 50, 200)), chance.choice((0, 100)),
                                        chance.choice((0, 100)))
        else:
            w.run(5000)

    def act(self):
        actions = [self.alice_writes, self.carol_writes] * 4 + [self.alice_meets_again]
        if self.rough:
            actions += [self.alice_crashes, self.carol_crashes, self.garbage, self.alice_goes,
                        self.carol_goes, self.alice_forgets, self.both_meet_again]
        for _ in range(3 + chance.below(10)):
            chance.choice(actions)()
            self.world.run(self._pause())

    @staticmethod
    def _pause():
        kind = chance.below(20)
        if kind < 10:
            return chance.below(500)
        if kind < 17:
            return chance.below(20000)
        return chance.below(5 * MINUTE if kind < 19 else 3 * HOUR)

    def settle(self):
        """The server behaves, and all that waits arrives."""
        w = self.world
        w.loss = w.repeat = w.late = 0
        w.alice.crash_in = None
        if w.peer.is_running:
            for kind in ("write", "send", "show"):
                w.order("die", kind, -1)
        for hours in range(60):
            w.run(HOUR)
            if hours % 6 == 5 and w.alice.sending() is None:
                self.alice_writes()  # whose attempt is over starts none by itself
            kept = [x for x in w.order("kept") if x[0] == "kept"]
            if w.alice_on and kept and kept[0][1:3] == ["0", "0"] and not w.alice.s.outbox:
                return
        raise Wrong(f"what waits does not arrive: {kept}, {len(w.alice.s.outbox)}")

    # ---- what they saw ------------------------------------------------------

    def verify(self):
        w = self.world
        self._compare("Carol", self.by_alice, w.carol_shown,
                      [x.data.decode() for x in w.carol_shown], w.crashes[1])
        self._compare("Alice", self.by_carol, w.alice_shown,
                      [as_html(*x.data) for x in w.alice_shown], w.crashes[0])
        # 9: the store, as it died meanwhile
        expect(all(x == ["9"] and w.crashes[1] for x in w.errors), f"errors: {w.errors}")
        expect(self.restored_at or not {TWIN, RESTORED} & set(w.news),
               f"a false alarm: {w.news}")
        if not self.rough and self.opens_all:
            expect(w.alice.counts["unopenable"] == 0, "Alice could not open a line")

    def _compare(self, who, written, shown, saw, crashes):
        wanted = [m for x in written for m in x.messages]
        at = {m: x.at for x in written for m in x.messages}
        first = {}
        for x, text in zip(shown, saw):
            if text == as_html(lines.INVITATION.encode(), False) and self.world.keeps:
                continue  # it came late: to be shown as the text that it is (7.10)
            expect(text in at, f"{who} sees what nobody wrote: {text[:80]!r}")
            expect(text not in first or x.maybe or at[text] < self.restored_at,
                   f"{who} sees twice: {text[:80]!r}")
            expect(not x.maybe or crashes, f"{who} sees a mark without a crash")
            expect(x.written in (0, at[text]), f"{who} sees another time: {text[:80]!r}")
            first.setdefault(text, x.at)
        wanted = [m for m in wanted if at[m] >= self.restored_at]
        for m in list(wanted):
            if m not in first and self.restored_at > 0:
                self.world.lost += 1  # one false ack in 127 is not noticed (6.3)
                wanted.remove(m)
            expect(m not in wanted or m in first, f"{who} does not see {m[:80]!r}")
        for before, after in zip(wanted, wanted[1:]):
            # What was held back came late, or went without the one before it; a change of
            # sessions may do that, too (10.3).
            late = max(first[x] - at[x] for x in (before, after))
            may_be = self.rough and (late >= 30000 or self.world.alice.counts["confirmed"] > 1)
            expect(first[before] <= first[after] or may_be,
                   f"{who} sees in another order: {before[:40]!r} after {after[:40]!r}")

