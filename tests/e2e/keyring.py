# SPDX-License-Identifier: GPL-2.0-or-later
"""A Secret Service on a client's bus: a small one of our own, or GNOME's.

Both outlive the client's bus: ours keeps its items here, GNOME's in the
client's home.
"""
import os
import subprocess

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME, ROOT = "org.freedesktop.secrets", "/org/freedesktop/secrets"
ITEMS, ASKED = ROOT + "/collection/only", ROOT + "/prompt/only"
XML = """<node>
<interface name="org.freedesktop.Secret.Service">
 <method name="OpenSession"><arg type="s" direction="in"/>
  <arg type="v" direction="in"/><arg type="v" direction="out"/>
  <arg type="o" direction="out"/></method>
 <method name="ReadAlias"><arg type="s" direction="in"/>
  <arg type="o" direction="out"/></method>
 <method name="SearchItems"><arg type="a{ss}" direction="in"/>
  <arg type="ao" direction="out"/><arg type="ao" direction="out"/></method>
 <method name="Unlock"><arg type="ao" direction="in"/>
  <arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
</interface>
<interface name="org.freedesktop.Secret.Collection">
 <method name="CreateItem"><arg type="a{sv}" direction="in"/>
  <arg type="(oayays)" direction="in"/><arg type="b" direction="in"/>
  <arg type="o" direction="out"/><arg type="o" direction="out"/></method>
</interface>
<interface name="org.freedesktop.Secret.Item">
 <method name="GetSecret"><arg type="o" direction="in"/>
  <arg type="(oayays)" direction="out"/></method>
 <method name="Delete"><arg type="o" direction="out"/></method>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
 <method name="Prompt"><arg type="s" direction="in"/></method>
 <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
</interface>
</node>"""


class Small:
    """locked: it asks before it gives; agrees: what the user answers."""

    def __init__(self):
        self.items = {}              # path -> [attributes, secret bytes]
        self.locked, self.agrees, self.asked = False, True, 0
        self.node = Gio.DBusNodeInfo.new_for_xml(XML)

    def __call__(self, client):
        self.bus = client.bus
        for path, names in ((ROOT, ("Service",)), (ITEMS, ("Collection",)),
                            (ASKED, ("Prompt",))):
            self._offer(path, names)
        for path in self.items:
            self._offer(path, ("Item",))
        self.bus.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus", "RequestName",
            GLib.Variant("(su)", (NAME, 0)), None, 0, 5000, None)

    def _offer(self, path, names):
        for n in names:
            self.bus.register_object(
                path, self.node.lookup_interface(
                    "org.freedesktop.Secret." + n), self._call, None, None)

    def _call(self, conn, sender, path, iface, method, args, invocation):
        out = getattr(self, "_" + method)(path, *args.unpack())
        invocation.return_value(out)

    def _OpenSession(self, path, how, data):
        assert how == "plain", how
        return GLib.Variant("(vo)", (GLib.Variant("s", ""), ROOT + "/s"))

    def _ReadAlias(self, path, name):
        return GLib.Variant("(o)", (ITEMS,))

    def _SearchItems(self, path, wanted):
        found = [p for p, (a, _) in self.items.items()
                 if wanted.items() <= a.items()]
        return GLib.Variant("(aoao)", ([], found) if self.locked
                            else (found, []))

    def _Unlock(self, path, paths):
        if self.locked:
            return GLib.Variant("(aoo)", ([], ASKED))
        return GLib.Variant("(aoo)", (paths, "/"))

    def _Prompt(self, path, window):
        self.asked += 1
        self.locked = self.locked and not self.agrees
        self.bus.emit_signal(
            None, ASKED, "org.freedesktop.Secret.Prompt", "Completed",
            GLib.Variant("(bv)", (not self.agrees, GLib.Variant("s", ""))))

    def _CreateItem(self, path, props, secret, replace):
        p = "%s/%d" % (ITEMS, len(self.items) + 1)
        self.items[p] = [props["org.freedesktop.Secret.Item.Attributes"],
                         bytes(secret[2])]
        self._offer(p, ("Item",))
        return GLib.Variant("(oo)", (p, "/"))

    def _GetSecret(self, path, session):
        return GLib.Variant("((oayays))", ((session, b"", self.items[path][1],
                                            "text/plain"),))

    def _Delete(self, path):
        del self.items[path]
        return GLib.Variant("(o)", ("/",))


class Gnome:
    """gnome-keyring with an open login keyring, as after a login."""

    def __call__(self, client):
        p = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "gnome-keyring-daemon",
             "--foreground", "--unlock", "--components=secrets"],
            env=client.env, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=open(os.path.join(client.dir, "keyring.log"), "ab"))
        p.stdin.write(b"login")
        p.stdin.close()
        client.procs.append(p)
        client._until(lambda: client._bus_call(
            "org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus", "NameHasOwner",
            GLib.Variant("(s)", (NAME,))), 10, NAME)

    def count(self, client):
        out = client.bus.call_sync(
            NAME, ROOT, "org.freedesktop.Secret.Service", "SearchItems",
            GLib.Variant("(a{ss})", ({"xdg:schema": "im.eider.Unlock"},)),
            None, 0, 5000, None).unpack()
        return len(out[0]) + len(out[1])
