"""Proxies on loopback that remember what went through them: SOCKS 4(a), SOCKS 5 with and without login and with UDP, HTTP CONNECT."""

import base64
import contextlib
import select
import socket
import struct
import threading

PATIENCE = 20


class Proxy:
    """Serves one protocol. `targets` has every address that was asked for, a name where a name was given."""

    def __init__(self, kind, port, login=None, names=None, udp=True):
        self.kind = kind
        self.port = port
        self.login = login
        self.names = names or {}
        self.udp = udp  # SOCKS 5: whether it carries datagrams
        self.refused_associations = 0
        self.targets = []
        self.sources = set()  # local addresses of the connections that it makes
        self.udp_targets = []
        self.refused_logins = 0
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", port), reuse_port=False)
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while self._open:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError, EOFError):
            client.settimeout(PATIENCE)
            serve = {"socks4": self._socks4, "socks5": self._socks5, "http": self._http}[self.kind]
            upstream = serve(client)
            if upstream is not None:
                with upstream:
                    _pump(client, upstream)

    def _connect(self, host, port):
        with self._lock:
            self.targets.append((host, port))
        upstream = socket.create_connection((self.names.get(host, host), port), timeout=PATIENCE)
        with self._lock:
            self.sources.add(upstream.getsockname()[1])
        return upstream

    def _socks4(self, client):
        head = _exactly(client, 8)
        version, command, port = struct.unpack(">BBH", head[:4])
        assert (version, command) == (4, 1), head
        user = _until(client, b"\0")
        named = head[4:7] == b"\0\0\0" and head[7] != 0
        host = _until(client, b"\0").decode() if named else socket.inet_ntoa(head[4:])
        if self.login and user.decode() != self.login[0]:
            self.refused_logins += 1
            client.sendall(b"\0\x5d" + bytes(6))
            return None
        try:
            upstream = self._connect(host, port)
        except OSError:
            client.sendall(b"\0\x5b" + bytes(6))
            return None
        client.sendall(b"\0\x5a" + bytes(6))
        return upstream

    def _socks5(self, client):
        version, count = _exactly(client, 2)
        assert version == 5
        methods = _exactly(client, count)
        if self.login:
            if 2 not in methods:
                client.sendall(b"\x05\xff")
                return None
            client.sendall(b"\x05\x02")
            _exactly(client, 1)
            user = _exactly(client, _exactly(client, 1)[0]).decode()
            password = _exactly(client, _exactly(client, 1)[0]).decode()
            if (user, password) != self.login:
                self.refused_logins += 1
                client.sendall(b"\x01\x01")
                return None
            client.sendall(b"\x01\x00")
        else:
            client.sendall(b"\x05\x00")
        _, command, _, kind = _exactly(client, 4)
        host, port = _read_address(kind, lambda n: _exactly(client, n))
        if command == 3 and not self.udp:
            self.refused_associations += 1
            client.sendall(b"\x05\x07\x00\x01" + bytes(6))
            return None
        if command == 3:
            self._associate(client)
            return None
        try:
            upstream = self._connect(host, port)
        except OSError:
            client.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return None
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        return upstream

    def _associate(self, client):
        inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with inside, outside:
            inside.bind(("127.0.0.1", 0))
            outside.bind(("127.0.0.1", 0))
            with self._lock:
                self.sources.add(outside.getsockname()[1])
            client.sendall(b"\x05\x00\x00\x01" + bytes(4) + struct.pack(">H", inside.getsockname()[1]))
            asker = None
            while self._open:
                ready, _, _ = select.select([client, inside, outside], [], [], 0.2)
                if client in ready and not client.recv(1):
                    return
                if inside in ready:
                    packet, asker = inside.recvfrom(65536)
                    self._relay_out(packet, outside)
                if outside in ready and asker:
                    packet, (host, port) = outside.recvfrom(65536)
                    inside.sendto(b"\0\0\0\x01" + socket.inet_aton(host) + struct.pack(">H", port) + packet, asker)

    def _relay_out(self, packet, outside):
        rest = bytearray(packet[4:])

        def take(count):
            taken, rest[:] = bytes(rest[:count]), rest[count:]
            return taken

        host, port = _read_address(packet[3], take)
        with self._lock:
            self.udp_targets.append((host, port))
        outside.sendto(bytes(rest), (self.names.get(host, host), port))

    def _http(self, client):
        head = _until(client, b"\r\n\r\n").decode("latin-1")
        line, *fields = head.split("\r\n")
        method, authority, _ = line.split(" ")
        if self.login:
            wanted = "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
            if f"Proxy-Authorization: {wanted}" not in fields:
                self.refused_logins += 1
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return None
        assert method == "CONNECT", line
        host, port = authority.rsplit(":", 1)
        try:
            upstream = self._connect(host.strip("[]"), int(port))
        except OSError:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return None
        client.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
        return upstream

    def close(self):
        self._open = False
        # a blocked accept() does not notice a closed socket
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def _exactly(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _until(sock, end):
    data = b""
    while not data.endswith(end):
        data += _exactly(sock, 1)
    return data[: -len(end)]


def _read_address(kind, take):
    if kind == 1:
        host = socket.inet_ntoa(take(4))
    elif kind == 4:
        host = socket.inet_ntop(socket.AF_INET6, take(16))
    else:
        host = take(take(1)[0]).decode()
    return host, struct.unpack(">H", take(2))[0]


def _pump(one, other):
    one.settimeout(None)
    other.settimeout(None)

    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join(PATIENCE)
