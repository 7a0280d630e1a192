"""./bittern swap and ./bittern control, typed at a daemon that runs."""

import hashlib
import os
import shutil
import subprocess
import zipfile

import pytest

from harness.daemon_rpc import Daemon
from harness.engine_rpc import ANSWER_SECONDS, ROOT
from harness.waiting import crowding

BUNDLE = "org.bittern.gotorrent"


@pytest.fixture
def daemon(work, ports):
    daemon = Daemon(work / "daemon", ports.next(), arguments=("--port", "0", "--with", "shell"))
    yield daemon
    daemon.close()


@pytest.fixture
def jar(work):
    """Another content than the one that runs, with its sum beside it."""
    folder = work / "jars"
    folder.mkdir(mode=0o700)
    jar = folder / "new.jar"
    shutil.copyfile(ROOT / "target/bittern/bundles" / f"{BUNDLE}-0.1.0.jar", jar)
    with zipfile.ZipFile(jar, "a") as archive:
        archive.writestr("mark.txt", "2")
    jar.chmod(0o644)
    sums = folder / "SHA256SUMS"
    sums.write_text(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n")
    sums.chmod(0o644)
    return jar


def bittern(daemon, *words, cwd=None):
    return subprocess.run([f"{ROOT}/bittern", *map(str, words), "--data", str(daemon.data)], cwd=cwd, capture_output=True, text=True,
                          timeout=ANSWER_SECONDS * crowding(), stdin=subprocess.DEVNULL)


def test_swaps_a_bundle_and_takes_commands(daemon, jar):
    done = bittern(daemon, "swap", BUNDLE, jar.name, cwd=jar.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"swapped {BUNDLE}, side by side; longest gap ") and done.stdout.count("\n") == 1
    assert daemon.exchange("GET", "/alldata")[0] == 200

    assert bittern(daemon, "control", "ls").stdout == "no torrents\n"
    refused = bittern(daemon, "control", "nonsense")
    assert refused.returncode == 1 and refused.stderr.startswith("bittern: unknown command 'nonsense'; there are add, ls, ")


def test_refuses_in_one_line_and_goes_on(daemon, jar, work):
    for words, code, why in (((BUNDLE, work / "none.jar"), 1, "there is no file"), (("org.bittern.none", jar), 1, "is org.bittern.gotorrent, not"),
                             ((BUNDLE,), 2, "usage: swap BUNDLE JAR"), ((BUNDLE, jar, "--with", "shell"), 2, "belong to the start")):
        done = bittern(daemon, "swap", *words)
        assert done.returncode == code and done.stdout == "" and why in done.stderr and done.stderr.count("\n") == 1, done
    jar.write_bytes(jar.read_bytes() + b"x")
    assert "has the sum" in bittern(daemon, "swap", BUNDLE, jar).stderr
    jar.parent.chmod(0o777)
    assert "can be written by others" in bittern(daemon, "swap", BUNDLE, jar).stderr
    assert daemon.exchange("GET", "/alldata")[0] == 200

    assert oct(os.stat(daemon.data / "control" / "socket").st_mode & 0o777) == "0o600"
    daemon.close()
    gone = bittern(daemon, "swap", BUNDLE, jar)
    assert gone.returncode == 1 and gone.stderr.startswith("bittern: nobody ") and gone.stderr.count("\n") == 1
