"""The demo's play of the main job: what a user does, and what they then see on Trakt and in their messages."""

import httpx

from local_stack.demo import manual_list, smart_list
from local_stack.demo.errors import StepFailedError
from local_stack.demo.stage import Say, Stage
from local_stack.demo.views import OnTrakt, listening
from local_stack.system.description import System
from trakt_simulator.testing import SimulatorAdmin


async def play(system: System, say: Say) -> None:
    """Play the main job; every step is said with how long it took.

    Raises:
        StepFailedError: a step was not seen within its time, or a server did not answer.
    """
    try:
        await _play(system, say)
    except httpx.HTTPError as error:
        raise StepFailedError(f"no answer: {type(error).__name__} {error}") from error


async def _play(system: System, say: Say) -> None:
    bearer = {"Authorization": f"Bearer {system.token}"}
    async with (
        httpx.AsyncClient(base_url=system.lists_api_url, headers=bearer, timeout=10) as lists,
        httpx.AsyncClient(base_url=system.notifier_url, headers=bearer, timeout=10) as notifier,
        SimulatorAdmin(system.trakt.api_url) as admin,
        listening(notifier) as heard,
    ):
        stage = Stage(lists, OnTrakt(system, admin), heard, say)
        fills_itself = await smart_list.make(stage)
        await smart_list.rate_down(stage, fills_itself)
        by_hand = await manual_list.make(stage)
        await manual_list.change_items(stage, by_hand)
        await manual_list.rename(stage, by_hand)
        await manual_list.delete(stage, by_hand)
