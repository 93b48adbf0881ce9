"""What the demo's play sees on Trakt, and what it costs to look."""

from local_stack.demo.views import OnTrakt
from local_stack.testing import a_system
from trakt_simulator.testing import SimulatorProcess

HEAT, STING = "tt0113277", "tt0070735"
ON_IT = [{"type": "movie", "ids": {"imdb": HEAT}}, {"type": "movie", "ids": {"imdb": STING}}]


async def test_waiting_for_a_list_asks_trakt_nothing_and_reading_it_as_its_user_asks_twice() -> None:
    async with SimulatorProcess() as simulator:
        system = a_system(trakt_url=simulator.url)
        await simulator.admin.seed({"username": system.user, "lists": [{"name": "Noir", "items": ON_IT}]})
        trakt = OnTrakt(system, simulator.admin)

        assert await trakt.lists() == {"Noir": [HEAT, STING]}
        assert (await simulator.admin.counts()).total == 0

        there, ids = await trakt.as_its_user_sees_it("Noir")
        assert (there["name"], ids) == ("Noir", [HEAT, STING])
        assert (await simulator.admin.counts()).by_endpoint == {
            "GET /users/{id}/lists": 1,
            "GET /users/{id}/lists/{list_id}/items": 1,
        }
