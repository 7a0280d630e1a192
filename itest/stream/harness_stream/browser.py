"""Chromium with a page that has one <video>."""

import http.server
import threading

from harness.browser import Browser
from harness.waiting import wait_until

PAGE = b"<!doctype html><title>player</title><video id=v muted width=320></video>"


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *arguments):
        pass


class VideoPage:
    def __init__(self, work):
        self._browser = Browser(work)
        self._pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
        threading.Thread(target=self._pages.serve_forever, daemon=True).start()
        self._browser.open(f"http://127.0.0.1:{self._pages.server_port}/")

    def play(self, url):
        self._browser.run(
            "const v = document.getElementById('v'); window.events = [];"
            "for (const e of ['loadedmetadata','playing','seeking','seeked','waiting','stalled','ended','error'])"
            " v.addEventListener(e, () => window.events.push(e));"
            "v.src = arguments[0]; v.play().catch(() => 0);", url)

    def state(self):
        return self._browser.run(
            "const v = document.getElementById('v');"
            "return {time: v.currentTime, length: v.duration, ended: v.ended, seeking: v.seeking,"
            " error: v.error && v.error.message, events: window.events};")

    def seek(self, seconds):
        self._browser.run("document.getElementById('v').currentTime = arguments[0];", seconds)

    def wait(self, condition, seconds, what):
        def look():
            state = self.state()
            assert state["error"] is None, state
            return condition(state) and state

        return wait_until(look, seconds, what)

    def close(self):
        self._browser.close()
        self._pages.shutdown()
