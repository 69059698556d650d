# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys in a real Pidgin: the inspector, the passphrase, a backup that moves."""
import os
import shutil
import time

from client import SYSTEM
from keyring import Gnome, Small
from run import TOP
from scenario import (MET, equal, go_private, meet, pair, say, scenario, talk,
                      until)


def shots(client, name, wid):
    out = os.environ.get("EIDER_SHOTS") or os.path.join(TOP, "build", "shots")
    os.makedirs(out, exist_ok=True)
    return client.screenshot(os.path.join(out, name + ".png"), wid)


def inspector(client, search=""):
    """Open it as a user does, and look for something."""
    client.command("bob" if client.name == "alice" else "alice",
                   "/eider keys")
    wid = client.front("Keys")
    client.key("alt+s", "ctrl+a", "BackSpace")
    client.type(search)
    time.sleep(0.4)
    return wid


def new_window(client, before, timeout=60):
    """The window that was not there before."""
    seen = {w for w, _ in before}
    wid = until(lambda: next((w for w, _ in client.windows()
                              if w not in seen), None), timeout, "window")
    time.sleep(0.4)
    client.activate(wid)
    return wid


def titled(client, title, timeout=60):
    wid = client.wait_window(title, timeout)
    time.sleep(0.3)
    client.activate(wid)
    return wid


def gone(client, wid, timeout=60):
    until(lambda: wid not in [w for w, _ in client.windows()], timeout,
          "end of the window")


def press(client, wid, key):
    """A mnemonic that opens a dialog."""
    before = client.windows()
    client.activate(wid)
    client.key(key)
    return new_window(client, before)


def dismiss_all(client):
    """Close every note of ours, which may go by itself meanwhile."""
    def none():
        notes = [w for w, t in client.windows() if t == "Eider"]
        for w in notes:
            client.x("wmctrl", "-i", "-c", w)
        return not notes
    until(none, 10, "end of the notes")


def second_note(client, before):
    """Wait until "please wait" gave way to what came of it, which must not
    come while we type.  Argon2id takes a second, but for how long the first
    is there nobody knows: it may have been missed."""
    seen, stop = set(), []

    def came():
        seen.update(w for w, t in client.windows()
                    if t == "Eider" and (w, t) not in before)
        if seen and not stop:
            stop.append(time.monotonic() + 20)
        return len(seen) > 1 or stop and time.monotonic() > stop[0]
    until(came, 60, "note")


def fill_form(client, wid, texts, *keys):
    """Type into the fields, one after the other; press the last keys."""
    client.activate(wid)
    for i, t in enumerate(texts):
        if i:
            client.key("Tab")
        client.type(t)
    client.key(*keys)


@scenario()
def block_in_the_inspector(lab):
    """A key that was blocked gets no byte of text, and shows none."""
    a, b = pair(lab)
    talk(lab, a, b)
    wid = inspector(a, "bob")
    # the first row under the titles
    a.click_in(wid, 60, 105)
    time.sleep(0.5)
    shots(a, "keys-inspector", wid)
    m = a.mark()
    a.key("alt+b")
    a.wait_written("blocked", m, 10, SYSTEM)
    time.sleep(1.6)
    shots(a, "keys-blocked", wid)
    ma, mb = a.mark(), b.mark()
    b.send_im("alice", lab.secret())
    a.send_im("bob", lab.secret())
    lab.quiet(3, 8)
    equal(a.got(ma), [])
    equal(b.got(mb), [])


def before_the_passphrase(lab, a):
    """Asked at the start; a text that is written now waits.  Returns it."""
    a.start(wait=False)
    ask = titled(a, "Eider")
    a.wait_online()
    text, m, ma = lab.secret(), lab.mark(), a.mark()
    a.send_im("bob", text)
    a.wait_written("Not sent yet: Eider is locked.", ma, 15, SYSTEM)
    lab.quiet(1)
    equal(lab.bodies(m, a.at), [])
    return ask, text


@scenario(timeout=150)
def passphrase_by_the_window(lab):
    """Set in the inspector, asked at the next start, removed again; what is
    written before it is given waits, over a crash, and comes once."""
    a, b = pair(lab)
    wid = inspector(a)
    form = press(a, wid, "alt+p")
    shots(a, "keys-passphrase", form)
    fill_form(a, form, ["correct horse"] * 2, "alt+s")
    say(lab, b, a)                       # while the thread works
    until(lambda: os.path.getsize(
        os.path.join(a.conf, "eider", "master")) > 100, 60, "passphrase")
    a.stop()
    mb = b.mark()
    ask, first = before_the_passphrase(lab, a)
    a.stop("kill")
    ask, second = before_the_passphrase(lab, a)
    b.wait_buddy("alice", timeout=60)
    shots(a, "keys-locked", "root")
    a.activate(ask)
    shots(a, "keys-unlock", ask)
    # put off, and asked for by the menu
    a.key("alt+l")
    gone(a, ask)
    wid = a.present("bob")
    before = a.windows()
    a.open_menu(wid, -22, -78)
    shots(a, "keys-locked-menu", "root")
    a.key("u")
    unlock = new_window(a, before)
    a.type("correct horse")
    a.key("Return")
    gone(a, unlock)                      # or it is taken for the answer
    found = new_window(a, before)
    shots(a, "keys-found", found)
    equal([x for x in b.got(mb) if x == first], [])
    a.key("alt+s")
    b.wait_im(first, mb, 40)
    b.wait_im(second, mb, 40)
    a.wait_state("bob", "private", timeout=40)
    talk(lab, a, b)
    for text in (first, second):
        equal(b.got(mb).count(text), 1)
    wid = inspector(a)
    form = press(a, wid, "alt+m")
    fill_form(a, form, ["correct horse"], "alt+r")
    until(lambda: os.path.getsize(
        os.path.join(a.conf, "eider", "master")) < 100, 60, "removal")
    dismiss_all(a)
    a.restart()
    a.wait_online()
    b.wait_buddy("alice", timeout=60)
    a.wait_state("bob", "private", timeout=40)
    talk(lab, a, b)


