"""A simulator inside the test's own process, with a clock that moves only when the test moves it."""

from collections.abc import Callable, Iterable
from functools import cache

import httpx

from trakt_simulator.app import Application
from trakt_simulator.catalogue import shipped
from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.titles import Title
from trakt_simulator.clock import Clock
from trakt_simulator.options import Options
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.testing.admin_client import TokenPair, api_headers

# A Saturday, on a border of all rate limits' windows.
START_S = 1_795_219_200.0


@cache
def shipped_titles() -> tuple[Title, ...]:
    return tuple(shipped.shipped_titles())


class InProcessTrakt:
    """A simulator without a socket. Only `pass_time()` moves its clock.

    Faults that close connections raise `gateway.asgi.ConnectionBrokenError`. For a real connection use
    `SimulatorProcess`.

    Args:
        titles: the catalogue; None: the shipped titles.
        options: those that differ from the defaults of `Options`.
    """

    def __init__(self, *, titles: Iterable[Title] | None = None, **options: object) -> None:
        self._now_s = START_S
        self.sim = Simulator(
            Catalogue(shipped_titles() if titles is None else titles),
            first_options=Options.model_validate(options),
            clock=Clock(lambda: self._now_s),
        )
        self._saved_by: Callable[[], None] = lambda: None
        self._transport = httpx.ASGITransport(Application(self.sim, save=self._save))
        self.admin = httpx.AsyncClient(transport=self._transport, base_url="http://trakt.test/_admin")
        self.browser = httpx.AsyncClient(transport=self._transport, base_url="http://trakt.test")

    def pass_time(self, seconds: float) -> None:
        self._now_s += seconds

    def _save(self) -> None:
        self._saved_by()

    def save_with(self, save: Callable[[], None]) -> None:
        """Save the changes of every request, as a process with a state file does."""
        self._saved_by = save

    async def account(self, username: str = "demo", /, **profile: object) -> TokenPair:
        response = await self.admin.post("/accounts", json={"username": username, **profile})
        response.raise_for_status()
        return TokenPair.model_validate_json(response.content)

    async def client(self, username: str = "demo", /, **profile: object) -> httpx.AsyncClient:
        """Return a client with a token of this account, which is made when it is new."""
        return self.client_with((await self.account(username, **profile)).headers())

    def client_with(self, headers: dict[str, str]) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self._transport, base_url="http://trakt.test", headers=headers)

    def client_without_token(self) -> httpx.AsyncClient:
        """Return a client of the app, without a token."""
        return self.client_with(api_headers())

    async def fault(self, kind: str, **fields: object) -> int:
        response = await self.admin.post("/faults", json={"kind": kind, **fields})
        response.raise_for_status()
        number = response.json()["id"]
        assert isinstance(number, int)
        return number
