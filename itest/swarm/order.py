"""A plugin of our own for the order of tests: `--random` shuffles files and the tests in each, from a seed that is printed. What may last longest begins
first in any order, or at the end one test would run alone and all processors but one would wait for it."""

import random

import pytest


def pytest_addoption(parser):
    parser.addoption("--random", nargs="?", type=int, const=-1, default=None, metavar="SEED",
                     help="any order; with the seed that a run printed: the order of that run")


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        config.option.random = config.workerinput["random"]
    elif config.option.random == -1:
        config.option.random = random.SystemRandom().randrange(1 << 30)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["random"] = node.config.option.random  # all workers of pytest-xdist must have the same order


def pytest_collection_modifyitems(config, items):
    seed = config.option.random
    if seed is not None:
        chance = random.Random(seed)
        files = sorted({item.path for item in items})
        place = {file: chance.random() for file in files}
        items.sort(key=lambda item: item.nodeid)
        chance.shuffle(items)
        items.sort(key=lambda item: place[item.path])  # stable: files stay together, and so do the engines that they share
    items.sort(key=lambda item: -_longer(item, float(config.getini("timeout"))))


def _longer(item, usual):
    """The seconds that a test may last, if that is longer than usual."""
    mark = item.get_closest_marker("timeout")
    return mark.args[0] if mark and mark.args[0] > usual else 0


def pytest_terminal_summary(terminalreporter, config):
    if config.option.random is not None:
        terminalreporter.write_line(f"order: --random {config.option.random}")
