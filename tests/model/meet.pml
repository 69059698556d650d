/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state tables of PROTOCOL.md 14, two people with one device each, over a
 * line that loses, repeats and reorders; either may lose all its state.
 *
 * Proved by going through every run within the bounds below:
 *   - nothing gets stuck: in the end each side sends in a session that the
 *     other one has confirmed and opens (14.3), and no attempt is left open.
 *     It is the same session but where two handshakes ended at one time:
 *     then each side may have confirmed another one last, and both receive;
 *   - no ping-pong: between two timers only so many lines leave, and all in
 *     all only so many handshakes begin and so many timers are needed.
 *
 * What is left out: fragments, masks, several devices, several answers to one
 * message 1, budgets that are about time only.  One unopened frame stands for
 * three.  A number is one attempt and the session that comes of it.
 *
 * FAULT=1..6 plants a fault, which run.sh wants to be found: both of a crossing
 * insist; a pause never ends; nothing is a sign of a lost session; a repeated
 * message 1 gets no answer; each cover frame gets a cover frame; message 3 is
 * repeated though a later session is there.
 */
#ifndef FAULT
#define FAULT 0
#endif
#ifndef LOSSES
#define LOSSES 2
#endif
#ifndef COPIES
#define COPIES 1
#endif
#ifndef SWAPS
#define SWAPS 1
#endif
#ifndef RESETS
#define RESETS 1
#endif

#define IDS    6  /* attempts: one more begun is an error */
#define NONE   7
#ifndef BURST
#define BURST  24 /* lines between two timers */
#endif
#define TIMERS 20

mtype = { M1, M2, M3, FRAME };                         /* lines */
mtype = { IDLE, CALLING, PAUSED, MET };                /* 14.1 */
mtype = { NO_LEG, ANSWERED, PROVEN_R, PROVEN_I, DONE_R, DONE_I }; /* 14.2 */

chan line0 = [10] of { mtype, byte }; /* to 0 */
chan line1 = [10] of { mtype, byte }; /* to 1 */

mtype meet[2] = IDLE;
byte mine[2] = NONE;     /* the attempt */
bit insists[2];          /* message 1 once more, when it may */
byte sends[2] = NONE;    /* session that sends: the one confirmed last */
bit triggered[2];        /* a handshake has begun by itself in this span */

typedef legs {
    mtype leg[IDS] = NO_LEG;
    bit opens[IDS];      /* a session that is confirmed, old ones too */
    bit stray[IDS];      /* a frame of it came before message 3 */
    bit closed[IDS];     /* an attempt of ours that ended */
    bit again[IDS];      /* answered a repeat in this span */
    bit stops[IDS];      /* half open, but a later one is confirmed */
};
legs side[2];

bit rank[IDS];           /* of H1: with the owner it orders all attempts */
bit owner[IDS];
byte begun;

byte losses = LOSSES, copies = COPIES, swaps = SWAPS, resets = RESETS;
byte burst, timers;
bit is_last;             /* both have written once more */

#define SMALLER(x, y) (rank[x] < rank[y] || (rank[x] == rank[y] && owner[x] < owner[y]))
#define L(x) side[me].leg[x]

inline put(to, kind, x)
{
    if
    :: to == 0 -> assert(nfull(line0)); line0!kind,x
    :: else -> assert(nfull(line1)); line1!kind,x
    fi
}

inline send(kind, x)
{
    burst++;
    assert(burst <= BURST); /* no ping-pong */
    if
    :: put(1 - me, kind, x)
    :: losses > 0 -> losses--
    :: copies > 0 -> copies--; put(1 - me, kind, x); put(1 - me, kind, x)
    fi
}

/* draw, write, send message 1 -> CALLING */
inline start()
{
    if
    :: mine[me] != NONE -> side[me].closed[mine[me]] = 1
    :: else
    fi;
    assert(begun < IDS); /* handshakes without end */
    mine[me] = begun;
    owner[begun] = me;
    if
    :: rank[begun] = 0
    :: rank[begun] = 1
    fi;
    begun++;
    insists[me] = 0;
    meet[me] = CALLING;
    send(M1, mine[me])
}

