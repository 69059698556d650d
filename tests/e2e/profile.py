# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a libpurple profile: accounts, buddies, preferences."""
import os
import shutil
from xml.sax.saxutils import escape, quoteattr

BUDDIES = ("alice", "bob", "carol")
# on the server too: libpurple would move them, and take contacts apart
GROUP = "Buddies"

PREFS = {
    "/pidgin/sound/method": "none",
    "/pidgin/docklet/show": "never",
    "/pidgin/conversations/spellcheck": False,
    "/pidgin/conversations/im/hide_new": "never",
    "/pidgin/conversations/show_timestamps": True,
    # a window each: libpurple's "present" does not switch tabs
    "/pidgin/conversations/tabs": False,
    "/pidgin/blist/list_visible": True,
    "/pidgin/conversations/im/default_width": 520,
    "/pidgin/conversations/im/default_height": 320,
    "/finch/sound/method": "none",
    "/purple/conversations/im/send_typing": True,
    "/purple/away/idle_reporting": "none",
    "/purple/away/away_when_idle": False,
    "/purple/away/auto_reply": "never",
    "/purple/logging/log_ims": True,
    "/purple/logging/log_chats": True,
    "/purple/logging/log_system": False,
    "/purple/logging/format": "txt",
    "/purple/network/auto_ip": False,
    "/purple/network/map_ports": False,
    "/purple/network/public_ip": "127.0.0.1",
}

ACCOUNT = """\t<account>
\t\t<protocol>%s</protocol>
\t\t<name>%s</name>
%s\t\t<alias>%s</alias>
\t\t<statuses>
\t\t\t<status type='available' name='Available' active='true'>\
<attributes/></status>
\t\t</statuses>
\t\t<settings>
%s\t\t</settings>
\t\t<settings ui='%s'>
\t\t\t<setting name='auto-login' type='bool'>1</setting>
\t\t</settings>
\t</account>
"""

POUNCE = """<?xml version='1.0' encoding='UTF-8' ?>

<pounces version='1.0'>
\t<pounce ui='%s'>
\t\t<account protocol='%s'>%s</account>
\t\t<pouncee>%s</pouncee>
\t\t<options/>
\t\t<events><event type='sign-on'/></events>
\t\t<actions><action type='send-message'>\
<param name='message'>%s</param></action></actions>
\t</pounce>
</pounces>
"""


class Account:
    """One account: proto "xmpp" or "irc", reached through a tap's port."""

    def __init__(self, user, proto, port, password, resource, settings=None):
        self.user, self.proto, self.password = user, proto, password
        if proto == "xmpp":
            self.prpl = "prpl-jabber"
            self.name = "%s@localhost/%s" % (user, resource)
            self.settings = {
                "connect_server": "127.0.0.1", "port": port,
                "connection_security": "opportunistic_tls",
                "require_tls": False, "auth_plain_in_clear": True,
                "custom_smileys": False}
        else:
            self.prpl = "prpl-irc"
            self.name = "%s@127.0.0.1" % user
            self.settings = {
                "port": port, "ssl": False, "username": user,
                "realname": user, "encoding": "UTF-8"}
        self.settings.update((settings or {}).get(proto, {}))

    def buddy(self, user):
        """How USER is addressed from this account."""
        if self.proto == "irc":
            return user.split("@")[0]
        return user if "@" in user else user + "@localhost"

    def alias(self, user):
        """What the buddy list and the window's title say."""
        return user.capitalize() + (" on IRC" if self.proto == "irc" else "")

    def xml(self, ui):
        pw = ""
        if self.proto == "xmpp":
            pw = "\t\t<password>%s</password>\n" % escape(self.password)
        settings = "".join(
            "\t\t\t<setting name='%s' type='%s'>%s</setting>\n"
            % ((k,) + typed(v)) for k, v in self.settings.items())
        return ACCOUNT % (self.prpl, escape(self.name), pw,
                          self.user.capitalize(), settings, ui)


