"""A small WebSocket client (RFC 6455): text messages, pings, close; enough for a brain and no more."""

import base64
import contextlib
import os
import queue
import socket
import struct
import threading

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Refused(Exception):
    def __init__(self, status):
        super().__init__(f"HTTP {status} instead of 101")
        self.status = status


class WebSocket:
    def __init__(self, port, path, headers=()):
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *(f"{k}: {v}" for k, v in headers)]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._buffer = b""
        head = self._until(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            self._socket.close()
            raise Refused(status)
        self._socket.settimeout(None)
        self.messages = queue.Queue()
        self.close_code = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _until(self, mark):
        while mark not in self._buffer:
            more = self._socket.recv(4096)
            if not more:
                raise ConnectionError("closed while connecting")
            self._buffer += more
        head, _, self._buffer = self._buffer.partition(mark)
        return head

    def _exactly(self, count):
        while len(self._buffer) < count:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("closed")
            self._buffer += more
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _read(self):
        with contextlib.suppress(OSError):
            while True:
                first, second = self._exactly(2)
                length = second & 0x7F
                if length == 126:
                    length = struct.unpack(">H", self._exactly(2))[0]
                elif length == 127:
                    length = struct.unpack(">Q", self._exactly(8))[0]
                data = self._exactly(length)
                kind = first & 0x0F
                if kind == PING:
                    self._send(PONG, data)
                elif kind == CLOSE:
                    self.close_code = struct.unpack(">H", data[:2])[0] if len(data) >= 2 else 1005
                    break
                elif kind == TEXT:
                    self.messages.put(data.decode())
        self.messages.put(None)

    def _send(self, kind, data):
        mask = os.urandom(4)
        length = len(data)
        if length < 126:
            head = struct.pack(">BB", 0x80 | kind, 0x80 | length)
        elif length < 65536:
            head = struct.pack(">BBH", 0x80 | kind, 0x80 | 126, length)
        else:
            head = struct.pack(">BBQ", 0x80 | kind, 0x80 | 127, length)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
        with self._lock:
            self._socket.sendall(head + mask + masked)

    def send(self, text):
        self._send(TEXT, text.encode())

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)
