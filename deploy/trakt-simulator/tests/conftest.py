"""Simulators for the tests."""

import pytest

from trakt_simulator.testing.in_process import InProcessTrakt


@pytest.fixture
def trakt() -> InProcessTrakt:
    """As Trakt is: with all limits on."""
    return InProcessTrakt()


@pytest.fixture
def unlimited() -> InProcessTrakt:
    """Without rate limits, for tests of something else."""
    return InProcessTrakt(rate_limits=False)
