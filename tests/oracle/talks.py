# SPDX-License-Identifier: GPL-2.0-or-later
"""Conversations between Alice (Python) and Carol (C)."""
import chance
from world import World, Wrong


def expect(good, what):
    if not good:
        raise Wrong(what)


def meet(world, carol_starts):
    """Both know each other; who gets the invitation is the initiator."""
    if carol_starts:
        world.act(world.alice.invite)
    else:
        world.order("choose", 1)
    world.run(5000)
    session = world.alice.sending()
    expect(session is not None, "no session")
    expect(session.is_initiator != carol_starts, "the wrong initiator")


def smallest(peer, seed, carol_starts):
    """A handshake and one text each way."""
    chance.seed(seed)
    world = World(peer, seed)
    meet(world, carol_starts)
    world.act(world.alice.write, "h\u00e9llo <b>you</b> &amp; all".encode(), True)
    world.order("text", b"hi there".hex())
    world.run(100000)
    expect([x.data for x in world.carol_shown] == ["h\u00e9llo <b>you</b> &amp; all".encode()],
           "Carol's window")
    expect([x.data for x in world.alice_shown] == [b"hi there"], "Alice's window")
    expect(not world.alice.s.outbox, "Alice has no acknowledgement")
    expect(list(world.states.values()) == [2], "Carol has no acknowledgement")
    return world
