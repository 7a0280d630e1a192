"""What ./bittern dist makes, unpacked in empty directories and used without the project beside it."""

import json
import os
import shutil
import subprocess
import tarfile

import pytest

from harness import payloads, processes
from harness.engine_rpc import ROOT
from harness.payloads import KIB

PATH = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
SECONDS = 120

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("packages")]


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
    unit = (work / "root/lib/systemd/system/bittern.service").read_text()
    assert "ExecStart=/usr/bin/bittern daemon --data /var/lib/bittern\n" in unit and "User=bittern\n" in unit
    works(work / "root/usr/bin/bittern", make_session, work, seed, PATH | java())


def test_an_upgrade_starts_the_service_again_if_it_ran(packages, work):
    """With a systemctl that writes down what it is asked for."""
    scripts, fakes, root, asked = work / "scripts", work / "fakes", work / "system", work / "asked"
    subprocess.run(["dpkg-deb", "-e", str(only(packages, "bittern_*_all.deb")), str(scripts)], check=True, timeout=SECONDS)
    (root / "run/systemd/system").mkdir(parents=True)
    fakes.mkdir()
    for name, line in (("systemctl", f'echo "$@" >>{asked}; case $* in *is-active*) exec test -e {work}/runs ;; esac'), ("getent", "exit 0"), ("install", "exit 0")):
        (fakes / name).write_text(f"#!/bin/sh\n{line}\n")
        (fakes / name).chmod(0o755)

    def script(*words):
        asked.write_text("")
        subprocess.run([scripts / words[0], *words[1:]], check=True, timeout=SECONDS, env={"PATH": f"{fakes}:/usr/bin:/bin", "DPKG_ROOT": str(root)})
        return asked.read_text().splitlines()

    assert script("prerm", "upgrade", "0.2.0") == ["--quiet is-active bittern.service", "stop bittern.service"]
    assert script("postinst", "configure", "0.1.0") == ["daemon-reload"]
    (work / "runs").touch()
    script("prerm", "upgrade", "0.2.0")
    assert script("postinst", "configure", "0.1.0") == ["daemon-reload", "start bittern.service"]
    assert script("postinst", "configure", "0.1.0") == ["daemon-reload"]
    assert script("prerm", "remove") == ["stop bittern.service", "--quiet disable bittern.service"]


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
