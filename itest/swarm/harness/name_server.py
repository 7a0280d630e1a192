"""A name server (RFC 1035) that remembers what it was asked, and a way to start engines whose system asks it and nobody else."""

import contextlib
import pathlib
import shlex
import socket
import struct
import threading

PORT = 53
A, INTERNET = 1, 1
ANSWER, NO_SUCH_NAME = 0x8180, 0x8183
LIFE_SECONDS = 60


class NameServer:
    """On 127.0.0.1, in a network of one's own; `names`: name → address of IPv4. `questions` has every name that was asked for."""

    def __init__(self, names):
        self.names = names
        self.questions = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", PORT))
        self._socket.settimeout(0.2)
        self._open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while self._open:
            with contextlib.suppress(TimeoutError):
                question, source = self._socket.recvfrom(2048)
                self._socket.sendto(self._answer(question), source)

    def _answer(self, packet):
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode())
            at += 1 + packet[at]
        name, (kind,) = ".".join(labels), struct.unpack_from(">H", packet, at + 1)
        self.questions.append(name)
        address = self.names.get(name)
        records = b""
        if address and kind == A:
            records = struct.pack(">HHHIH", 0xC00C, A, INTERNET, LIFE_SECONDS, 4) + socket.inet_aton(address)
        head = struct.pack(">HHHHH", ANSWER if address else NO_SUCH_NAME, 1, 1 if records else 0, 0, 0)
        return packet[:2] + head + packet[12:at + 5] + records

    def close(self):
        self._open = False
        self._thread.join(5)
        self._socket.close()


def asking(directory, command):
    """The command line of a program for which 127.0.0.1 is the only name server, whatever holds for the rest of the machine; needs root."""
    directory = pathlib.Path(directory)
    (directory / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    (directory / "nsswitch.conf").write_text("hosts: files dns\n")
    mount = " && ".join(f"mount --bind {shlex.quote(str(directory / name))} /etc/{name}" for name in ("resolv.conf", "nsswitch.conf"))
    return shlex.join(["unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh", *shlex.split(command)])
