"""A line for uTP (BEP 29) on loopback that loses packets, changes their order and lets only small ones through; it remembers what passed."""

import collections
import random
import select
import socket
import threading
import time

HOST = "127.0.0.2"
SELECTIVE_ACK = 1
STATE, SYN = 2, 4
HEADER_BYTES = 20
LATEST_SECONDS = 0.01  # that a packet waits for the next one, which is to overtake it
ROOM_BYTES = 4 << 20


class Way:
    """One direction. Its figures are for the threads of tests to read."""

    def __init__(self, chance):
        self.chance = chance
        self.passed = 0
        self.passed_bytes = 0
        self.lost = 0
        self.swapped = 0
        self.largest = 0  # bytes of a datagram that passed
        self.since_largest = collections.Counter()  # sizes of those that passed from the first one of the largest size on
        self.too_large = collections.Counter()  # sizes of those that did not fit
        self.selective_acks = collections.Counter()  # their lengths in bytes
        self.broken = []  # what passed and is no packet of uTP
        self.held = collections.deque()  # (when it must go, packet, how to send it)


class LossyLine:
    """Takes datagrams at a port and passes them on to the same one of 127.0.0.1, and answers back: who dials it has a link with the target.

    It is a machine of its own, `HOST`. Peers tell each other the ports at which they listen, and dial these when a link ends; at this address
    the target's is the line's, and nobody is at the dialler's. So no link goes around the line.

    `up` is the way to the target, `down` the one back. Both have their own chance from the seed; `loss` and `swaps` are probabilities. `limit` is
    the bytes of the largest UDP payload that fits on the way up, None: any. There is none down: what was too large libtorrent sends again as it
    is, and leaves it to routers to cut it up, which a line of datagrams cannot do. With `one_syn` the first SYN of a connection and its answer
    pass without fail, and no SYN that repeats it does.
    """

    def __init__(self, target, seed, loss=0.0, swaps=0.0, limit=None, one_syn=False):
        self.address = (HOST, target)
        self.up, self.down = Way(random.Random(f"up {seed}")), Way(random.Random(f"down {seed}"))
        self._target = ("127.0.0.1", target)
        self._loss, self._swaps, self._limit = loss, swaps, limit
        self._one_syn = one_syn
        self._syns = set()  # connection ids and numbers of those that passed
        self._front = _socket(target)
        self._clients = {}  # where somebody dials from → the socket that speaks for him
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while self._open:
            held = [way.held[0][0] for way in (self.up, self.down) if way.held]
            patience = max(0, min(held) - time.monotonic()) if held else 0.1
            ready, _, _ = select.select([self._front, *self._clients.values()], [], [], patience)
            for sock in ready:
                self._take(sock)
            for way in (self.up, self.down):
                while way.held and way.held[0][0] <= time.monotonic():
                    _release(way)

    def _take(self, sock):
        try:
            packet, source = sock.recvfrom(65536)
        except OSError:
            return  # the answer of a port where nobody is
        if sock is not self._front:
            client = next(address for address, each in self._clients.items() if each is sock)
            self._carry(self.down, packet, lambda: self._front.sendto(packet, client))
            return
        if source not in self._clients:
            self._clients[source] = _socket(0)
        back = self._clients[source]
        self._carry(self.up, packet, lambda: back.sendto(packet, self._target))

    def _carry(self, way, packet, send):
        if self._one_syn and self._greets(way, packet, send):
            return
        if way is self.up and self._limit and len(packet) > self._limit:
            way.too_large[len(packet)] += 1
        elif way.chance.random() < self._loss:
            way.lost += 1
        elif way.chance.random() < self._swaps:
            way.held.append((time.monotonic() + LATEST_SECONDS, packet, send))
        else:
            _pass(way, packet, send)
            while way.held:
                way.swapped += 1
                _release(way)

    def _greets(self, way, packet, send):
        """Whether it was a SYN, or the answer to one; these are done with."""
        kind, number, seq, ack = packet[0] >> 4, packet[2:4], packet[16:18], packet[18:20]
        if way is self.up and kind == SYN:
            if (number, seq) not in self._syns:
                self._syns.add((number, seq))
                _pass(way, packet, send)
            return True
        if way is self.down and kind == STATE and (number, ack) in self._syns:
            _pass(way, packet, send)
            return True
        return False

    def close(self):
        self._open = False
        self._thread.join(5)
        assert not self._thread.is_alive(), "the line does not end"
        for sock in (self._front, *self._clients.values()):
            sock.close()


def extensions(packet):
    """Type → content of the extensions of a packet; raises ValueError when it is no packet of uTP."""
    if len(packet) < HEADER_BYTES or packet[0] & 0x0F != 1 or packet[0] >> 4 > 4:
        raise ValueError(f"no header of uTP: {packet[:HEADER_BYTES].hex()}")
    found, kind, at = {}, packet[1], HEADER_BYTES
    while kind:
        if at + 2 > len(packet) or at + 2 + packet[at + 1] > len(packet):
            raise ValueError(f"an extension without an end: {packet[:64].hex()}")
        found[kind] = packet[at + 2:at + 2 + packet[at + 1]]
        kind, at = packet[at], at + 2 + packet[at + 1]
    return found


def _release(way):
    _, packet, send = way.held.popleft()
    _pass(way, packet, send)


def _pass(way, packet, send):
    try:
        acks = extensions(packet).get(SELECTIVE_ACK)
        if acks is not None:
            way.selective_acks[len(acks)] += 1
    except ValueError as fault:
        way.broken.append(str(fault))
    way.passed += 1
    way.passed_bytes += len(packet)
    if len(packet) > way.largest:
        way.largest = len(packet)
        way.since_largest.clear()
    way.since_largest[len(packet)] += 1
    try:
        send()
    except OSError:
        pass  # nobody is there any more


def _socket(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # Else a burst is lost here, where nobody counts it.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
    sock.bind((HOST, port))
    return sock
