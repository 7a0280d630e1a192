"""Fixtures: those of the swarm tests, and stages with a file that is streamed."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "swarm")]

import importlib.util  # noqa: E402

_spec = importlib.util.spec_from_file_location("swarm_conftest", HERE.parent / "swarm" / "conftest.py")
_swarm = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_swarm)
seed, work, ports, make_session = _swarm.seed, _swarm.work, _swarm.ports, _swarm.make_session
pytest_addoption = _swarm.pytest_addoption
pytest_runtest_makereport = _swarm.pytest_runtest_makereport
pytest_terminal_summary = _swarm.pytest_terminal_summary
loopback_only = _swarm.loopback_only

from harness_stream.stages import LocalStage, RemoteStage, payload_for  # noqa: E402


@pytest.fixture
def payload(request, work, seed):
    """A film; a test that needs another length says it as the parameter."""
    return payload_for(work, seed, *([request.param] if hasattr(request, "param") else []))


@pytest.fixture(params=["local", "remote"])
def stage(request, work, ports, payload, make_session):
    if request.param == "local":
        made = LocalStage(work, ports, payload, make_session, arguments=("--password", "me:secret"))
    else:
        made = RemoteStage(work, payload)
    yield made
    made.close()


@pytest.fixture
def remote(work, payload):
    made = RemoteStage(work, payload)
    yield made
    made.close()


@pytest.fixture
def local(work, ports, payload, make_session):
    made = LocalStage(work, ports, payload, make_session)
    yield made
    made.close()
