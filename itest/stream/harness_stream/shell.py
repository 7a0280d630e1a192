"""The Gogo shell of a process that was started with it, over telnet."""

import contextlib
import re
import socket

from harness.waiting import wait_until

PROMPT = b"g! "


def arguments():
    return ("--with", "shell")


def environment(port, home):
    """What a process is started with so that its shell listens; JDK_JAVA_OPTIONS knows quotes."""
    profile = home / "etc" / "gosh_profile"  # its own lies in its bundle, where it could not read it
    profile.parent.mkdir(parents=True)
    profile.write_text("prompt = 'g! '\n")
    return {"JDK_JAVA_OPTIONS": f'-Dgosh.home={home} "-Dgosh.args=--nointeractive --noshutdown --command telnetd -i 127.0.0.1 -p {port} start"'}


class Shell:
    def __init__(self, port):
        self._socket = wait_until(lambda: self._connected(port), 60, "the shell listens")
        self._socket.settimeout(60)
        self._answer()

    def _connected(self, port):
        with contextlib.suppress(OSError):
            return socket.create_connection(("127.0.0.1", port), 5)
        return None

    def _answer(self):
        text = b""
        while not text.endswith(PROMPT):
            part = self._socket.recv(4096)
            assert part, f"the shell has gone: {text}"
            text += part
        return text.decode(errors="replace")

    def say(self, line):
        self._socket.sendall(line.encode() + b"\n")
        return self._answer()

    def reload(self, symbolic_name):
        """Replaces a bundle by itself: stop, new class loader, start."""
        listed = self.say("lb -s")
        [number] = re.findall(rf"^\s*(\d+)\|Active\s*\|[^|]*\|{re.escape(symbolic_name)} ?\b(?![.\w])", listed, re.MULTILINE)
        answer = self.say(f"update {number}")
        assert "xception" not in answer, answer

    def close(self):
        self._socket.close()
