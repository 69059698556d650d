# SPDX-License-Identifier: GPL-2.0-or-later
"""A SOCKS 5 proxy in little, that writes down who went where."""
import socket
import struct
import threading


def _pump(src, dst):
    try:
        while data := src.recv(65536):
            dst.sendall(data)
    except OSError:
        pass
    for s in (src, dst):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Socks:
    def __init__(self):
        self.log = []               # (host as it was asked for, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(c,),
                             daemon=True).start()

    def _read(self, c, n):
        data = b""
        while len(data) < n:
            more = c.recv(n - len(data))
            if not more:
                raise OSError("closed")
            data += more
        return data

    def _serve(self, c):
        try:
            _, n = self._read(c, 2)
            self._read(c, n)
            c.sendall(b"\5\0")
            _, command, _, kind = self._read(c, 4)
            if kind == 3:
                host = self._read(c, self._read(c, 1)[0]).decode()
            else:
                host = socket.inet_ntoa(self._read(c, 4))
            port, = struct.unpack(">H", self._read(c, 2))
            assert command == 1
            self.log.append((host, port))
            u = socket.create_connection(("127.0.0.1", port), 5)
            u.settimeout(None)
            c.sendall(b"\5\0\0\1\x7f\0\0\1" + struct.pack(">H", port))
        except OSError:
            c.close()
            return
        threading.Thread(target=_pump, args=(c, u), daemon=True).start()
        _pump(u, c)

    def close(self):
        self.listener.close()
