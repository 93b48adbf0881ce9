"""Simulators for the tests."""

import pytest

from trakt_simulator.testing.in_process import InProcessTrakt


@pytest.fixture
def trakt() -> InProcessTrakt:
    """A simulator with all limits on, as Trakt has them."""
    return InProcessTrakt()


@pytest.fixture
def unlimited() -> InProcessTrakt:
    """A simulator without rate limits."""
    return InProcessTrakt(rate_limits=False)
