"""Chromium without a screen, driven by ChromeDriver over WebDriver (W3C)."""

import base64
import contextlib
import json
import pathlib
import re
import subprocess
import urllib.error
import urllib.request

from . import processes
from .waiting import Timeout, wait_until

START_SECONDS = 60
CALL_SECONDS = 120
ACT_SECONDS = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what WebDriver calls a reference to an element
RIGHT_BUTTON = 2
# Whether the element is in the same place for four pictures in a row.
REST = """
    const [element, answer] = arguments, places = [];
    const look = () => {
        const place = element.getBoundingClientRect();
        places.push([place.x, place.y, place.width, place.height].join());
        if (places.length < 4) requestAnimationFrame(look); else answer(new Set(places).size === 1);
    };
    look();"""
ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--mute-audio", "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage", "--disable-gpu",
    "--disable-component-update", "--lang=en-US", "--window-size=1400,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")  # no other machine has a name


class Refused(Exception):
    """WebDriver says no: the element is not there yet, something lies over it, …"""


class Browser:
    """One window. Elements are named by CSS, or by XPath if that begins with `//`."""

    def __init__(self, work):
        work = pathlib.Path(work)
        self._session = None
        self._log = work / "chromedriver.log"
        with open(self._log, "wb") as log:
            self._driver = processes.start(["chromedriver", "--port=0"], watched=False, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._root = f"http://127.0.0.1:{wait_until(self._port, START_SECONDS, 'the port of ChromeDriver')}"
            wanted = {"goog:chromeOptions": {"args": [*ARGUMENTS, f"--user-data-dir={work}/chromium"]}, "goog:loggingPrefs": {"browser": "ALL"}}
            self._session = self._exchange("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except BaseException:
            self.close()
            raise

    def _port(self):
        said = self._log.read_text()
        assert self._driver.poll() is None, said
        found = re.search(r"started successfully on port (\d+)", said)
        return found and int(found[1])

    def _exchange(self, method, path, body=None):
        request = urllib.request.Request(self._root + path, None if body is None else json.dumps(body).encode(), method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refusal:
            with refusal:
                value = json.load(refusal)["value"]
            raise Refused(f"{value['error']}: {value['message']}") from None

    def _post(self, path, **body):
        return self._exchange("POST", f"/session/{self._session}{path}", body)

    def open(self, url):
        self._post("/url", url=url)

    def run(self, script, *arguments):
        return self._post("/execute/sync", script=script, args=list(arguments))

    def has(self, css):
        return self.run("return document.querySelector(arguments[0]) !== null", css)

    def _patiently(self, name, what, act):
        """Pages move, cover and replace their elements as they like; a person tries again, and so do we. What was refused was not done."""
        refusals = []

        def done():
            try:
                act(self._post("/element", using="xpath" if name.startswith("//") else "css selector", value=name)[ELEMENT])
            except Refused as refusal:
                refusals.append(refusal)
                return False
            return True

        try:
            wait_until(done, ACT_SECONDS, f"{what} {name}")
        except Timeout as timeout:
            raise Timeout(f"{timeout}; {refusals[-1]}") from None

    def _await_rest(self, element):
        """What slides into its place is not to be clicked on its way."""
        if not self._post("/execute/async", script=REST, args=[{ELEMENT: element}]):
            raise Refused("it moves")

    def click(self, name):
        def act(element):
            self._await_rest(element)
            self._post(f"/element/{element}/click")

        self._patiently(name, "click", act)

    def click_right(self, name):
        def act(element):
            self._await_rest(element)
            self._post("/actions", actions=[{"type": "pointer", "id": "mouse", "actions": [
                {"type": "pointerMove", "x": 0, "y": 0, "origin": {ELEMENT: element}},
                {"type": "pointerDown", "button": RIGHT_BUTTON}, {"type": "pointerUp", "button": RIGHT_BUTTON}]}])

        self._patiently(name, "click right", act)

    def type(self, name, text):
        """Into an empty field; or a file into the field for files of a form, which may be hidden."""
        self._patiently(name, f"type {text} into", lambda element: self._post(f"/element/{element}/value", text=str(text)))

    def keep(self, directory):
        """What there is to be seen now: a picture, the page, and what its scripts complained about."""
        picture = self._exchange("GET", f"/session/{self._session}/screenshot")
        (directory / "page.png").write_bytes(base64.b64decode(picture))
        (directory / "page.html").write_text(self._exchange("GET", f"/session/{self._session}/source"))
        (directory / "console.log").write_text("".join(f"{line['level']} {line['message']}\n" for line in self._post("/se/log", type="browser")))

    def close(self):
        if self._session:
            with contextlib.suppress(OSError, Refused):
                self._exchange("DELETE", f"/session/{self._session}")
        processes.end(self._driver)
