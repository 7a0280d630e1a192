"""What ./bittern dist makes, unpacked in empty directories and used without the project beside it."""

import base64
import contextlib
import json
import os
import pathlib
import shlex
import shutil
import socket
import stat
import subprocess
import tarfile
import tempfile

import pytest

from harness import payloads, processes
from harness.daemon_rpc import QUIET, Daemon
from harness.engine_rpc import ROOT
from harness.payloads import KIB
from harness.waiting import crowding
from test_new_bundle import jdk

PATH = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
SECONDS = 120
NOBODY = 65_534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
UNIT = "usr/lib/systemd/system/bittern.service"


@pytest.fixture(scope="session")
def packages(testrun_uid):
    """The folder of the packages; made once in a run, by whichever worker comes first."""
    lock = ROOT / "target" / f"packages-{testrun_uid}.lock"
    done = lock.with_suffix(".done")
    subprocess.run(["flock", str(lock), "bash", "-c", f"test -e {done} || {{ '{ROOT}/bittern' dist && touch {done}; }}"],
                   check=True, timeout=500, stdin=subprocess.DEVNULL)
    return ROOT / "target" / "packages"


def only(folder, pattern):
    found = sorted(folder.glob(pattern))
    assert len(found) == 1, f"{pattern}: {[f.name for f in folder.iterdir()]}"
    return found[0]


def unpacked(archive, target):
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(target)
    return only(target, "bittern-*") / "bin" / "bittern"


def works(program, make_session, work, seed, environment):
    """Makes a torrent, shows it, downloads it from libtorrent."""
    def run(*arguments):
        done = processes.run([str(program), *map(str, arguments)], SECONDS, env=environment, cwd=work)
        assert done.returncode == 0, done.stderr
        return done.stdout

    payload = payloads.single(work / "seed", seed, 300 * KIB)
    session = make_session()
    session.add(payload.torrent_file, payload.root, seed=True)
    assert run("--version").startswith("Bittern ")
    run("create", payload.root / payload.name, "-o", work / "made.torrent")
    assert json.loads(run("show", work / "made.torrent", "--json"))["name"] == payload.name
    run("get", payload.torrent_file, "--dir", work / "got", "--bind", "127.0.0.1", "--no-dht", "--peer", f"127.0.0.1:{session.port}",
        "--data", work / "data")
    payload.assert_equal(work / "got")


def java():
    home = os.environ.get("BITTERN_JDK") or os.environ.get("JAVA_HOME") or ""
    return {"BITTERN_JDK": home} if home else {}


def test_the_tarball_works_with_a_java_of_the_machine(packages, make_session, work, seed):
    program = unpacked(only(packages, "bittern-*[0-9].[0-9].tar.gz"), work / "unpacked")
    works(program, make_session, work, seed, PATH | java())


def test_the_image_works_without_any_java(packages, make_session, work, seed):
    program = unpacked(only(packages, "bittern-*-linux-*.tar.gz"), work / "unpacked")
    works(program, make_session, work, seed, PATH | {"BITTERN_JDK": "/nowhere"})


def test_the_debian_package_works_and_brings_a_service(packages, make_session, work, seed):
    if not shutil.which("dpkg-deb"):
        pytest.fail("dpkg-deb is missing: the Debian package cannot be tried")
    archive = only(packages, "bittern_*_all.deb")
    subprocess.run(["dpkg-deb", "-x", str(archive), str(work / "root")], check=True, timeout=SECONDS)
    fields = subprocess.run(["dpkg-deb", "-f", str(archive)], check=True, timeout=SECONDS, capture_output=True, text=True).stdout
    assert "Package: bittern\n" in fields and "Depends: openjdk-25-jre-headless | " in fields
    unit = (work / "root" / UNIT).read_text()
    assert "ExecStart=/usr/bin/bittern daemon --data /var/lib/bittern\n" in unit and "User=bittern\n" in unit
    works(work / "root/usr/bin/bittern", make_session, work, seed, PATH | java())


def contents(folder):
    """Size and time of each file below it."""
    found = {path: path.lstat() for path in folder.rglob("*") if not path.is_dir()}
    return {path: (entry.st_size, entry.st_mtime_ns) for path, entry in found.items()}


def session_of(leader):
    """Living processes of the session that it leads, itself among them."""
    found = []
    for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = file.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has just ended
        if int(session) == leader and state != "Z":
            found.append(int(file.parent.name))
    return found


