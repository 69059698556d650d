# SPDX-License-Identifier: GPL-2.0-or-later
"""What people read is in their language."""
from client import SYSTEM
from scenario import scenario


@scenario()
def german(lab):
    """A Pidgin in German says what Eider says in German."""
    lab.env = {**lab.env, "LANGUAGE": "de"}
    a = lab.pidgin("alice")
    m = a.mark()
    a.command("bob", "/eider status")
    a.wait_written("Offen: Der Server kann das lesen.", m, 6, SYSTEM)
    a.command("bob", "/eider on")
    a.send_im("bob", lab.secret())
    m = a.mark()
    a.command("bob", "/eider status")
    a.wait_written("1 Text wartet.", m, 6, SYSTEM)