def by_keyring(lab, service):
    """Locked, but the desktop's keyring opens it; returns the client."""
    a = lab.pidgin("alice", before=lambda c: setattr(c, "on_bus", service))
    b = lab.pidgin("bob")
    meet(a, b)
    go_private(lab, a, b)
    wid = inspector(a)
    form = press(a, wid, "alt+p")
    fill_form(a, form, ["correct horse"] * 2, "Tab", "space")
    shots(a, "keys-keyring", form)
    a.key("alt+s")
    kept = os.path.join(a.conf, "eider", "keyring")
    until(lambda: os.path.exists(kept), 60, "key in the keyring")
    a.restart()
    b.wait_buddy("alice", timeout=60)
    a.wait_state("bob", "private", timeout=40)
    talk(lab, a, b)
    assert "Eider" not in [t for _, t in a.windows()], "it asks all the same"
    return a, b, kept


def change_without(a, kept):
    """Change the passphrase, the tick taken off."""
    wid = inspector(a)
    form = press(a, wid, "alt+p")
    fill_form(a, form, ["correct horse"] + ["staple"] * 2, "Tab", "space",
              "alt+h")
    until(lambda: not os.path.exists(kept), 60, "end of the keyring's file")
    dismiss_all(a)


@scenario(timeout=150)
def keyring(lab):
    """The desktop's keyring opens the store; where it does not, the passphrase
    is asked for; without the tick nothing is left in it."""
    service = Small()
    a, b, kept = by_keyring(lab, service)
    equal(len(service.items), 1)
    secret = list(service.items.values())[0][1]
    assert b"correct horse" not in secret and len(secret) == 64, secret
    service.locked, service.agrees = True, False
    a.stop()
    a.start(wait=False)
    ask = titled(a, "Eider")
    equal(service.asked, 1)
    a.activate(ask)
    a.type("correct horse")
    a.key("Return")
    b.wait_buddy("alice", timeout=60)
    a.wait_state("bob", "private", timeout=40)
    service.locked = False
    change_without(a, kept)
    until(lambda: not service.items, 10, "end of the item")


@scenario(timeout=150, long=True)
def keyring_gnome(lab):
    """The same with GNOME's."""
    service = Gnome()
    a, b, kept = by_keyring(lab, service)
    equal(service.count(a), 1)
    change_without(a, kept)
    until(lambda: service.count(a) == 0, 10, "end of the item")


@scenario(timeout=150)
def backup_to_a_fresh_profile(lab):
    """Exported, the profile lost, imported: for Bob it is the same device."""
    a, b = pair(lab)
    talk(lab, a, b)
    path = os.path.join(a.dir, "keys.backup")
    wid = inspector(a)
    form = press(a, wid, "alt+e")
    before = a.windows()
    fill_form(a, form, ["correct horse"] * 2, "alt+o")
    new_window(a, before)
    a.key("ctrl+a")
    a.type(path)
    a.key("Return")
    until(lambda: os.path.exists(path), 60, "backup")
    equal(os.path.getsize(path), 65536)
    a.stop()
    shutil.rmtree(os.path.join(a.conf, "eider"))
    shutil.rmtree(os.path.join(a.dir, "home", ".local", "state"),
                  ignore_errors=True)
    a.start()
    a.wait_online()
    b.wait_buddy("alice", timeout=60)
    wid = inspector(a)
    dialog = press(a, wid, "alt+i")
    has_met = dict(a.windows())[dialog] == "Eider"
    if has_met:
        # Bob's Eider was faster: the profile has met him already
        shots(a, "keys-import-over", dialog)
        press(a, dialog, "alt+i")
    a.type("/")                          # opens the line for a path
    time.sleep(0.7)
    a.key("ctrl+a")
    a.type(path)
    time.sleep(0.3)
    a.key("Return")
    ask = titled(a, "Eider")
    before = a.windows()
    a.type("correct horse")
    a.key("Return")
    gone(a, ask)
    second_note(a, before)
    dismiss_all(a)
    a.activate(wid)
    a.key("Escape")
    gone(a, wid)
    until(lambda: a.status("bob").get("private") == 1, 60, "import")
    mb = b.mark()
    go = lab.secret()
    a.send_im("bob", go)
    b.wait_im(go, mb, MET)
    talk(lab, a, b)
    # the fresh profile was a device of its own, if it has met him
    s = b.status("alice")
    equal((s["state"], s["devices"]),
          ("newdevice" if has_met else "private", 1))
    shots(a, "keys-imported", "root")
