"""For tests and demos: the simulator as a child process, and a client of its admin API.

Needs httpx (extra `testing`).
"""

from trakt_simulator.faults.fault import FaultKind
from trakt_simulator.testing.admin_client import (
    AccountState,
    Counts,
    ItemState,
    ListState,
    LoggedRequest,
    SimulatorAdmin,
    TokenPair,
    api_headers,
)
from trakt_simulator.testing.process import SimulatorProcess
from trakt_simulator.testing.waiting import eventually

__all__ = [
    "AccountState",
    "Counts",
    "FaultKind",
    "ItemState",
    "ListState",
    "LoggedRequest",
    "SimulatorAdmin",
    "SimulatorProcess",
    "TokenPair",
    "api_headers",
    "eventually",
]
