# SPDX-License-Identifier: GPL-2.0-or-later
"""A bouncer in little: one connection to an IRC server, shared by several
clients of one user under one nick.

What one of them writes to a person comes back to the others and to itself,
in both of the forms that bouncers use:

self  :bob!u@h PRIVMSG alice :text     (self-message, echo-message)
back  :bob!u@h PRIVMSG bob :text       (as if bob had written to himself)
"""
import socket
import threading


class Bouncer:
    def __init__(self, server, nick):
        self.server, self.nick = server, nick
        self.clients, self.up = [], None
        self.lock = threading.RLock()
        self.copies, self.joined = 0, set()
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._client, args=(c,),
                             daemon=True).start()

    def _connect(self):
        self.up = socket.create_connection(("127.0.0.1", self.server.port), 5)
        self.up.settimeout(None)
        n = self.nick.encode()
        self.up.sendall(b"NICK %s\r\nUSER %s 0 * :%s\r\n" % (n, n, n))
        threading.Thread(target=self._upstream, daemon=True).start()

    def _upstream(self):
        for line in self.up.makefile("rb"):
            if line.startswith(b"PING"):
                self.up.sendall(b"PONG" + line[4:])
                continue
            if line.split(b" ")[1:2] in ([b"001"], [b"376"], [b"422"]):
                continue             # each client got a welcome of ours
            with self.lock:
                self._to(self.clients, line)

    def _to(self, socks, line):
        for s in list(socks):
            try:
                s.sendall(line)
            except OSError:
                pass

    def _client(self, sock):
        try:
            for line in sock.makefile("rb"):
                with self.lock:
                    self._line(sock, line)
        except OSError:
            pass
        with self.lock:
            if sock in self.clients:
                self.clients.remove(sock)
        sock.close()

    def _line(self, sock, line):
        word = line.split(b" ", 1)[0].strip().upper()
        n = self.nick.encode()
        if word == b"USER":
            if self.up is None:
                self._connect()
            sock.sendall(b":irc.test 001 %s :Welcome %s!u@h\r\n"
                         b":irc.test 376 %s :End of MOTD\r\n" % (n, n, n))
            self.clients.append(sock)
        elif word == b"PING":
            sock.sendall(b":irc.test PONG irc.test " + line[5:])
        elif word == b"JOIN" and line in self.joined:
            # the server would be silent: we are in it
            room = line.split()[1]
            sock.sendall(b":%s!u@127.0.0.1 JOIN %s\r\n" % (n, room))
            self.up.sendall(b"NAMES %s\r\n" % room)
        elif word not in (b"NICK", b"PASS", b"CAP", b"QUIT"):
            self.up.sendall(line)
            if word == b"JOIN":
                self.joined.add(line)
            if word == b"PRIVMSG" and b" #" not in line[:12]:
                self._copy(line)

    def _copy(self, line):
        n = self.nick.encode()
        back = b"PRIVMSG %s %s" % (n, line.split(b" ", 2)[2])
        self.copies += 1
        for x in (line, back):
            self._to(self.clients, b":%s!u@127.0.0.1 %s" % (n, x))

    def close(self):
        for s in [self.listener, self.up] + self.clients:
            try:
                s.shutdown(socket.SHUT_RDWR)
                s.close()
            except (OSError, AttributeError):
                pass