def is_of_use(daemon, work, seed):
    """It answers, takes a torrent, ends in order; what is left is its session. Its Java, and the files that it has mapped."""
    with contextlib.closing(daemon):
        pid = daemon.process.pid
        program, mapped = pathlib.Path(f"/proc/{pid}/exe").resolve(), pathlib.Path(f"/proc/{pid}/maps").read_text()
        assert daemon.call("session-get")["version"].startswith("Bittern ")
        payload = payloads.single(work / "origin", seed, 100 * KIB)
        torrent = base64.b64encode(payload.torrent_file.read_bytes()).decode()
        assert daemon.call("torrent-add", metainfo=torrent, paused=True)["torrent-added"]["name"] == payload.name
        assert [torrent["name"] for torrent in daemon.torrents("name")] == [payload.name]
        assert daemon.stop() == 0
        assert session_of(pid) == []
    assert (daemon.directory / "daemon.out").read_text() == f"listening at http://127.0.0.1:{daemon.port}/\n"
    assert daemon.log.read_text() == ""
    assert len(list((daemon.data / "torrents").glob("*.torrent"))) == 1
    assert not [found for place in ("/dev/shm", tempfile.gettempdir()) for found in pathlib.Path(place).glob(f"bittern-*-{pid}-*")]
    return program, mapped


def daemon_of(program, work, environment):
    """As somebody types it who has unpacked an archive."""
    data = work / "daemon/data"
    return Daemon(work / "daemon", 0, environment, command=[str(program), "daemon", "--port", "0", "--data", str(data)])


def test_the_daemon_of_the_tarball_runs_on_a_java_of_the_machine(packages, work, seed):
    program = unpacked(only(packages, "bittern-*[0-9].[0-9].tar.gz"), work / "unpacked")
    before = contents(work / "unpacked")

    java, _ = is_of_use(daemon_of(program, work, PATH | {"BITTERN_JDK": jdk()}), work, seed)

    assert java == (pathlib.Path(jdk()) / "bin/java").resolve()
    assert contents(work / "unpacked") == before


def test_the_daemon_of_the_image_runs_on_its_own_java_and_cache(packages, work, seed):
    program = unpacked(only(packages, "bittern-*-linux-*.tar.gz"), work / "unpacked")
    home = program.parent.parent
    before = contents(home)

    java, mapped = is_of_use(daemon_of(program, work, PATH | {"BITTERN_JDK": "/nowhere"}), work, seed)

    assert java == home.resolve() / "java/bin/java"
    assert str(home.resolve() / "daemon.aot") in mapped, "a cache that does not fit is not mapped"
    assert contents(home) == before


def redirected(unit, key, root):
    """The words of a line of the unit; paths are those below the root."""
    line = next(line for line in unit.splitlines() if line.startswith(f"{key}="))
    return [f"{root}{word}" if word.startswith("/") else word for word in shlex.split(line.partition("=")[2])]


def test_the_daemon_of_the_debian_package_runs_as_its_unit_says(packages, work, seed):
    """As another user where that can be tried: one who can write to its data and nowhere else."""
    root, data, place = work / "root", work / "root/var/lib/bittern", work / "notify"
    subprocess.run(["dpkg-deb", "-x", str(only(packages, "bittern_*_all.deb")), str(root)], check=True, timeout=SECONDS)
    unreadable = [path for path in root.rglob("*") if not path.is_symlink() and not path.stat().st_mode & stat.S_IROTH]
    assert not unreadable
    unit, before = (root / UNIT).read_text(), contents(root / "usr")
    if shutil.which("systemd-analyze"):
        here = work / "bittern.service"
        here.write_text(unit.replace("ExecStart=/", f"ExecStart={root}/"))
        checked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(here)], timeout=SECONDS, capture_output=True, text=True)
        assert not [line for line in checked.stderr.splitlines() if here.name in line]
    data.mkdir(parents=True)
    # The unit names no port, as the daemon has one of its own: what it is told otherwise stands in its settings.
    (data / "settings.json").write_text(json.dumps({**QUIET, "peer-port": 0, "rpc-port": 0}))
    command = redirected(unit, "ExecStart", root)
    if os.getuid() == 0 and subprocess.run([*AS_NOBODY, "test", "-x", f"{jdk()}/bin/java"], timeout=SECONDS).returncode == 0:
        work.chmod(0o711)
        for path in (data, data / "settings.json"):
            os.chown(path, NOBODY, NOBODY)
        command = [*AS_NOBODY, *command]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(place))
        place.chmod(0o777)
        systemd.settimeout(SECONDS * crowding())
        environment = {"PATH": PATH["PATH"], "NOTIFY_SOCKET": str(place)} | java()

        daemon = Daemon(work / "daemon", 0, environment, data=data, command=command)
        is_of_use(daemon, work, seed)

        assert systemd.recv(4096) == f"READY=1\nMAINPID={daemon.process.pid}".encode()
        assert systemd.recv(4096) == b"STOPPING=1"
    assert contents(root / "usr") == before
    assert MaintainerScripts(packages, work).call("postrm", "purge") == []
    assert not data.exists(), "what it has noted goes with the package"