def typed(v):
    """libpurple's name of a value's type, and the value as it is written."""
    if isinstance(v, bool):
        return "bool", "%d" % v
    if isinstance(v, int):
        return "int", "%d" % v
    return "string", escape(v)


def prefs_xml(prefs):
    tree = {}
    for path, val in prefs.items():
        node = tree
        parts = path.strip("/").split("/")
        for p in parts[:-1]:
            node = node.setdefault(p, {})
        node[parts[-1]] = (val,)

    def emit(name, node, ind):
        pad = "\t" * ind
        if isinstance(node, dict):
            inner = "".join(emit(k, v, ind + 1) for k, v in node.items())
            return "%s<pref name=%s>\n%s%s</pref>\n" % (
                pad, quoteattr(name), inner, pad)
        v = node[0]
        if isinstance(v, (list, tuple)):
            inner = "".join("%s\t<item value=%s/>\n" % (pad, quoteattr(x))
                            for x in v)
            return "%s<pref name=%s type='pathlist'>\n%s%s</pref>\n" % (
                pad, quoteattr(name), inner, pad)
        return "%s<pref name=%s type='%s' value=%s/>\n" % (
            pad, quoteattr(name), typed(v)[0],
            quoteattr(v if isinstance(v, str) else "%d" % v))
    return ("<?xml version='1.0' encoding='UTF-8' ?>\n\n"
            "<pref version='1' name='/'>\n"
            + "".join(emit(k, v, 1) for k, v in tree.items()) + "</pref>\n")


def blist_xml(accounts, buddies, merged):
    """merged: users whose buddies on all accounts make one contact."""
    contacts = {}
    for a in accounts:
        for b in buddies:
            if b != a.user:
                key = b if b in merged else (a.name, b)
                contacts.setdefault(key, []).append(
                    "<buddy account=%s proto='%s'><name>%s</name>"
                    "<alias>%s</alias></buddy>" % (
                        quoteattr(a.name), a.prpl, escape(a.buddy(b)),
                        a.alias(b)))
    return ("<?xml version='1.0' encoding='UTF-8' ?>\n\n"
            "<purple version='1.0'>\n\t<blist>\n"
            "\t\t<group name='" + GROUP + "'>\n"
            + "".join("\t\t\t<contact>%s</contact>\n" % "".join(c)
                      for c in contacts.values())
            + "\t\t</group>\n\t</blist>\n\t<privacy>\n"
            + "".join("\t\t<account proto='%s' name=%s mode='1'/>\n"
                      % (a.prpl, quoteattr(a.name)) for a in accounts)
            + "\t</privacy>\n</purple>\n")


def installed(path):
    """Is PATH a plugin of the distribution, loaded from where it is?"""
    return path.startswith("/usr/lib/")


def write(conf, ui, plugin_pref, accounts, plugins, buddies=BUDDIES,
          prefs=None, merged=()):
    """Make the profile CONF; plugins of ours are copied into it."""
    loaded = []
    for p in plugins:
        if not installed(p):
            d = os.path.join(conf, "plugins")
            os.makedirs(d, exist_ok=True)
            words = os.path.join(os.path.dirname(p), "locale")
            if os.path.isdir(words):
                shutil.copytree(words, os.path.join(d, "locale"),
                                dirs_exist_ok=True)
            p = shutil.copy(p, d)
        loaded.append(p)
    put(conf, "prefs.xml",
        prefs_xml({plugin_pref: loaded, **PREFS, **(prefs or {})}))
    put(conf, "accounts.xml",
        "<?xml version='1.0' encoding='UTF-8' ?>\n\n<account version='1.0'>\n"
        + "".join(a.xml(ui) for a in accounts) + "</account>\n")
    put(conf, "blist.xml", blist_xml(accounts, buddies, merged))


def put(conf, name, content):
    with open(os.path.join(conf, name), "w") as f:
        f.write(content)


def put_pounce(conf, ui, account, user, text):
    """A buddy pounce: send TEXT when USER signs on."""
    put(conf, "pounces.xml", POUNCE % (
        ui, account.prpl, escape(account.name), escape(account.buddy(user)),
        escape(text)))
