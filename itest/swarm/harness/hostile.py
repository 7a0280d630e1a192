"""A BEP 3 peer made by hand, to do what no client does. It also serves real pieces, so that it can lie about a few."""

import os
import random
import select
import socket
import struct
import time

import libtorrent as lt

from .listener import Listener
from .waiting import Deadline

PROTOCOL = b"\x13BitTorrent protocol"
BLOCK = 16 * 1024
FAST = bytes((0, 0, 0, 0, 0, 0, 0, 0x04))
EXTENDED = bytes((0, 0, 0, 0, 0, 0x10, 0, 0))
DHT = bytes((0, 0, 0, 0, 0, 0, 0, 0x01))
PLAIN = bytes(8)
CONNECT_SECONDS = 20
READ_SECONDS = 20

CHOKE, UNCHOKE, INTERESTED, NOT_INTERESTED, HAVE, BITFIELD, REQUEST, PIECE, CANCEL, PORT = range(10)
SUGGEST, HAVE_ALL, HAVE_NONE, REJECT, ALLOWED_FAST = range(0x0D, 0x12)
EXTENSION, HASH_REQUEST, HASHES, HASH_REJECT = range(20, 24)


def features(*bits):
    return bytes(sum(column) for column in zip(PLAIN, *bits))


def handshake(info_hash, peer_id=None, reserved=PLAIN):
    return PROTOCOL + reserved + info_hash + (peer_id or some_peer_id())


def some_peer_id():
    return b"-XX0000-" + os.urandom(12)


def frame(message, payload=b""):
    return struct.pack(">IB", 1 + len(payload), message) + payload


def numbers(message, *values):
    """A frame whose payload is big-endian numbers of 32 bits; negative ones wrap around."""
    return frame(message, b"".join(struct.pack(">I", v & 0xFFFFFFFF) for v in values))


def block(piece, begin, data):
    return frame(PIECE, struct.pack(">II", piece & 0xFFFFFFFF, begin & 0xFFFFFFFF) + data)


def extension(number, value, rest=b""):
    """A message of the extension protocol (BEP 10); value: bencoded already, or to be bencoded."""
    return frame(EXTENSION, bytes((number,)) + (value if isinstance(value, bytes) else lt.bencode(value)) + rest)


