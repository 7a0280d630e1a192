"""Fixtures. Each test has its own directory, ports, engine processes and libtorrent sessions; all end with it."""

import contextlib
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import evidence, guard  # noqa: E402
from harness.daemon_rpc import Daemon  # noqa: E402
from harness.engine_rpc import Engine  # noqa: E402
from harness.libtorrent_utils import Session  # noqa: E402
from harness.loopback import WATCH  # noqa: E402
from harness.own_network import Unavailable, own_network as _own_network  # noqa: E402
from harness.ports import Ports  # noqa: E402
from harness.siege import Fortress, Siege  # noqa: E402
from harness.topology import Topology  # noqa: E402

_ports = Ports()
_closed_fortresses = []
WORK, FORTRESS = pytest.StashKey(), pytest.StashKey()

guard.stand()
evidence.gather()

pytest_plugins = ["order"]

# A shell that puts us in the background has SIGINT ignored, and what we start would inherit that: engines could not be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# The same with nohup and SIGHUP, which a daemon takes as the wish to read its settings again.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_configure():
    """Engines live for seconds here, in which the JVM's second compiler takes a fifth of all processor time and wins nothing.

    In the other suites and the benches it is there; an option of one's own, such as BITTERN_JAVA_OPTS=-ea, brings it back here.
    """
    os.environ.setdefault("BITTERN_JAVA_OPTS", "-XX:TieredStopAtLevel=1")


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, default=None, help="seed of payloads and choices; printed when a test fails")
    parser.addoption("--keep", action="store_true", help="keep the directories of all tests")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    setattr(item, f"report_{report.when}", report)
    if report.failed and report.when != "teardown":
        evidence.ask()
    if report.when == "teardown":  # only now it is known whether anything has failed
        failed = any(getattr(item, f"report_{when}", report).failed for when in ("setup", "call", "teardown"))
        report.user_properties += [("kept", str(directory)) for directory in _keep_or_remove(item, failed)]
        evidence.forget()


def _keep_or_remove(item, failed):
    """What is left of the test's directories, and of the engines under attack that have ended with it."""
    directories = item.stash.get(WORK, [])
    fortress = item.stash.get(FORTRESS, None)
    if failed:
        directories = directories or [_new_directory()]
        evidence.write(directories[0])
        if fortress:
            fortress.failed = True
            directories = [*directories, fortress.engine.directory]
    elif not item.config.getoption("--keep"):
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)
        directories = []
    for closed in _closed_fortresses:
        if not closed.failed:
            shutil.rmtree(closed.engine.directory, ignore_errors=True)
    _closed_fortresses.clear()
    return directories


def _new_directory(kind=""):
    return pathlib.Path(tempfile.mkdtemp(prefix=f"swarm-{kind}", dir=os.environ.get("SWARM_WORK")))


def pytest_terminal_summary(terminalreporter):
    """Of every failure, also one whose own output ended before it was known what is kept."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "kept" and report.when == "teardown":
                    terminalreporter.write_line(f"kept: {value} ({report.nodeid})")


@pytest.fixture
def seed(request):
    value = request.config.getoption("--seed")
    value = random.SystemRandom().randrange(1 << 30) if value is None else value
    request.node.user_properties.append(("seed", value))
    print(f"seed {value}")
    return value


@pytest.fixture(autouse=True)
def loopback_only(request):
    """No socket of an engine is bound to anything but loopback, or to what the test names with the marker `binds`."""
    yield
    strays = WATCH.strays({address for mark in request.node.iter_markers("binds") for address in mark.args})
    assert not strays, f"may talk to other machines: {strays}"


@pytest.fixture
def work(request):
    """A directory of the test's own; kept when the test fails."""
    directory = _new_directory()
    request.node.stash[WORK] = [directory]
    return directory


@pytest.fixture
def own_network():
    """The test, and all that it starts, in a network without anybody else: to be asked for before other fixtures (`usefixtures` does)."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_own_network())
        except Unavailable as reason:
            pytest.skip(str(reason))
        yield


@pytest.fixture
def ports():
    return _ports


@pytest.fixture
def engine_class():
    """What make_engine makes; a file that drives engines over another control plane overrides this."""
    return Engine


@pytest.fixture
def make_engine(work, engine_class):
    """Makes engine processes; initialised unless init=False."""
    engines = []

    def make(name=None, init=True, heap=None, **options):
        name = name or f"engine{len(engines)}"
        engine = engine_class(work / name, name, heap)
        engines.append(engine)
        if init:
            engine.init(options.pop("port", None) or _ports.next(), **options)
        return engine

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture
def engine(make_engine):
    return make_engine()


@pytest.fixture
def make_daemon(work):
    """Makes daemons; of the same name: on the same directory."""
    daemons = []

    def make(name="daemon", **options):
        daemon = Daemon(work / name, _ports.next(), **options)
        daemons.append(daemon)
        return daemon

    yield make
    for daemon in daemons:
        daemon.close()


@pytest.fixture
def make_session():
    """Makes libtorrent sessions; a test that leaves protocol errors in their alerts fails."""
    sessions = []

    def make(**overrides):
        errors_expected = overrides.pop("errors_expected", False)
        session = Session(overrides.pop("port", None) or _ports.next(), **overrides)
        sessions.append((session, errors_expected))
        return session

    yield make
    errors = []
    for session, errors_expected in sessions:
        if not errors_expected:
            errors += session.protocol_errors()
        session.close()
    assert not errors, errors


@pytest.fixture
def seeder(make_session):
    return make_session()


@pytest.fixture
def leecher(make_session):
    return make_session()


@pytest.fixture
def make_topology(make_engine, make_session, work):
    """Makes swarms around a torrent, at first without nodes."""
    return lambda payload: Topology(payload, make_engine, make_session, work)


@pytest.fixture(scope="module")
def _fortresses():
    """Engines under attack, the last one in use; a new one only when the last has died."""
    fortresses = []
    yield fortresses
    for fortress in fortresses:
        fortress.close()
    _closed_fortresses.extend(fortresses)
    strays = WATCH.strays()
    assert not strays, f"may talk to other machines: {strays}"


@pytest.fixture
def fortress(request, _fortresses):
    if not _fortresses or not _fortresses[-1].alive:
        _fortresses.append(Fortress(_new_directory("fortress-"), _ports.next()))
    request.node.stash[FORTRESS] = _fortresses[-1]
    return _fortresses[-1]


@pytest.fixture
def besiege(fortress, work, seed):
    """Makes sieges: a torrent each, with its good seed."""
    sieges = []

    def make(**options):
        directory = work / f"siege{len(sieges)}"
        directory.mkdir()
        siege = Siege(fortress, directory, seed + len(sieges), _ports, **options)
        sieges.append(siege)
        return siege

    yield make
    errors = []
    for siege in sieges:
        errors += siege.good.protocol_errors()
        siege.close()
    assert not errors, errors


@pytest.fixture
def siege(besiege):
    return besiege()


@pytest.fixture
def seeded(besiege):
    """Makes sieges of an engine that has everything."""

    def make(**options):
        siege = besiege(rate=0, **options)
        siege.completes()
        return siege

    return make
