"""A DHT node that knows one torrent's peers and remembers who asked it what (BEP 5)."""

import contextlib
import socket
import struct
import threading

import libtorrent as lt

ID = bytes(range(20))


class DhtNode:
    """Answers on loopback; names `peers`, ports on loopback, whatever torrent is asked for."""

    def __init__(self, port, peers):
        self.port = port
        self.sources = set()  # ports that something came from, a datagram of the DHT or not
        self.queries = []
        self._peers = [socket.inet_aton("127.0.0.1") + struct.pack(">H", peer) for peer in peers]
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(0.2)
        self._open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while self._open:
            try:
                packet, address = self._socket.recvfrom(2048)
            except (TimeoutError, OSError):
                continue
            self.sources.add(address[1])
            with contextlib.suppress(RuntimeError, KeyError, TypeError, OSError):
                message = lt.bdecode(packet)
                query = message[b"q"]
                self.queries.append(query.decode())
                self._socket.sendto(lt.bencode({"t": message[b"t"], "y": "r", "r": self._values(query)}), address)

    def _values(self, query):
        values = {"id": ID}
        if query in (b"find_node", b"get_peers"):
            values["nodes"] = b""
        if query == b"get_peers":
            values["token"] = b"token"
            values["values"] = self._peers
        return values

    def close(self):
        self._open = False
        self._thread.join(5)
        self._socket.close()
