# SPDX-License-Identifier: GPL-2.0-or-later
"""The same powers in a real Finch, in a terminal, by keys alone."""
import glob
import os
import time

from client import SYSTEM
from scenario import equal, go_private, meet, scenario, talk, until

# as the terminal sends them where the application asked for that
ARROWS = {"Down": "\033OB", "Right": "\033OC", "Left": "\033OD"}


def press(client, *keys):
    for k in keys:
        if k in ARROWS:
            client.tmux("send-keys", "-l", ARROWS[k])
        else:
            client.tmux("send-keys", k)
        time.sleep(0.25)


def enter(client, text):
    client.tmux("send-keys", "-l", text)
    time.sleep(0.2)


def shows(client, *words, timeout=20):
    """Wait until all of WORDS are on the screen; returns it."""
    def there():
        s = client.screen_text()
        return s if all(w in s for w in words) else None
    try:
        return until(there, timeout, "%r on the screen" % (words,))
    except TimeoutError as e:
        raise TimeoutError("%s\n%s" % (e, client.screen_text())) from None


def bring(client, word, timeout=20):
    """A window that did not come to the front by itself."""
    until(lambda: word in client.screen_text() or press(client, "M-n"),
          timeout, "%r on the screen" % word)


def gone(client, word, timeout=20):
    until(lambda: word not in client.screen_text(), timeout,
          "end of %r" % word)


def bare(screen):
    """No mark of a mnemonic in a button."""
    for row in screen.split("\n"):
        for cell in row.split("\u2502"):
            assert not (cell.startswith(" ") and "_" in cell.strip("_ ")), row


def master(client):
    return os.path.getsize(os.path.join(client.conf, "eider", "master"))


@scenario(timeout=200, long=True)
def dialogs(lab):
    """Keys, passphrase, backup, preferences: each opens, works, and ends."""
    a, b = lab.finch("alice"), lab.pidgin("bob")
    meet(a, b)
    go_private(lab, a, b)

    a.command("bob", "/eider keys")
    bare(shows(a, "Whose?", "Search"))
    press(a, "Tab", "Enter")
    bare(shows(a, "2 keys", "Fingerprint", "accepted", "yours", "Forget..."))
    press(a, "M-c")
    gone(a, "2 keys")

    a.command("bob", "/eider backup")
    bare(shows(a, "Passphrase of the backup", "Continue"))
    enter(a, "correct horse")
    press(a, "Tab")
    enter(a, "correct horse")
    press(a, "Tab", "Enter")
    shows(a, "Save the backup of your keys", "Select")
    press(a, "Tab", "Tab", "Tab", "Tab", "Enter")
    found = until(lambda: glob.glob(os.path.join(
        a.dir, "home", "*.backup")), 60, "backup")
    equal(os.path.getsize(found[0]), 65536)
    gone(a, "Save the backup of your keys")
    bring(a, found[0])
    press(a, "Enter")
    gone(a, "The backup was written.")

    a.command("bob", "/eider passphrase")
    bare(shows(a, "Lock your keys", "New passphrase, again"))
    enter(a, "correct horse")
    press(a, "Tab")
    enter(a, "correct horse")
    if "keyring" in a.screen_text():     # where the machine has one
        press(a, "Tab")
    press(a, "Tab", "Enter")
    until(lambda: master(a) > 100, 60, "passphrase")
    bring(a, "The passphrase was set.")
    press(a, "Enter")
    talk(lab, a, b)
    a.stop()
    a.start(wait=False)
    bring(a, "Unlock Eider")
    bare(shows(a, "Unlock Eider", "Later"))
    enter(a, "correct horse")
    press(a, "Tab", "Enter")
    a.wait_online()
    b.wait_buddy("alice", timeout=60)
    a.wait_state("bob", "private", timeout=60)
    talk(lab, a, b)


@scenario(timeout=200, long=True)
def preferences(lab):
    """In the list of plugins, as every plugin's; and a menu of its own."""
    a = lab.finch("alice")
    press(a, "M-a", *["Down"] * 6, "Enter")
    shows(a, "Plugins", "Close")
    for _ in range(25):
        if "Name: Eider" in a.screen_text():
            break
        press(a, "Down")
    bare(shows(a, "Name: Eider", "Configure Plugin"))
    press(a, "Tab", "Tab", "Tab", "Enter")
    bare(shows(a, "Private conversations", "Steady, when", "Save"))
    press(a, "M-c")
    gone(a, "Steady, when")
    press(a, "M-c", "M-1", "F10", "Left", "Enter")
    shows(a, "Your fingerprints...", "Export a backup...")
    press(a, "s")
    shows(a, "Lock your keys")
    press(a, "M-c")
