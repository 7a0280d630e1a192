"""A DHT of our own on loopback: nodes of libtorrent, one that remembers who asked it what, one that asks by hand (BEP 5)."""

import contextlib
import os
import socket
import struct
import threading

import libtorrent as lt

from .waiting import Deadline, Timeout, wait_until

ID = bytes(range(20))
ANSWER_SECONDS = 20
AGAIN_SECONDS = 0.3
LOOPBACK_DHT = {
    "enable_dht": True,
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    "dht_enforce_node_id": False,
    "dht_prefer_verified_node_ids": False,
    "dht_ignore_dark_internet": False,
    "dht_block_ratelimit": 1000,
    "dht_max_peers_reply": 100,
    "dht_upload_rate_limit": 1_000_000,  # beyond it libtorrent drops queries, which are asked again much later
    "dht_bootstrap_nodes": "",
}


def introduce(acquaintances):
    """Tells each session of these others until it knows them."""
    left = dict(acquaintances)

    def all_know_some():
        for session, others in list(left.items()):
            for other in others:
                session.session.add_dht_node((other.host.strip("[]"), other.port))
            if session.session.status().dht_nodes >= min(5, len(others)):
                del left[session]
        return not left

    wait_until(all_know_some, 30, "the nodes know their neighbours", poll=0.2)


class DhtNode:
    """Answers on loopback; names `peers`, ports on loopback, whatever torrent is asked for."""

    def __init__(self, port, peers):
        self.port = port
        self.sources = set()  # ports that something came from, a datagram of the DHT or not
        self.queries = []
        self.torrents = {}  # kind of question → hashes that it was about
        self.read_only = set()  # of BEP 43: 1 is in it once somebody asked as one who answers nothing, 0 once somebody did not
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
                self.read_only.add(message.get(b"ro", 0))
                if b"info_hash" in message[b"a"]:
                    self.torrents.setdefault(query.decode(), set()).add(message[b"a"][b"info_hash"])
                self._socket.sendto(lt.bencode({"t": message[b"t"], "y": "r", "r": self._values(query)}), address)

    def asked_about(self, info_hash):
        """The kinds of questions about a torrent that came."""
        return {kind for kind, hashes in list(self.torrents.items()) if info_hash in hashes}

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


class Asker:
    """Asks nodes whatever a test wants, one question at a time. Reads only (BEP 43), or is a node that answers pings while it is looked at."""

    def __init__(self, port, host="127.0.0.1", read_only=True):
        self.id = os.urandom(20)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.place = socket.inet_pton(family, host) + struct.pack(">H", port)  # as nodes name it
        self.asked = []  # kinds of questions that came
        self._host = host
        self._read_only = read_only
        self._number = 0
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((host, port))

    def ask(self, port, query, /, **arguments):
        """What the node answers; the number of the error if it refuses."""
        self._number += 1
        transaction = struct.pack(">H", self._number)
        message = {"t": transaction, "y": "q", "q": query, "a": {"id": self.id, **arguments}}
        if self._read_only:
            message["ro"] = 1
        deadline = Deadline(ANSWER_SECONDS)
        while not deadline.passed:
            self._socket.sendto(lt.bencode(message), (self._host, port))
            again = Deadline(AGAIN_SECONDS)  # it may have begun only now
            while not again.passed:
                answer = self._receive(again.left)
                if answer and answer[b"y"] != b"q" and answer[b"t"] == transaction:
                    return answer[b"r"] if answer[b"y"] == b"r" else answer[b"e"][0]
        raise Timeout(f"no answer to {query} in {ANSWER_SECONDS} s")

    def hear(self):
        """Reads and answers what has come."""
        while self._receive(0.01):
            pass

    def _receive(self, seconds):
        """The next message, None if there is none in that time."""
        self._socket.settimeout(max(0.01, seconds))
        try:
            packet, address = self._socket.recvfrom(2048)
        except TimeoutError:
            return None
        message = lt.bdecode(packet)
        if message[b"y"] == b"q":
            self.asked.append(message[b"q"].decode())
            self._socket.sendto(lt.bencode({"t": message[b"t"], "y": "r", "r": {"id": self.id}}), address)
        return message

    def close(self):
        self._socket.close()
