"""A terminal without a person."""

import fcntl
import os
import pty
import struct
import termios
import threading

ROWS, COLUMNS = 40, 160


class Screen:
    """What programs draw on the descriptor `end`, which is a terminal."""

    def __init__(self):
        self._main, self.end = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._seen = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                part = os.read(self._main, 4096)
            except OSError:  # the other end is closed
                return
            self._seen.append(part)

    @property
    def text(self):
        """All that was drawn so far, with the sequences that move the cursor."""
        return b"".join(self._seen)

    def close(self):
        """The programs have ended; then text is complete."""
        os.close(self.end)
        self._reader.join(60)
        os.close(self._main)