class MaintainerScripts:
    """The package's scripts on a system below a folder, with programs that write down what they are asked for."""

    def __init__(self, packages, work):
        self.root, self._scripts, self._fakes, self._asked = work / "root", work / "scripts", work / "fakes", work / "asked"
        subprocess.run(["dpkg-deb", "-e", str(only(packages, "bittern_*_all.deb")), str(self._scripts)], check=True, timeout=SECONDS)
        self._fakes.mkdir()
        self.running, self.known = work / "running", work / "known"
        self._fake("systemctl", f'case $* in *is-active*) exec test -e {self.running} ;; esac')
        self._fake("getent", f"exec test -e {self.known}")
        for name in ("groupadd", "useradd", "install"):
            self._fake(name, "exit 0")

    def _fake(self, name, end):
        file = self._fakes / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >>{self._asked}\n{end}\n')
        file.chmod(0o755)

    def call(self, *words):
        """What the script asked other programs for."""
        self._asked.write_text("")
        subprocess.run([self._scripts / words[0], *words[1:]], check=True, timeout=SECONDS,
                       env={"PATH": f"{self._fakes}:/usr/bin:/bin", "DPKG_ROOT": str(self.root)})
        return self._asked.read_text().splitlines()

    def services(self, *words):
        """What of that concerns services."""
        return [line.removeprefix("systemctl ") for line in self.call(*words) if line.startswith("systemctl ")]


@pytest.fixture
def scripts(packages, work):
    scripts = MaintainerScripts(packages, work)
    (scripts.root / "run/systemd/system").mkdir(parents=True)
    return scripts


def test_an_upgrade_starts_the_service_again_if_it_ran(scripts):
    stops = ["--quiet is-active bittern.service", "stop bittern.service"]
    for after in (("postinst", "configure", "0.1.0"), ("postinst", "abort-upgrade", "0.2.0"), ("postinst", "abort-remove")):
        scripts.running.unlink(missing_ok=True)
        assert scripts.services("prerm", "upgrade", "0.2.0") == stops
        assert scripts.services(*after) == ["daemon-reload"]
        scripts.running.touch()
        assert scripts.services("prerm", "upgrade", "0.2.0") == stops
        assert scripts.services("postrm", "upgrade", "0.2.0") == []
        assert scripts.services(*after) == ["daemon-reload", "start bittern.service"]
        assert scripts.services(*after) == ["daemon-reload"]


def test_the_first_installation_makes_the_user_and_no_later_one_takes_its_folder_away(scripts):
    made = [line for line in scripts.call("postinst", "configure") if not line.startswith(("getent", "systemctl"))]
    assert [line.split()[0] for line in made] == ["groupadd", "useradd", "install"]
    assert "--gid bittern" in made[1] and made[2] == f"install -d -o bittern -g bittern -m 0750 {scripts.root}/var/lib/bittern"
    scripts.known.touch()
    (scripts.root / "var/lib/bittern").mkdir(parents=True)
    assert [line.split()[0] for line in scripts.call("postinst", "configure", "0.1.0")] == ["getent", "getent", "systemctl"]


def test_a_removal_keeps_the_data_and_a_purge_what_was_downloaded(scripts):
    data, wanted = scripts.root / "var/lib/bittern", scripts.root / "etc/systemd/system/multi-user.target.wants/bittern.service"
    for file in (data / "settings.json", data / "torrents/x.torrent", data / "downloads/film"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    wanted.parent.mkdir(parents=True)
    wanted.symlink_to("/usr/lib/systemd/system/bittern.service")
    scripts.running.touch()

    assert scripts.services("prerm", "remove")[-1] == "stop bittern.service"
    assert scripts.services("postrm", "remove") == ["daemon-reload"]
    assert not wanted.is_symlink()
    assert (data / "settings.json").exists() and (data / "torrents/x.torrent").exists()
    assert scripts.services("postinst", "configure", "0.1.0") == ["daemon-reload"], "it was taken away: nobody expects it to run"

    scripts.services("postrm", "purge")
    assert [path.name for path in data.rglob("*")] == ["downloads", "film"]


def test_an_unknown_command_is_one_line(packages, work):
    program = unpacked(only(packages, "bittern-*-linux-*.tar.gz"), work / "unpacked")
    for name in ("nonsense", "cli", "cli/../../x", "-x", "dist"):
        done = subprocess.run([str(program), name], env=PATH, timeout=SECONDS, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, ""), name
        assert done.stderr == f"bittern: unknown command '{name}'; bittern help lists them\n"


def test_every_command_that_needs_no_sources_is_there(packages, work):
    program = unpacked(only(packages, "bittern-*-linux-*.tar.gz"), work / "unpacked")

    def run(*words):
        done = subprocess.run([str(program), *map(str, words)], env=PATH, cwd=work, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    code, listed, _ = run("help")
    assert code == 0 and listed.startswith("usage: bittern COMMAND ") and "\n  daemon  " in listed and "\n  dist  " not in listed
    assert run() == (2, "", listed)
    assert run("felix", work / "felix", "--data", work / "data") == (0, f"made {work}/felix; start it there: java -jar bin/felix.jar\n", "")
    assert (work / "felix/bin/felix.jar").exists()
    assert run("stream", "x.torrent", "--player", "no-player") == (1, "", "bittern: there is no player 'no-player'\n")
    assert run("demo") == (2, "", "bittern: there is one demonstration: bittern demo swap\n")