inline forget_attempt()
{
    if
    :: mine[me] != NONE -> side[me].closed[mine[me]] = 1
    :: else
    fi;
    mine[me] = NONE;
    insists[me] = 0;
    meet[me] = IDLE
}

/* A sign of a lost session (10.5): at most one in a span. */
inline trigger()
{
    if
    :: FAULT != 3 && !triggered[me] && (meet[me] == IDLE || meet[me] == MET) ->
        triggered[me] = 1;
        start()
    :: else
    fi
}

inline answer(x)
{
    L(x) = ANSWERED;
    send(M2, x)
}

inline take_1(x)
{
    if
    :: L(x) == ANSWERED || L(x) == PROVEN_R ->
        if
        :: !side[me].again[x] && FAULT != 4 ->
            side[me].again[x] = 1;
            send(M2, x)
        :: else
        fi
    :: L(x) != NO_LEG && L(x) != ANSWERED && L(x) != PROVEN_R
    :: L(x) == NO_LEG && meet[me] == CALLING && SMALLER(mine[me], x) ->
        if
        :: insists[me] = 1
        :: answer(x); meet[me] = PAUSED; insists[me] = 0 /* ours is old */
        fi
    :: L(x) == NO_LEG && meet[me] == CALLING && !SMALLER(mine[me], x) ->
        if
        :: FAULT == 1 -> insists[me] = 1
        :: FAULT != 1 -> answer(x); meet[me] = PAUSED; insists[me] = 0
        fi
    :: L(x) == NO_LEG && meet[me] != CALLING ->
        answer(x)
    fi
}

inline send_3(x)
{
    send(M3, x);
    send(FRAME, x)
}

inline take_2(x)
{
    if
    :: L(x) == PROVEN_I ->
        if
        :: !side[me].again[x] -> side[me].again[x] = 1; send_3(x)
        :: else
        fi
    :: L(x) == NO_LEG && mine[me] == x ->
        L(x) = PROVEN_I;
        meet[me] = MET;
        insists[me] = 0;
        send_3(x)
    :: L(x) == NO_LEG && mine[me] != x -> trigger() /* closed, or lost */
    :: else
    fi
}

inline confirm(x)
{
    byte i;

    side[me].opens[x] = 1;
    sends[me] = x;
    for (i : 0 .. IDS - 1) {
        if
        :: i < x && FAULT != 6 -> side[me].stops[i] = 1
        :: else
        fi
    };
    i = 0;
    if
    :: L(x) == PROVEN_R ->
        L(x) = DONE_R;
        send(FRAME, x)
    :: else -> L(x) = DONE_I
    fi;
    if
    :: meet[me] == PAUSED -> forget_attempt()
    :: else
    fi
}

inline take_3(x)
{
    if
    :: L(x) == ANSWERED ->
        L(x) = PROVEN_R;
        if
        :: side[me].stray[x] -> side[me].stray[x] = 0; confirm(x)
        :: else
        fi
    :: L(x) == DONE_R && !side[me].again[x] ->
        side[me].again[x] = 1;
        send(FRAME, x)
    :: L(x) == NO_LEG -> trigger()
    :: else
    fi
}

inline take_frame(x)
{
    if
    :: L(x) == PROVEN_R || L(x) == PROVEN_I -> confirm(x)
    :: side[me].opens[x] && L(x) != PROVEN_R && L(x) != PROVEN_I ->
        if
        :: FAULT == 5 -> send(FRAME, x) /* an ack of an ack */
        :: FAULT != 5
        fi
    :: L(x) == ANSWERED -> side[me].stray[x] = 1
    :: L(x) == NO_LEG && !side[me].opens[x] ->
        /* Kept where a handshake is under way; else a sign. */
        trigger()
    fi
}

