# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of conversations."""
import pickle

import chance
import prims
from alice import Kept, Ram
from modes import ACCEPT, STOP
from session import HOUR, MINUTE
from talks import Talk, compose, expect
from world import World


PEER_LEFT, STEADY_NO = 6, 19  # eider_news_kind


class Chat(Talk):
    """Many short texts, back and forth: the post-quantum epochs come to their end."""
    def __init__(self, peer, seed):
        super().__init__(peer, seed, rough=False)
        self.world.is_orderly = chance.happens(500)
        if not self.world.is_orderly:
            self.world.loss, self.world.late = chance.choice((0, 50)), chance.choice((0, 30))
            self.rough = True  # so order and counts are not strict

    def begin(self):
        self.rough, rough = False, self.rough
        super().begin()
        self.rough = rough

    def act(self):
        for _ in range(40 + chance.below(60)):
            for side in (self.alice_writes, self.carol_writes):
                side(chance.below(60))
                self.world.run(150 + chance.below(500))
        mixed = max((s.ratchet.mixed for s in self.world.alice.s.sessions), default=0)
        expect(mixed >= 1 or self.rough, "no epoch came to its end")


class Restored(Talk):
    """One side is put back to an old copy of its disk (12.4)."""
    def __init__(self, peer, seed):
        super().__init__(peer, seed, rough=False)
        self.rough, self.asks = True, False
        self.is_alice = chance.happens(500)

    def begin(self):
        self.rough = False
        super().begin()
        self.rough = True

    def act(self):
        super_act, w = super().act, self.world
        self.rough = False
        super_act()
        copy = w.alice.saved
        w.order("copy")
        super_act()
        self.rough = True
        if self.is_alice:
            w.alice_goes()
            w.alice.saved = copy
            w.alice.restart(w.now)
            w.alice_comes()
        else:
            w.carol_goes("stop")
            w.order("rewind")
            w.carol_comes()
        w.crashes = [x + 1 for x in w.crashes]
        w.alice.watch.is_restored = True
        w.run(1)
        self.restored_at = w.now
        for _ in range(6):
            chance.choice((self.alice_writes, self.carol_writes))()
            w.run(chance.below(20 * MINUTE))


class Reinstalled(Talk):
    """Alice has new keys: she is a candidate until Carol's user says yes (11.1)."""
    def __init__(self, peer, seed):
        super().__init__(peer, seed, rough=False)
        self.asks = chance.happens(500)

    def act(self):
        w = self.world
        for _ in range(2):
            self.alice_writes()
            self.carol_writes()
            w.run(2 * MINUTE)
        w.alice.s, w.alice.ram = Kept(), Ram()
        w.alice.own_public = prims.public(w.alice.s.static)
        w.alice.saved = pickle.dumps(w.alice.s)
        w.expects_candidate = True
        w.run(HOUR)
        w.act(w.alice.invite)
        w.run(MINUTE)
        self.alice_writes(50)
        text = compose(0, 40, ("for", "old", "keys"))
        w.order("text", text.encode().hex())
        w.run(MINUTE)
        expect(w.candidates == 1, "Carol takes what a new key writes for the old one's")
        expect(all(x.data[0] != text.encode() for x in w.alice_shown), "text for another key")
        w.order("decide", 1)
        w.expects_candidate = False
        w.run(MINUTE)
        expect(any(x.data[0] == text.encode() for x in w.alice_shown), "what waited")
        w.alice_shown = [x for x in w.alice_shown if x.data[0] != text.encode()]
        self.opens_all = False  # texts go to the old key, too
        self.alice_writes()
        self.carol_writes()


class Parting(Talk):
    """Steady is offered and refused, offered and ended; then each says goodbye."""
    def __init__(self, peer, seed):
        super().__init__(peer, seed, rough=False)
        self.asks = False

    def act(self):
        w = self.world
        self.alice_writes()
        self.carol_writes()
        w.run(MINUTE)
        w.order("steady", chance.choice((5, 10, 15, 30)))
        w.run(2 * MINUTE)
        expect(w.news.get(STEADY_NO) == 1, "Carol does not hear that Alice wants no Steady")
        self._accepts(1 + chance.below(65535), chance.choice((10, 15, 30)))
        self.alice_writes()
        self.carol_writes()
        w.run(20 * MINUTE)
        self.settle()
        if chance.happens(500):
            w.order("choose", 2)
            w.run(MINUTE)
            expect(w.alice.s.peer_left, "Alice does not hear Carol's goodbye")
        else:
            w.act(w.alice.say_goodbye)
            w.run(MINUTE)
            expect(w.news.get(PEER_LEFT) == 1, "Carol does not hear Alice's goodbye")

    def _accepts(self, run, slot):
        w = self.world
        w.act(w.alice.offer_steady, run, slot)
        w.run(2 * MINUTE)
        expect(w.alice.s.mode == (ACCEPT, slot), f"no accept: {w.alice.s.mode}")
        before = w.lines_to_alice
        w.run(4 * MINUTE)  # after ten without a line of hers Carol would meet anew
        slots = w.lines_to_alice - before
        expect(abs(slots - 240 / slot) <= 2, f"{slots} lines in four minutes of {slot} s")
        w.act(w.alice.stop_steady)
        w.run(2 * MINUTE)
        expect(w.alice.s.mode == (STOP, 0), f"no stop: {w.alice.s.mode}")


def smallest(peer, seed, carol_starts):
    """A handshake and one text each way."""
    chance.seed(seed)
    world = World(peer, seed)
    if carol_starts:
        world.act(world.alice.invite)
    else:
        world.order("choose", 1)
    world.run(5000)
    session = world.alice.sending()
    expect(session is not None and session.is_initiator != carol_starts, "no session")
    world.act(world.alice.write, "h\u00e9llo <b>you</b> &amp; all".encode(), True)
    world.order("text", b"hi there".hex())
    world.run(100000)
    expect([x.data for x in world.carol_shown] == ["h\u00e9llo <b>you</b> &amp; all".encode()],
           "Carol's window")
    expect([x.data for x in world.alice_shown] == [(b"hi there", False)], "Alice's window")
    expect(not world.alice.s.outbox, "Alice has no acknowledgement")
    expect(list(world.states.values()) == [2], "Carol has no acknowledgement")
    return world


def random_talk(peer, seed):
    kind = seed % 25
    if kind in (0, 1):
        talk = Chat(peer, seed)
    elif kind in (2, 3):
        talk = Restored(peer, seed)
    elif kind == 4 and seed % 2 == 0:
        talk = Parting(peer, seed)
    elif kind == 4:
        talk = Reinstalled(peer, seed)
    else:
        talk = Talk(peer, seed, rough=kind > 9)
    return talk.go()
