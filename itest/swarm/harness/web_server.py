"""An HTTP server that holds files, as a web seed; it counts and can misbehave."""

import http.server
import pathlib
import re
import threading
import urllib.parse


class WebServer:
    """Serves a directory on loopback; `misbehave(handler, data)` may answer in another way (true: it did)."""

    def __init__(self, root, misbehave=None, ranges=True):
        self.root = pathlib.Path(root)
        self.requests = []
        self.sources = set()  # ports that requests came from
        self.sent = 0
        self._counting = threading.Lock()
        self.misbehave = misbehave
        self.ranges = ranges
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # as web servers do: a small body does not wait until its head is acknowledged

            def do_GET(self):
                server.serve(self)

            def log_message(self, *args):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self):
        return self.http.server_port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def serve(self, handler):
        self.sources.add(handler.client_address[1])
        self.requests.append((handler.path, handler.headers.get("Range")))
        path = self.root / urllib.parse.unquote(urllib.parse.urlsplit(handler.path).path).lstrip("/")
        if not path.is_file():
            handler.send_error(404)
            return
        data = path.read_bytes()
        if self.misbehave and self.misbehave(handler, data):
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", handler.headers.get("Range", ""))
        if wanted and self.ranges:
            first, last = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
            body = data[first:last + 1]
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        else:
            body = data
            handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            handler.wfile.write(body)
            with self._counting:
                self.sent += len(body)
        except OSError:
            handler.close_connection = True  # the client has seen enough

    def close(self):
        self.http.shutdown()
        self.http.server_close()
