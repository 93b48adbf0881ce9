"""Tools of npm for tests, at the versions of `package-lock.json`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the modules beside the tests are the package `clients`

from clients.node import Node, NotHereError


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages of `package.json`."""
    try:
        return Node.find()
    except NotHereError as error:
        pytest.skip(str(error))  # the text names the program that this machine lacks
