"""Composition root: the only place that builds anything."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from trakt_simulator.admin import PREFIX, Admin, AdminError, on_error
from trakt_simulator.asgi import Message, Receive, Scope, Send, TraktApi
from trakt_simulator.catalogue import Catalogue
from trakt_simulator.endpoints.table import router
from trakt_simulator.gateway import Gateway
from trakt_simulator.login_pages import PATHS, LoginPages
from trakt_simulator.simulator import Simulator
from trakt_simulator.titles import read_titles

SHIPPED_TITLES = Path(__file__).with_name("titles.csv.gz")


def catalogue_from(path: Path | None = None) -> Catalogue:
    """Read a catalogue file; None: the 4,098 titles of the package.

    Raises:
        CatalogueFileError: the file cannot be used.
    """
    return Catalogue(read_titles(path or SHIPPED_TITLES))


class Application:
    """The ASGI application: Trakt's API, and beside it the admin API and the pages.

    Args:
        with_admin: False leaves the admin API and the lists page out; their paths are then unknown to Trakt.
        auth_port: on this port there is nothing but OAuth; None: there is no such port.
        stopping: set when the server ends.
        keep: called when a request was carried out, before anything of its answer is sent.
    """

    def __init__(
        self,
        sim: Simulator,
        *,
        with_admin: bool = True,
        auth_port: int | None = None,
        stopping: asyncio.Event | None = None,
        keep: Callable[[], None] | None = None,
    ) -> None:
        self.sim = sim
        self._trakt = TraktApi(sim, Gateway(sim, router()), stopping or asyncio.Event())
        self._beside = Starlette(
            routes=[*LoginPages(sim).routes(), *(Admin(sim).routes() if with_admin else ()), *_home(with_admin)],
            exception_handlers={AdminError: on_error, ValidationError: on_error},
        )
        self._auth_port = auth_port
        self._keep = keep or self._forget_changes
        self._prefixes = (*PATHS, PREFIX) if with_admin else PATHS
        self._home = "/" if with_admin else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_kept(message: Message) -> None:
            # What was answered must not be lost, even if we are killed the next moment: a Trakt does not forget.
            if message["type"] == "http.response.start":
                self._keep()
            await send(message)

        try:
            await self._answer(scope, receive, send_kept)
        finally:
            # A call whose answer a fault took away.
            self._keep()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if self._auth_port is not None and scope["server"][1] == self._auth_port and not _is_auth(path):
            await Response(status_code=HTTPStatus.NOT_FOUND)(scope, receive, send)
        elif path.startswith(self._prefixes) or path == self._home:
            await self._beside(scope, receive, send)
        else:
            await self._trakt(scope, receive, send)

    def _forget_changes(self) -> None:
        """Nobody keeps them."""
        self.sim.world.changed.clear()
        self.sim.tokens.changed.clear()


def _is_auth(path: str) -> bool:
    return path.lstrip("/").startswith(("oauth/", "activate"))


def _home(with_admin: bool) -> list[Route]:
    """A browser that opens the bare address gets the lists page."""
    return [Route("/", lambda _: RedirectResponse(f"{PREFIX}/"))] if with_admin else []
