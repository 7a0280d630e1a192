"""A small tracker on loopback: HTTP (BEP 3, 23) and UDP (BEP 15), remembering every announce."""

import contextlib
import http.server
import socket
import struct
import threading
import time
import urllib.parse

import libtorrent as lt

PROTOCOL = 0x41727101980
EVENTS = {0: "", 1: "completed", 2: "started", 3: "stopped"}


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


class _Server6(_Server):
    address_family = socket.AF_INET6


class Tracker:
    """Peers are told apart by port: all are on the address of the tracker. The `source` of an announce is the port that it came from.

    scraped: seeders, leechers, downloads; then announces tell none of them.
    """

    def __init__(self, port, interval=1800, host="127.0.0.1", scraped=None):
        self.port = port
        self.host = host
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.interval = interval
        self.announces = []
        self.scrapes = []  # hashes that were asked for
        self._scraped = scraped
        self.swarms = {}
        self.udp_sources = set()
        self._lock = threading.Lock()
        tracker = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = tracker.answer(self.path, self.client_address[1])
                with contextlib.suppress(ConnectionError):  # a client that ends does not wait for the answer to `stopped`
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self._http = (_Server6 if ":" in host else _Server)((host, port), Handler)
        self._udp = socket.socket(self._family, socket.SOCK_DGRAM)
        self._udp.bind((host, port))
        self._udp.settimeout(0.2)
        self._open = True
        self._threads = [threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
                         threading.Thread(target=self._serve_udp, daemon=True)]
        for thread in self._threads:
            thread.start()

    @property
    def http_url(self):
        return f"http://{self._place}/announce"

    @property
    def udp_url(self):
        return f"udp://{self._place}/announce"

    @property
    def _place(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _compact(self, peers):
        """BEP 23, 7 and 15."""
        return b"".join(socket.inet_pton(self._family, self.host) + struct.pack(">H", port) for port in peers)

    def events(self, info_hash=None):
        """Events in order of arrival, '' for a regular announce."""
        with self._lock:
            return [a["event"] for a in self.announces if info_hash in (None, a["info_hash"])]

    def answer(self, path, source):
        parts = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(parts.query, encoding="latin-1")
        first = {k: v[0] for k, v in query.items()}
        if parts.path.endswith("/scrape"):
            info_hash = first["info_hash"].encode("latin-1")
            seeds, leechers, downloads = self._scrape(info_hash)
            return lt.bencode({"files": {info_hash: {"complete": seeds, "incomplete": leechers, "downloaded": downloads}}})
        info_hash = first["info_hash"].encode("latin-1")
        peers = self._record("http", source, info_hash, first["peer_id"].encode("latin-1"), int(first["port"]),
                             int(first["left"]), first.get("event", ""), int(first["downloaded"]), int(first["uploaded"]))
        seeds, leechers = self._counts(info_hash)
        sizes = {} if self._scraped else {"complete": seeds, "incomplete": leechers}
        key = "peers6" if ":" in self.host else "peers"
        return lt.bencode({"interval": self.interval, **sizes, key: self._compact(peers)})

    def _record(self, kind, source, info_hash, peer_id, port, left, event, downloaded, uploaded):
        with self._lock:
            self.announces.append({"kind": kind, "source": source, "info_hash": info_hash.hex(), "peer_id": peer_id, "port": port, "left": left,
                                   "event": event, "downloaded": downloaded, "uploaded": uploaded, "at": time.monotonic()})
            swarm = self.swarms.setdefault(info_hash, {})
            if event == "stopped":
                swarm.pop(port, None)
            else:
                swarm[port] = left
            return [p for p in swarm if p != port]

    def _counts(self, info_hash):
        with self._lock:
            swarm = self.swarms.get(info_hash, {})
            seeds = sum(1 for left in swarm.values() if left == 0)
            return seeds, len(swarm) - seeds

    def _scrape(self, info_hash):
        self.scrapes.append(info_hash)
        return self._scraped or (*self._counts(info_hash), 0)

    def _serve_udp(self):
        while self._open:
            try:
                packet, address = self._udp.recvfrom(2048)
            except (TimeoutError, OSError):
                continue
            self.udp_sources.add(address[1])
            answer = self._udp_answer(packet, address[1])
            if answer:
                with contextlib.suppress(OSError):  # closed meanwhile
                    self._udp.sendto(answer, address)

    def _udp_answer(self, packet, source):
        connection, action, transaction = struct.unpack(">QII", packet[:16])
        if action == 0 and connection == PROTOCOL:
            return struct.pack(">IIQ", 0, transaction, 42)
        if connection != 42:
            return struct.pack(">II", 3, transaction) + b"bad connection id"
        if action == 1:
            info_hash, peer_id, downloaded, left, uploaded, event = struct.unpack(">20s20sQQQI", packet[16:84])
            port, = struct.unpack(">H", packet[96:98])
            peers = self._record("udp", source, info_hash, peer_id, port, left, EVENTS[event], downloaded, uploaded)
            seeds, leechers = (-1, -1) if self._scraped else self._counts(info_hash)
            return struct.pack(">IIIii", 1, transaction, self.interval, leechers, seeds) + self._compact(peers)
        if action == 2:
            seeds, leechers, downloads = self._scrape(packet[16:36])
            return struct.pack(">IIIII", 2, transaction, seeds, downloads, leechers)
        return None

    def close(self):
        self._open = False
        self._http.shutdown()
        self._http.server_close()
        self._udp.close()
        for thread in self._threads:
            thread.join(20)
