"""Fixtures. Each test has its own directory, ports, engine processes and libtorrent sessions; all end with it."""

import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import guard  # noqa: E402
from harness.daemon_rpc import Daemon  # noqa: E402
from harness.engine_rpc import Engine  # noqa: E402
from harness.libtorrent_utils import Session  # noqa: E402
from harness.loopback import WATCH  # noqa: E402
from harness.ports import Ports  # noqa: E402
from harness.siege import Fortress, Siege  # noqa: E402

_ports = Ports()

guard.stand()

pytest_plugins = ["order"]

# A shell that puts us in the background has SIGINT ignored, and what we start would inherit that: engines could not be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# The same with nohup and SIGHUP, which a daemon takes as the wish to read its settings again.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, default=None, help="seed of payloads and choices; printed when a test fails")
    parser.addoption("--keep", action="store_true", help="keep the directories of all tests")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    setattr(item, f"report_{report.when}", report)


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
    directory = pathlib.Path(tempfile.mkdtemp(prefix="swarm-", dir=os.environ.get("SWARM_WORK")))
    yield directory
    failed = getattr(getattr(request.node, "report_call", None), "failed", True)
    if failed or request.config.getoption("--keep"):
        print(f"kept: {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)


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


@pytest.fixture(scope="module")
def _fortresses(tmp_path_factory):
    """Engines under attack, the last one in use; a new one only when the last has died."""
    fortresses = []
    yield fortresses
    for fortress in fortresses:
        fortress.close()
    strays = WATCH.strays()
    assert not strays, f"may talk to other machines: {strays}"
    if not any(f.failed for f in fortresses):
        for fortress in fortresses:
            shutil.rmtree(fortress.engine.directory, ignore_errors=True)


@pytest.fixture
def fortress(request, _fortresses):
    if not _fortresses or not _fortresses[-1].alive:
        directory = pathlib.Path(tempfile.mkdtemp(prefix="swarm-fortress-", dir=os.environ.get("SWARM_WORK")))
        _fortresses.append(Fortress(directory, _ports.next()))
    fortress = _fortresses[-1]
    yield fortress
    if getattr(getattr(request.node, "report_call", None), "failed", True):
        fortress.failed = True
        print(f"kept: {fortress.engine.directory}")


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
    for siege in sieges:
        siege.close()


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
