# SPDX-License-Identifier: GPL-2.0-or-later
"""What cannot be stored is not sent, and the user is told."""
import errno
import hashlib
import os
import signal
import subprocess

from client import ERROR, SYSTEM
from scenario import Skip, equal, meet, pair, scenario, talk, until


def refused(lab, client, to="bob", timeout=8):
    """CLIENT's text is not sent, and a sentence says so; returns it."""
    m, mc = lab.mark(), client.mark()
    client.send_im(to, lab.secret())
    client.wait_written("", mc, timeout, SYSTEM)
    lab.quiet(1.5)
    equal(lab.bodies(m, client.at), [], "sent all the same")
    # one for the store where that has just changed, one for the text;
    # libpurple's own "Unable to send message." has the flag ERROR
    said = [w[2] for w in client.written(mc, SYSTEM)]
    assert len(said) <= 2, said
    assert "not sent" in said[-1] and ": ." not in said[-1], said
    return " ".join(said)


def eider_dir(client):
    return os.path.join(client.conf, "eider")


def content(path):
    out = {}
    for root, _, names in os.walk(path):
        for n in names:
            p = os.path.join(root, n)
            with open(p, "rb") as f:
                out[p] = hashlib.sha256(f.read()).hexdigest()
    return out


def mount(client, size):
    """A file system of its own for the client's eider directory."""
    os.makedirs(eider_dir(client), 0o700)
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=%s,mode=700" % size,
             "eider-test", eider_dir(client)],
            stderr=subprocess.DEVNULL).returncode:
        raise Skip("needs the right to mount")


def fill(path):
    """Fill the file system of PATH up to the last byte."""
    name = os.path.join(path, ".filler")
    with open(name, "wb", buffering=0) as f:
        for size in (1 << 20, 4096, 1):
            try:
                while f.write(b"\0" * size):
                    pass
            except OSError as e:
                if e.errno != errno.ENOSPC:
                    raise
    return name


def no_room_in_place(client):
    """A second link to each file: it is not changed in place any more."""
    d = os.path.join(eider_dir(client), "s")
    for n in os.listdir(d):
        os.link(os.path.join(d, n), os.path.join(eider_dir(client), n + ".2"))


@scenario()
def full_disk(lab):
    """A full disk: who has room goes on; else a clear sentence, nothing sent;
    then it goes on."""
    a = lab.pidgin("alice", before=lambda c: mount(c, "2m"))
    b = lab.pidgin("bob")
    meet(a, b)
    a.command("bob", "/eider on")
    a.wait_state("bob", "private")
    talk(lab, a, b)
    talk(lab, a, b)
    filler = fill(eider_dir(a))
    talk(lab, a, b)
    no_room_in_place(a)
    refused(lab, a)
    equal(a.status("bob")["state"], "paused")
    # what arrives now is not lost
    mb, text = b.mark(), lab.secret()
    b.send_im("alice", text)
    lab.quiet(1)
    os.unlink(filler)
    after = lab.secret()
    a.send_im("bob", after)
    b.wait_im(after, mb, 30)
    a.restart("kill")
    meet(a, b)
    talk(lab, a, b)
    a.wait_state("bob", "private")


@scenario()
def full_from_the_start(lab):
    """On a disk that was always full nothing is sent, nothing is private."""
    a = lab.pidgin("alice", before=lambda c: (mount(c, "64k"),
                                              fill(eider_dir(c))))
    b = lab.pidgin("bob")
    meet(a, b)
    m, ma = lab.mark(), a.mark()
    a.command("bob", "/eider on")
    a.wait_written("", ma, 5, SYSTEM | ERROR)
    lab.quiet(1)
    equal(lab.bodies(m), [])


