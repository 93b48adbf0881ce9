"""The composition root: the Trakt API, and beside it the admin API and the login pages, as one ASGI application."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from trakt_simulator.admin import api as admin
from trakt_simulator.endpoints.table import router
from trakt_simulator.gateway.api import TraktApi
from trakt_simulator.gateway.asgi import ClientGoneError, Receive, Scope, Send, read_body, request_from, send_response
from trakt_simulator.gateway.gateway import Gateway
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response
from trakt_simulator.http.routing import Endpoint, Router, segments_of
from trakt_simulator.oauth import activate, authorize
from trakt_simulator.state.simulator import Simulator

_LOGIN_PAGES = Router((*activate.ROUTES, *authorize.ROUTES))


class Application:
    """The ASGI application.

    Args:
        with_admin: False leaves out the admin API and the lists page. Trakt does not know their paths.
        auth_port: the port that has only OAuth; None: there is no such port.
        stopping: set when the server ends.
        save: called when a request was carried out, before its response is sent and before a fault waits.
    """

    def __init__(
        self,
        sim: Simulator,
        *,
        with_admin: bool = True,
        auth_port: int | None = None,
        stopping: asyncio.Event | None = None,
        save: Callable[[], None] | None = None,
    ) -> None:
        self._sim = sim
        # Trakt forgets nothing that it has confirmed. So a change is saved first: we may be killed the next moment.
        self._save = save or self._forget_changes
        self._gateway = Gateway(sim, router())
        self._trakt = TraktApi(sim, self._gateway, stopping or asyncio.Event(), self._save)
        self._auth_port = auth_port
        self._with_admin = with_admin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        endpoint = self._endpoint(scope)
        if endpoint is None:
            await self._trakt(scope, receive, send)
            return
        try:
            body = await read_body(receive)
        except ClientGoneError:
            return
        request = request_from(scope, body or b"", self._sim.clock.now_ms())
        self._gateway.carry_out_late(request.now_ms)
        response = endpoint(request, self._sim)
        self._save()
        await send_response(request, send, response)

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        """Return what carries out the request beside the Trakt API; None: the Trakt API does."""
        path = "/" + "/".join(segments_of(scope["path"]))
        is_login_page = _is_below(path, "/activate") or _is_below(path, "/oauth/authorize")
        is_on_auth_port = self._auth_port is not None and scope["server"][1] == self._auth_port
        if is_on_auth_port and not (is_login_page or _is_below(path, "/oauth")):
            return _not_found
        if self._with_admin and (path == "/" or _is_below(path, admin.PREFIX)):
            return admin.respond
        return _LOGIN_PAGES.respond if is_login_page else None

    def _forget_changes(self) -> None:
        """Forget what has changed, since nothing saves it."""
        self._sim.accounts.changed.clear()
        self._sim.tokens.changed.clear()


def _is_below(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _not_found(request: Request, sim: Simulator) -> Response:
    del request, sim
    return Response(HTTPStatus.NOT_FOUND)
