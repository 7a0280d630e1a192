"""A bundle of one's own, as CONTRIBUTING.md has it: what ./bittern new-bundle makes passes all gates as it is, and ./bittern dev swaps it when it is
built anew. Tried in a copy of the project, with what is built there already."""

import contextlib
import glob
import json
import os
import pathlib
import shutil
import subprocess
import zipfile

import pytest

from harness import processes
from harness.daemon_rpc import Daemon
from harness.engine_rpc import ANSWER_SECONDS, EXIT_SECONDS, ROOT
from harness.waiting import crowding, exit_code, wait_until

SECONDS = 500
SWAP_SECONDS = 15  # three times what is promised
PARTS = ("bittern", "pom.xml", "bnd.bnd", ".mvn", "cnf", "bundles", "features", "runtime", "itest")


def jdk():
    """As ./bittern finds it."""
    for home in (os.environ.get("BITTERN_JDK"), os.environ.get("JAVA_HOME"), *glob.glob("/usr/lib/jvm/*25*"),
                 *glob.glob(os.path.expanduser("~/.sdkman/candidates/java/*25*"))):
        release = pathlib.Path(home or "/nowhere") / "release"
        if release.exists() and 'JAVA_VERSION="25' in release.read_text():
            return home
    raise AssertionError("no JDK 25")


def left_out(folder, names):
    """Tests that Maven does not run; packages of the same names stay."""
    tests = {"swarm", "delivery", "stream", "bench", "clients"} if pathlib.Path(folder) == ROOT / "itest" else set()
    return (tests | {"__pycache__"}) & set(names)


@pytest.fixture
def project(work):
    copy = work / "project"
    copy.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, symlinks=True, ignore=left_out)
        else:
            shutil.copy2(source, copy / name)
    for seen in copy.glob("**/target/maven-status/**/*.lst"):  # Maven compiles anew what it has seen elsewhere
        seen.write_text(seen.read_text().replace(f"{ROOT}/", f"{copy}/"))
    return copy


def new_bundle(project, *names):
    return subprocess.run([str(project / "bittern"), "new-bundle", *names], capture_output=True, text=True, timeout=60)


def maven(project, *words):
    """All gates of these modules and of those that they need."""
    built = subprocess.run(["mvn", "-B", "-o", "-q", "-T", "1C", "verify", *words, "-am", "-Dtest=HelloWorld*", "-Dsurefire.failIfNoSpecifiedTests=false"],
                           cwd=project, env={**os.environ, "JAVA_HOME": jdk()}, capture_output=True, text=True, timeout=SECONDS)
    assert built.returncode == 0, built.stdout[-4000:]


def swaps_what_is_built_anew(project, work):
    """The worked example from its third step on."""
    data, folder = work / "dev/data", project / "bundles/org.bittern.hello.world"
    words = [str(project / "bittern"), "dev", "--port", "0", "--with", "hello.world", "--data", str(data)]
    with contextlib.closing(Daemon(work / "dev", 0, os.environ, data=data, command=words)) as dev:
        assert dev.exchange("GET", "/hello/world")[::2] == (200, b"0 torrents\n")
        for name in ("main/java/org/bittern/hello/world/internal/HelloWorldServlet.java", "test/java/org/bittern/hello/world/internal/HelloWorldServletTest.java"):
            file = folder / "src" / name
            file.write_text(file.read_text().replace(' torrents"', ' contents"'))
        maven(project, "-pl", "bundles/org.bittern.hello.world")
        wait_until(lambda: dev.exchange("GET", "/hello/world")[2] == b"0 contents\n", SWAP_SECONDS, "the new text")
        wait_until(lambda: "swapped org.bittern.hello.world, side by side; longest gap " in dev.log.read_text(), SWAP_SECONDS, "the line about it")
        assert dev.stop() == 0
    assert (work / "dev/daemon.out").read_text() == f"listening at http://127.0.0.1:{dev.port}/\n"


def leaves_a_protocol_alone(project, work):
    """Standard output of stdio has one answer for each command, whatever is swapped meanwhile."""
    jar = project / "bundles/org.bittern.tracker/target/org.bittern.tracker-0.1.0.jar"
    log, original = work / "stdio.log", jar.read_bytes()
    with open(log, "ab") as file:
        process = processes.start([str(project / "bittern"), "dev", "stdio", "--data", str(work / "stdio")], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=file, text=True)
    try:
        process.stdin.write('{"id":1,"cmd":"none"}\n')
        process.stdin.flush()
        answers = [process.stdout.readline()]
        with zipfile.ZipFile(jar, "a") as archive:
            archive.writestr("mark.txt", "2")
        wait_until(lambda: "swapped org.bittern.tracker, " in log.read_text(), SWAP_SECONDS, "the swap of the tracker")
        answers.append(process.communicate('{"id":2,"cmd":"shutdown"}\n', timeout=ANSWER_SECONDS * crowding())[0])
        assert exit_code(process, EXIT_SECONDS) == 0
    finally:
        processes.end(process)
        jar.write_bytes(original)
    assert [json.loads(line)["id"] for line in "".join(answers).splitlines()] == [1, 2]


@pytest.mark.timeout(1500)
def test_a_bundle_of_ones_own_passes_every_gate_and_is_swapped_while_it_runs(project, work):
    done = new_bundle(project, "hello.world")
    assert done.returncode == 0, done.stderr
    assert "./bittern dev --with hello.world" in done.stdout

    maven(project, "-pl", "bundles/org.bittern.hello.world")
    # Of the other modules, which the floor plan needs, the form was looked at when they were built.
    maven(project, "-pl", "bundles/org.bittern.hello.world,itest/floorplan", "-Dit.test=FloorPlanIT", "-Dspotless.check.skip", "-Dcheckstyle.skip")

    target = project / "bundles/org.bittern.hello.world/target"
    assert (target / "org.bittern.hello.world-0.1.0.jar").exists()
    reports = list((target / "surefire-reports").glob("*HelloWorldServletTest.txt"))
    assert reports and "Tests run: 2, Failures: 0" in reports[0].read_text()
    floors = list((project / "itest/floorplan/target/failsafe-reports").glob("*FloorPlanIT.txt"))
    assert floors and "Failures: 0" in floors[0].read_text()

    built = subprocess.run([str(project / "bittern"), "build"], env={**os.environ, "BITTERN_NO_TRAINING": "1"},  # what dev begins with
                           capture_output=True, text=True, timeout=SECONDS)
    assert built.returncode == 0, built.stderr
    leaves_a_protocol_alone(project, work)
    swaps_what_is_built_anew(project, work)


def test_a_bad_or_taken_name_changes_nothing(project):
    files = ("pom.xml", "runtime/dist/pom.xml", "cnf/floors.txt")
    before = [(project / name).read_text() for name in files]
    for names, code in (((), 2), (("Hello",), 2), (("../x",), 2), (("a..b",), 2), (("engine",), 1), (("org.bittern.web",), 1)):
        done = new_bundle(project, *names)
        assert done.returncode == code and done.stderr.startswith("bittern: ") and done.stderr.count("\n") == 1, (names, done)
    assert [(project / name).read_text() for name in files] == before
    assert not list((project / "bundles").glob("*ello*"))
