"""./bittern new-bundle: what it makes passes all gates as it is. Tried in a copy of the project, with what is built there already."""

import glob
import os
import pathlib
import shutil
import subprocess

import pytest

from harness.engine_rpc import ROOT

SECONDS = 500
PARTS = ("bittern", "pom.xml", "bnd.bnd", ".mvn", "cnf", "bundles", "features", "runtime", "itest")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


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
    tests = {"swarm", "stream", "bench", "clients"} if pathlib.Path(folder) == ROOT / "itest" else set()
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
    return copy


def new_bundle(project, *names):
    return subprocess.run([str(project / "bittern"), "new-bundle", *names], capture_output=True, text=True, timeout=60)


def test_a_new_bundle_passes_every_gate(project):
    done = new_bundle(project, "hello.world")
    assert done.returncode == 0, done.stderr
    assert "./bittern dev --with hello.world" in done.stdout

    built = subprocess.run(
        ["mvn", "-B", "-o", "-q", "verify", "-pl", "bundles/org.bittern.hello.world,itest/floorplan", "-am", "-Dtest=HelloWorld*",
         "-Dsurefire.failIfNoSpecifiedTests=false", "-Dit.test=FloorPlanIT"],
        cwd=project, env={**os.environ, "JAVA_HOME": jdk()}, capture_output=True, text=True, timeout=SECONDS)

    assert built.returncode == 0, built.stdout[-4000:]
    target = project / "bundles/org.bittern.hello.world/target"
    assert (target / "org.bittern.hello.world-0.1.0.jar").exists()
    reports = list((target / "surefire-reports").glob("*HelloWorldServletTest.txt"))
    assert reports and "Tests run: 2, Failures: 0" in reports[0].read_text()
    floors = list((project / "itest/floorplan/target/failsafe-reports").glob("*FloorPlanIT.txt"))
    assert floors and "Failures: 0" in floors[0].read_text()


def test_a_bad_or_taken_name_changes_nothing(project):
    files = ("pom.xml", "cnf/floors.txt")
    before = [(project / name).read_text() for name in files]
    for names, code in (((), 2), (("Hello",), 2), (("../x",), 2), (("a..b",), 2), (("engine",), 1), (("org.bittern.web",), 1)):
        done = new_bundle(project, *names)
        assert done.returncode == code and done.stderr.startswith("bittern: ") and done.stderr.count("\n") == 1, (names, done)
    assert [(project / name).read_text() for name in files] == before
    assert not list((project / "bundles").glob("*ello*"))
