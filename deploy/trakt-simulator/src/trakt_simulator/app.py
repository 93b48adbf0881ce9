"""Composition root: the only place that builds anything."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from trakt_simulator.admin.routes import PREFIX, Admin, AdminError, on_error
from trakt_simulator.endpoints.table import router
from trakt_simulator.gateway.asgi import Message, Receive, Scope, Send, TraktApi
from trakt_simulator.gateway.gateway import Gateway
from trakt_simulator.http.routing import segments_of
from trakt_simulator.oauth.pages import PATHS, LoginPages
from trakt_simulator.state.simulator import Simulator


class Application:
    """The ASGI application: Trakt's API, and beside it the admin API and the pages.

    Args:
        with_admin: False leaves the admin API and the lists page out; their paths are then unknown to Trakt.
        auth_port: on this port there is nothing but OAuth; None: there is no such port.
        stopping: set when the server ends.
        keep: called when a request was carried out, before anything of its answer is sent and before a fault waits.
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
        # What was answered must not be lost, even if we are killed the next moment: a Trakt does not forget.
        self._keep = keep or self._forget_changes
        self._trakt = TraktApi(sim, Gateway(sim, router()), stopping or asyncio.Event(), self._keep)
        self._beside = Starlette(
            routes=[*LoginPages(sim).routes(), *(Admin(sim).routes() if with_admin else ()), *_home(with_admin)],
            exception_handlers={AdminError: on_error, ValidationError: on_error},
        )
        self._auth_port = auth_port
        self._with_admin = with_admin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        # As for the API's own paths: a trailing slash and doubled slashes do not matter.
        path = "/" + "/".join(segments_of(scope["path"]))
        is_admin = self._with_admin and _is_below(path, PREFIX)
        if self._auth_port is not None and scope["server"][1] == self._auth_port and not _is_auth(path):
            await Response(status_code=HTTPStatus.NOT_FOUND)(scope, receive, send)
        elif is_admin and _is_of_another_site(scope):
            await Response("not from another site's page", HTTPStatus.FORBIDDEN)(scope, receive, send)
        elif is_admin or any(_is_below(path, page) for page in PATHS) or (self._with_admin and path == "/"):
            await self._answer_beside({**scope, "path": path}, receive, send)
        else:
            await self._trakt(scope, receive, send)

    async def _answer_beside(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._keep()
            await send(message)

        await self._beside(scope, receive, send_kept)

    def _forget_changes(self) -> None:
        """Nobody keeps them."""
        self.sim.world.changed.clear()
        self.sim.tokens.changed.clear()


def _is_below(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _is_auth(path: str) -> bool:
    return _is_below(path, "/oauth") or _is_below(path, "/activate")


def _is_of_another_site(scope: Scope) -> bool:
    """Tell whether a browser sends this for a page that is not ours: any page could empty the state otherwise."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host", b"")


def _home(with_admin: bool) -> list[Route]:
    """A browser that opens the bare address gets the lists page."""
    return [Route("/", lambda _: RedirectResponse(f"{PREFIX}/"))] if with_admin else []
