"""Fixtures: those of the swarm tests."""

import importlib.util
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "swarm")]

from harness.browser import Browser  # noqa: E402

_spec = importlib.util.spec_from_file_location("swarm_conftest", HERE.parent / "swarm" / "conftest.py")
_swarm = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_swarm)
seed, work, ports, make_session, make_daemon = _swarm.seed, _swarm.work, _swarm.ports, _swarm.make_session, _swarm.make_daemon
seeder = _swarm.seeder
pytest_addoption = _swarm.pytest_addoption
pytest_runtest_makereport = _swarm.pytest_runtest_makereport
pytest_terminal_summary = _swarm.pytest_terminal_summary
loopback_only = _swarm.loopback_only


@pytest.fixture
def browser(request, work):
    """When the test fails, what was to be seen stays in its directory: page.png, page.html, console.log."""
    browser = Browser(work)
    try:
        yield browser
        if getattr(getattr(request.node, "report_call", None), "failed", True):
            browser.keep(work)
    finally:
        browser.close()