@scenario()
def read_only(lab):
    """A read-only directory: a clear sentence, nothing sent."""
    a, b = pair(lab)
    talk(lab, a, b)

    def writable(yes):
        for d, _, _ in os.walk(eider_dir(a)):
            os.chmod(d, 0o700 if yes else 0o500)
    writable(False)
    before = content(eider_dir(a))
    refused(lab, a)
    a.restart("kill")
    meet(a, b)
    refused(lab, a)
    equal(content(eider_dir(a)), before)
    writable(True)
    a.restart("quit")
    meet(a, b)
    talk(lab, a, b)


def damage(path, how):
    with open(path, "r+b") as f:
        data = bytearray(f.read())
        if how == "flip":
            # a file may hold two copies, one of them zeros
            for at in (len(data) // 4, len(data) // 4 * 3):
                data[at] ^= 1
        elif how == "cut":
            data = data[:len(data) // 3]
        elif how == "foreign":
            data = bytearray(b"something else\n")
        elif how == "empty":
            data = bytearray()
        f.seek(0)
        f.truncate()
        f.write(data)


@scenario(timeout=150)
def damaged_index(lab):
    """A damaged index: a clear sentence, nothing sent or overwritten."""
    a, b = pair(lab)
    talk(lab, a, b)
    index = os.path.join(eider_dir(a), "index")
    with open(index, "rb") as f:
        good = f.read()
    for how in ("flip", "cut", "foreign", "empty"):
        a.stop("quit")
        with open(index, "wb") as f:
            f.write(good)
        damage(index, how)
        before = content(eider_dir(a))
        a.start()
        meet(a, b)
        refused(lab, a)
        equal(content(eider_dir(a)), before, how)
    a.stop("quit")
    with open(index, "wb") as f:
        f.write(good)
    a.start()
    meet(a, b)
    talk(lab, a, b)


@scenario(timeout=120)
def damaged_master(lab):
    """Without its master key the store is not opened, nor made anew."""
    a, b = pair(lab)
    master = os.path.join(eider_dir(a), "master")
    a.stop("quit")
    with open(master, "rb") as f:
        good = f.read()
    damage(master, "flip")
    before = content(eider_dir(a))
    a.start()
    meet(a, b)
    refused(lab, a)
    equal(content(eider_dir(a)), before)
    a.stop("quit")
    os.unlink(master)
    a.start()
    meet(a, b)
    refused(lab, a)
    a.stop("quit")
    with open(master, "wb") as f:
        f.write(good)
    a.start()
    meet(a, b)
    talk(lab, a, b)


@scenario()
def damaged_session(lab):
    """A damaged session: a clear sentence, nothing sent or overwritten."""
    a, b = pair(lab)
    talk(lab, a, b)
    a.stop("quit")
    files = [p for p in content(eider_dir(a))
             if os.path.basename(os.path.dirname(p)) == "s"]
    assert files
    for p in files:
        damage(p, "flip")
    before = content(eider_dir(a))
    a.start()
    meet(a, b)
    refused(lab, a)
    equal(content(eider_dir(a)), before)
    s = a.status("bob")
    equal((s["private"], s["state"]), (1, "paused"))


@scenario()
def second_pidgin(lab):
    """A second Pidgin on the same profile sends nothing and says why."""
    a, b = pair(lab)
    talk(lab, a, b)
    # the first one stands still, so that every change is the second one's
    a.proc.send_signal(signal.SIGSTOP)
    before = content(eider_dir(a))
    c = lab.second(a)
    c.wait_buddy("bob")
    lab.quiet(1)
    said = refused(lab, c)
    assert "another" in said.lower() or "second" in said.lower(), said
    c.stop("quit")
    equal(content(eider_dir(a)), before)
    a.proc.send_signal(signal.SIGCONT)
    # the server threw the first one out when the second came, and libpurple
    # switched the account off, once it had read that
    until(lambda: not a.call("PurpleAccountGetEnabled", a.account(), a.ui),
          15, "end of the first one's login")
    a.enable()
    meet(a, b)
    talk(lab, a, b)