def bitfield(pieces, have=lambda piece: True):
    bits = bytearray((pieces + 7) // 8)
    for piece in filter(have, range(pieces)):
        bits[piece // 8] |= 0x80 >> piece % 8
    return frame(BITFIELD, bytes(bits))


def info_hash_of(payload):
    return payload.info.info_hash().to_bytes()


class Gone(Exception):
    """The engine has closed the link."""


class Peer:
    """One connection to an engine. Every wait has a limit. Use: with Peer.dial(…) as peer."""

    def __init__(self, sock):
        self.socket = sock
        self.socket.settimeout(CONNECT_SECONDS)
        self.theirs = b""  # the engine's handshake
        self.opened = time.monotonic()
        self._in = b""

    @classmethod
    def connect(cls, port, host="127.0.0.1", source=None):
        sock = socket.create_connection((host, port), CONNECT_SECONDS, source_address=(source, 0) if source else None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(sock)

    @classmethod
    def dial(cls, port, info_hash, peer_id=None, reserved=PLAIN, source=None):
        """Connects and shakes hands."""
        peer = cls.connect(port, source=source)
        try:
            peer.send(handshake(info_hash, peer_id, reserved))
            peer.theirs = peer.read_exactly(68)
        except BaseException:
            peer.close()
            raise
        return peer

    def answer(self, info_hash, peer_id=None, reserved=PLAIN):
        """The handshake of one who was dialled."""
        self.theirs = self.read_exactly(68)
        self.send(handshake(info_hash, peer_id, reserved))
        return self

    def send(self, data):
        try:
            self.socket.sendall(data)
        except TimeoutError:
            raise
        except OSError as e:
            raise Gone(str(e)) from None

    def try_send(self, data, seconds):
        """Sends as much as the engine takes in that time, by the clock; returns how many bytes that was, -1 when it has closed."""
        deadline = time.monotonic() + seconds
        view = memoryview(data)
        sent = 0
        self.socket.settimeout(0.1)
        try:
            while sent < len(view) and time.monotonic() < deadline:
                try:
                    sent += self.socket.send(view[sent:sent + 65536])
                except TimeoutError:
                    continue
                except OSError:
                    return -1
        finally:
            self.socket.settimeout(CONNECT_SECONDS)
        return sent

    def read_exactly(self, count, seconds=READ_SECONDS):
        return self._take(count, Deadline(seconds))

    def _take(self, count, deadline):
        while len(self._in) < count:
            self._receive(deadline)
        data, self._in = self._in[:count], self._in[count:]
        return data

    def _receive(self, deadline):
        self.socket.settimeout(max(0.01, deadline.left))
        try:
            data = self.socket.recv(262144)
        except TimeoutError:
            raise
        except OSError as e:
            raise Gone(str(e)) from None
        finally:
            self.socket.settimeout(CONNECT_SECONDS)
        if not data:
            raise Gone("end of stream")
        self._in += data

    def read(self, seconds=READ_SECONDS):
        """The next message: (id, payload); keep-alives are skipped."""
        return self._message(Deadline(seconds))

    def _message(self, deadline):
        while True:
            length, = struct.unpack(">I", self._take(4, deadline))
            if length:
                body = self._take(length, deadline)
                return body[0], body[1:]

    def read_until(self, wanted, seconds=READ_SECONDS):
        """Messages up to the first with that id; its payload."""
        deadline = Deadline(seconds)
        while True:
            message, payload = self._message(deadline)
            if message == wanted:
                return payload

    def is_silent(self, about, seconds):
        """Whether no message with that id comes in that time."""
        deadline = Deadline(seconds, by_the_clock=True)
        try:
            while self._message(deadline)[0] != about:
                pass
        except TimeoutError:
            return True
        return False

    def extension_ids(self):
        """Ids of the engine's extension handshake (BEP 10), up to which messages are read."""
        while True:
            payload = self.read_until(EXTENSION)
            if payload[0] == 0:
                return lt.bdecode(payload[1:])[b"m"]

    def settle(self, metadata_id):
        """Reads what the engine said before it took all that was sent to it: up to the answer to a question for metadata. Returns the ids.

        The link must have begun with an extension handshake of ours that names ut_metadata as 1.
        """
        self.send(extension(metadata_id, {"msg_type": 0, "piece": 0}))
        deadline, seen = Deadline(READ_SECONDS), set()
        while True:
            message, payload = self._message(deadline)
            if message == EXTENSION and payload[0] == 1:
                return seen
            seen.add(message)

    def closed_within(self, seconds):
        """Whether the engine closes the link in that time; what it still says is thrown away."""
        deadline = Deadline(seconds)
        try:
            while not deadline.passed:
                self._in = b""
                self._receive(deadline)
        except Gone:
            return True
        except TimeoutError:
            pass
        return False

    def reset(self):
        """Closes with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        self.close()


class Impostor(Listener):
    """Listens like a seed and serves real pieces, but for what a test overrides. One thread a link.

    serve(piece, begin, data) may return other data; None: no answer.
    script(impostor, peer) replaces the seed's part altogether, after the handshake.
    """

    def __init__(self, port, payload, serve=None, script=None, reserved=PLAIN, host="127.0.0.1"):
        self.links = 0
        self.served = 0
        self.requests = 0
        self._payload = payload
        self._hash = info_hash_of(payload)
        self._peer_id = some_peer_id()
        self._reserved = reserved
        self._serve = serve or (lambda piece, begin, data: data)
        self._script = script or Impostor.seed
        self._data = (payload.root / payload.name).read_bytes()
        super().__init__(port, host)

    def block_of(self, piece, begin, length):
        start = piece * self._payload.info.piece_length() + begin
        return self._data[start:start + length]

    def _run(self, sock):
        with Peer(sock) as peer:
            try:
                peer.answer(self._hash, self._peer_id, self._reserved)
                self.links += 1
                self._script(self, peer)
            except (Gone, TimeoutError, OSError):
                pass

    def seed(self, peer):
        peer.send(bitfield(self._payload.piece_count) + frame(UNCHOKE))
        self.answer_requests(peer)

    def answer_requests(self, peer):
        while not self.stopped:
            if not peer._in and not select.select([peer.socket], [], [], 0.2)[0]:
                continue
            message, payload = peer.read()
            if message == REQUEST:
                self.requests += 1
                piece, begin, length = struct.unpack(">III", payload)
                data = self._serve(piece, begin, self.block_of(piece, begin, length))
                if data is not None:
                    peer.send(block(piece, begin, data))
                    self.served += 1


def spoilt(data, chance=random.Random(7)):
    """The same block with one byte changed."""
    at = chance.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1:]
