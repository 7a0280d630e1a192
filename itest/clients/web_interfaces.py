"""Web interfaces that were written for Transmission, as a person sees and uses them. Nothing of theirs is changed."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.request

from harness.waiting import Timeout, wait_until

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 60
LOAD_SECONDS = 10
USER, PASSWORD = "me", "secret"
PAGES_OF_DEBIAN = pathlib.Path("/usr/share/transmission/web")
OPENED = ".modal__animation-enter-done"  # Flood's dialog when it has come to rest
LIST_OF_FLOOD = """
    const states = ['stopped', 'downloading', 'seeding', 'checking'];
    return [...document.querySelectorAll('.torrent')].map(row => [
        row.querySelector('.torrent__detail--name').innerText.trim(),
        states.find(state => row.classList.contains('torrent--is-' + state)),
        parseFloat(row.querySelector('.progress-bar__fill').style.width)]);"""
LIST_OF_DEBIAN = """
    const states = {Paused: 'stopped', Downloading: 'downloading', Seeding: 'seeding', Verifying: 'checking'};
    return [...document.querySelectorAll('#torrent_list .torrent')].map(row => [
        row.querySelector('.torrent_name').innerText,
        states[row.querySelector('.torrent_peer_details').innerText.split(' ')[0]],
        parseFloat(row.querySelector('.torrent_progress_bar.complete').style.width)]);"""


class Flood:
    """Flood of npm: a server of its own between its page and the daemon, which wants a password here."""

    def __init__(self, make_daemon, ports, work):
        self.daemon = make_daemon(rpc_authentication_required=True, rpc_username=USER, rpc_password=PASSWORD)
        self.daemon.rights = {"X-TT-Auth": self.daemon.connection["token"]}
        port = ports.next()
        self._url = f"http://127.0.0.1:{port}/"
        self._caller = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self._log = work / "flood.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                ["node", str(HERE / "node_modules/flood/dist/index.js"), "--rundir", str(work / "flood"), "--port", str(port), "--auth", "none",
                 "--trurl", f"http://{self.daemon.address}/transmission/rpc", "--truser", USER, "--trpass", PASSWORD],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env={**os.environ, "HOME": str(work)})

    def _answers(self):
        assert self._process.poll() is None, self._log.read_text()
        try:
            return self.ask("GET", "auth/verify")
        except OSError:
            return False

    def begin(self):
        wait_until(self._answers, SECONDS, "Flood")

    def ask(self, method, path, body=None):
        """What its page asks of it."""
        request = urllib.request.Request(f"{self._url}api/{path}", None if body is None else json.dumps(body).encode(), method=method,
                                         headers={"Content-Type": "application/json"})
        with self._caller.open(request, timeout=SECONDS) as answer:
            return json.loads(answer.read() or "null")

    def enter(self, browser):
        self.begin()
        self._browser = browser
        wait_until(self._load, SECONDS, "the page of Flood")

    def _load(self):
        """On a slow machine its cover, "loading", may stay for ever (a race of React's Suspense); a person loads the page again."""
        self._browser.open(self._url)
        try:
            return wait_until(lambda: self._browser.has(".action--add-torrent") and not self._browser.has(".application__loading-overlay"),
                              LOAD_SECONDS, "the page without its cover")
        except Timeout:
            return False

    def add_file(self, torrent_file):
        self._begin_to_add("By File")
        self._browser.type(f"{OPENED} input[type=file]", torrent_file)
        wait_until(lambda: self._browser.has(".dropzone__selected-files__file"), SECONDS, "the file is read")
        self._finish()

    def add_link(self, link):
        self._begin_to_add("By URL")
        self._browser.type(f"{OPENED} [name=urls-0]", link)
        self._finish()

    def _begin_to_add(self, tab):
        self._browser.click(".action--add-torrent")
        self._browser.click(f"//*[contains(@class, '{OPENED[1:]}')]//li[contains(@class, 'modal__tab')]/button[. = '{tab}']")

    def _finish(self):
        self._browser.click(f"{OPENED} button[type=submit]")
        wait_until(lambda: not self._browser.has(".modal"), SECONDS, "the dialog goes away")

    def shown(self):
        """Name, state and percentage of every torrent in the list."""
        return self._browser.run(LIST_OF_FLOOD)

    def select(self, name):
        self._browser.click(f"//*[contains(@class, 'torrent__detail--name')][. = '{name}']/..")

    def stop(self):
        self._browser.click(".action--stop-torrent")

    def start(self):
        self._browser.click(".action--start-torrent")

    def remove(self, name, data):
        del name  # it is selected
        self._browser.click(".action--remove-torrent")
        box = f"{OPENED} [name=deleteData]"
        wait_until(lambda: self._browser.has(box), SECONDS, "the question")
        if self._browser.has(f"{box}:checked") != data:
            self._browser.click(f"{OPENED} .checkbox")
        assert self._browser.has(f"{box}:checked") == data
        self._finish()

    def close(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(SECONDS)


class OfDebian:
    """Transmission's own pages, as Debian has them, served by the daemon itself."""

    def __init__(self, make_daemon, ports, work):
        del ports, work
        assert PAGES_OF_DEBIAN.is_dir(), f"no {PAGES_OF_DEBIAN}: that is in Debian's transmission-common"
        self.daemon = make_daemon(environment={"TRANSMISSION_WEB_HOME": str(PAGES_OF_DEBIAN)})

    def enter(self, browser):
        self._browser = browser
        browser.open(f"http://{self.daemon.address}/")

    def add_file(self, torrent_file):
        self._add("#torrent_upload_file", torrent_file)

    def add_link(self, link):
        self._add("#torrent_upload_url", link)

    def _add(self, field, what):
        self._browser.click("#toolbar-open:not(.disabled)")
        self._browser.type(field, what)
        self._browser.click("#upload_confirm_button")

    def shown(self):
        """Name, state and percentage of every torrent in the list."""
        return self._browser.run(LIST_OF_DEBIAN)

    def select(self, name):
        self._browser.click(self._row(name))

    def stop(self):
        self._browser.click("#toolbar-pause:not(.disabled)")

    def start(self):
        self._browser.click("#toolbar-start:not(.disabled)")

    def remove(self, name, data):
        if data:
            self._browser.click_right(self._row(name))
            self._browser.click("[data-command=remove_data]")
        else:
            self._browser.click("#toolbar-remove:not(.disabled)")
        self._browser.click("#dialog_confirm_button")

    @staticmethod
    def _row(name):
        return f"//*[@id = 'torrent_list']/li[*[. = '{name}']]"

    def close(self):
        """The daemon ends with the test."""
