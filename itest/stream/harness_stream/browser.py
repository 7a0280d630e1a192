"""Chromium, driven by ChromeDriver over WebDriver (W3C): a page with one <video>."""

import contextlib
import http.server
import json
import pathlib
import socket
import subprocess
import threading
import urllib.request

from harness.waiting import wait_until

PAGE = b"<!doctype html><title>player</title><video id=v muted width=320></video>"


class Browser:
    def __init__(self, work):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._log = open(pathlib.Path(work) / "chromedriver.log", "wb")
        self._driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=self._log, stderr=self._log)
        self._root = f"http://127.0.0.1:{port}"
        self._session = None
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(PAGE)))
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *arguments):
                pass

        self._pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._pages.serve_forever, daemon=True).start()
        wait_until(page._ready, 60, "ChromeDriver")
        options = {"args": ["--headless=new", "--no-sandbox", "--mute-audio", "--autoplay-policy=no-user-gesture-required",
                            "--disable-dev-shm-usage", "--disable-gpu", f"--user-data-dir={work}/chromium"]}
        answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self._session = answer["sessionId"]
        self._call("POST", f"/session/{self._session}/url", {"url": f"http://127.0.0.1:{self._pages.server_port}/"})

    def _ready(self):
        with contextlib.suppress(OSError):
            return self._call("GET", "/status")["ready"]
        return False

    def _call(self, method, path, body=None):
        request = urllib.request.Request(self._root + path, None if body is None else json.dumps(body).encode(), method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def run(self, script, *arguments):
        return self._call("POST", f"/session/{self._session}/execute/sync", {"script": script, "args": list(arguments)})

    def play(self, url):
        self.run("const v = document.getElementById('v'); window.events = [];"
                 "for (const e of ['loadedmetadata','playing','seeking','seeked','waiting','stalled','ended','error'])"
                 " v.addEventListener(e, () => window.events.push(e));"
                 "v.src = arguments[0]; v.play().catch(() => 0);", url)

    def state(self):
        return self.run("const v = document.getElementById('v');"
                        "return {time: v.currentTime, length: v.duration, ended: v.ended, seeking: v.seeking,"
                        " error: v.error && v.error.message, events: window.events};")

    def seek(self, seconds):
        self.run("document.getElementById('v').currentTime = arguments[0];", seconds)

    def wait(self, condition, seconds, what):
        def look():
            state = self.state()
            assert state["error"] is None, state
            return condition(state) and state

        return wait_until(look, seconds, what)

    def close(self):
        if self._session:
            with contextlib.suppress(OSError):
                self._call("DELETE", f"/session/{self._session}")
        self._driver.terminate()
        self._driver.wait(20)
        self._pages.shutdown()
        self._log.close()
