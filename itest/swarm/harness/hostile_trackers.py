"""Trackers that lie, stall and flood: a behaviour each, over a raw socket, because no HTTP library would say such things."""

import contextlib
import os
import random
import socket
import struct
import threading
import time
import zlib

import libtorrent as lt

from .listener import Listener

MIB = 1 << 20
REQUEST_BYTES = 16_384


class Client:
    """One connection of the engine to a hostile tracker."""

    def __init__(self, sock, tracker, request):
        self.socket = sock
        self.tracker = tracker
        self.request = request

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, body, *headers, status="200 OK"):
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        self.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def redirect(self, to):
        self.answer(b"", f"Location: {to}", status="302 Found")

    def hold(self, seconds=60):
        """Keeps the connection until the engine closes it."""
        deadline = time.monotonic() + seconds
        self.socket.settimeout(0.2)
        while time.monotonic() < deadline and not self.tracker.stopped:
            try:
                if not self.socket.recv(65536):
                    return
            except TimeoutError:
                continue

    def pour(self, chunk, most):
        """Sends a chunk over and over; counts what the engine took."""
        self.socket.settimeout(20)
        sent = 0
        while sent < most and not self.tracker.stopped:
            self.socket.sendall(chunk)
            sent += len(chunk)
            self.tracker.poured = max(self.tracker.poured, sent)


class HostileHttp(Listener):
    """Runs a behaviour, a function of a Client, for every request. One thread a connection."""

    def __init__(self, port, behaviour):
        self.requests = []  # (path, monotonic time)
        self.poured = 0
        self._behaviour = behaviour
        super().__init__(port)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/announce"

    def _run(self, sock):
        with sock, contextlib.suppress(OSError):
            sock.settimeout(20)
            request = b""
            while b"\r\n\r\n" not in request and len(request) < REQUEST_BYTES:
                data = sock.recv(REQUEST_BYTES)
                if not data:
                    return
                request += data
            path = request.split(b" ")[1].decode("latin-1")
            self.requests.append((path, time.monotonic()))
            self._behaviour(Client(sock, self, path))


class HostileUdp:
    """answer(packet) → datagrams to send back."""

    def __init__(self, port, answer):
        self.port = port
        self.packets = 0
        self._answer = answer
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"udp://127.0.0.1:{self.port}/announce"

    def _run(self):
        while not self._stop.is_set():
            try:
                packet, address = self._socket.recvfrom(4096)
            except (TimeoutError, OSError):
                continue
            self.packets += 1
            for datagram in self._answer(packet):
                with contextlib.suppress(OSError):
                    self._socket.sendto(datagram, address)

    def close(self):
        self._stop.set()
        self._thread.join(20)
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        self.close()


def gzip_of_zeros(unpacked):
    """About a thousandth of that size. Its checksum is wrong: who reads that far has lost."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    mebibyte = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)  # stands alone, so it can be repeated
    return b"\x1f\x8b\x08" + bytes(7) + mebibyte * (unpacked // MIB) + packer.flush() + bytes(8)


def addresses(count, seed=1):
    """Compact peers on this machine, at ports where nobody listens."""
    chance = random.Random(seed)
    return b"".join(b"\x7f" + chance.randbytes(3) + struct.pack(">H", chance.randrange(1, 1000)) for _ in range(count))


def answer_of(**fields):
    value = {"interval": 1800, "peers": b""}
    value.update(fields)
    return lt.bencode({k.replace("_", " ") if k != "min_interval" else "min interval": v for k, v in value.items()})


def noise(count):
    return os.urandom(count)