/* The user: into the session that is there, or for one. */
inline write_text()
{
    if
    :: sends[me] != NONE -> send(FRAME, sends[me])
    :: sends[me] == NONE && meet[me] == IDLE -> start()
    :: else
    fi
}

inline lose_all()
{
    byte i;

    for (i : 0 .. IDS - 1) {
        side[me].leg[i] = NO_LEG;
        side[me].opens[i] = 0;
        side[me].stray[i] = 0;
        side[me].closed[i] = 0;
        side[me].again[i] = 0;
        side[me].stops[i] = 0
    }
    i = 0;
    meet[me] = IDLE;
    mine[me] = NONE;
    insists[me] = 0;
    sends[me] = NONE;
    triggered[me] = 0
}

inline take(kind, x)
{
    if
    :: kind == M1 -> take_1(x)
    :: kind == M2 -> take_2(x)
    :: kind == M3 -> take_3(x)
    :: kind == FRAME -> take_frame(x)
    fi
}

proctype Person(bit me)
{
    mtype kind;
    byte x;
    bit has_begun;

end:
    do
    :: atomic { me == 0 && nempty(line0) -> line0?kind,x; take(kind, x); kind = 0; x = 0 }
    :: atomic { me == 1 && nempty(line1) -> line1?kind,x; take(kind, x); kind = 0; x = 0 }
    /* Reordering: the first of the queue goes to its end. */
    :: atomic { me == 0 && swaps > 0 && len(line0) > 1 ->
                swaps--; line0?kind,x; line0!kind,x; kind = 0; x = 0 }
    :: atomic { me == 1 && swaps > 0 && len(line1) > 1 ->
                swaps--; line1?kind,x; line1!kind,x; kind = 0; x = 0 }
    /* Turned on by either, by both, at once or not. */
    :: atomic { !has_begun && meet[me] == IDLE && sends[me] == NONE &&
                timers == 0 -> has_begun = 1; start() }
    :: atomic { resets > 0 -> resets--; lose_all() }
    od
}

#define HALF_OPEN(p, x) (side[p].leg[x] == PROVEN_I && !side[p].stops[x])

/* Time passes only where no line is under way. */
proctype Clock()
{
    bit me;
    byte i, x;
    bit due;

    do
    :: atomic {
           timeout ->
           timers++;
           assert(timers <= TIMERS); /* repeats without end */
           burst = 0;
           triggered[0] = 0;
           triggered[1] = 0;
           for (i : 0 .. IDS - 1) {
               side[0].again[i] = 0;
               side[1].again[i] = 0
           };
           due = 0;
           for (i : 0 .. 1) {
               me = i;
               if
               :: meet[me] == CALLING -> due = 1; insists[me] = 0;
                  send(M1, mine[me])
               :: meet[me] == PAUSED && FAULT != 2 -> due = 1; meet[me] = CALLING
               :: meet[me] == MET -> due = 1; forget_attempt()
               :: else
               fi;
               for (x : 0 .. IDS - 1) {
                   if
                   :: HALF_OPEN(me, x) -> due = 1; send_3(x)
                   :: else
                   fi
               }
           };
           if
           :: !due && !is_last ->
               is_last = 1;
               resets = 0; /* what is lost after this nobody would notice */
               losses = 0; /* a text is sent again until it arrives: 10.4 */
               me = 0; write_text();
               me = 1; write_text()
           :: !due && is_last -> break
           :: else
           fi;
           i = 0; x = 0; me = 0; due = 0
       }
    od;
    assert(sends[0] != NONE);
    assert(sends[1] != NONE);
    assert(side[1].opens[sends[0]]);
    assert(side[0].opens[sends[1]]);
    assert(meet[0] == IDLE && meet[1] == IDLE)
}

init
{
    atomic {
        run Person(0);
        run Person(1);
        run Clock()
    }
}
