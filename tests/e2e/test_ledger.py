# SPDX-License-Identifier: GPL-2.0-or-later
"""What the server sees, in words, where there is no window for it."""
from scenario import go_private, meet, scenario, talk


@scenario()
def words(lab):
    """/eider sees in Finch counts what left, and says what never hides."""
    a = lab.finch("alice")
    b = lab.pidgin("bob")
    meet(a, b)
    go_private(lab, a, b)
    talk(lab, a, b)
    m = a.mark()
    a.command("bob", "/eider sees")
    text = a.wait_written("Never hidden", m)
    for part in ("How much: hidden.", "When: visible.", "With whom: visible.",
                 "Texts: 1 yours, 1 theirs.", "no proxy is set"):
        assert part in text, text
    assert not any(s in text for s in lab.guard.secrets), text
