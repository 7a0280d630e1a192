"""What hostile servers over TCP have in common: a thread for each connection, and an end that leaves none behind."""

import contextlib
import socket
import threading


class Listener:
    """Calls _run(socket) of its subclass for every connection, each on a thread of its own; _run looks at `stopped`."""

    def __init__(self, port, host="127.0.0.1"):
        self.port = port
        self.host = host
        self._stop = threading.Event()
        self._listener = socket.create_server((host, port))
        self._listener.settimeout(0.2)
        self._connections = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def stopped(self):
        return self._stop.is_set()

    def _run(self, sock):
        raise NotImplementedError

    def _accept(self):
        while not self.stopped:
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            thread = threading.Thread(target=self._run, args=(sock,), daemon=True)
            self._connections.append(sock)
            self._threads.append(thread)
            thread.start()

    def close(self):
        """Ends all connections and waits until nobody answers any more."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends accept()
        self._threads[0].join(20)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive(), f"a connection of {type(self).__name__} does not end"

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        self.close()
