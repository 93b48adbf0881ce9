"""The admin API, under `/_admin`: JSON in, JSON out. Its requests are in no log and under no limit."""

from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from trakt_simulator.admin import responses
from trakt_simulator.admin.requests import AccountChange, ClockBody, DeviceBody, ExpireBody, NewAccount, SeedBody
from trakt_simulator.admin.seed import change_account, seed_account
from trakt_simulator.clock import iso
from trakt_simulator.faults.faults import Fault
from trakt_simulator.http.wire import is_too_deep
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator

Body = TypeVar("Body", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]
PREFIX = "/_admin"
_PAGE = Path(__file__).with_name("lists.html")


class AdminError(Exception):
    """Ends an admin request; sent as `{"error": …}`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def json_response(value: object, status: int = HTTPStatus.OK) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")


async def on_error(request: Request, error: Exception) -> Response:
    """Turn what an admin endpoint raises into an answer."""
    del request
    if isinstance(error, ValidationError):
        details = [{"at": ".".join(map(str, e["loc"])), "error": e["msg"]} for e in error.errors()]
        return json_response({"error": "not valid", "details": details}, HTTPStatus.UNPROCESSABLE_ENTITY)
    assert isinstance(error, AdminError)  # noqa: S101 (registered for these two only)
    return json_response({"error": str(error)}, error.status)


class Admin:
    """The endpoints. Bodies may be left out where all of their fields have defaults."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", "/", self.page),
            ("GET", "/health", self.health),
            ("POST", "/reset", self.reset),
            ("POST", "/seed", self.seed),
            ("GET", "/accounts", self.list_accounts),
            ("POST", "/accounts", self.add_account),
            ("PATCH", "/accounts/{username}", self.change_account),
            ("POST", "/accounts/{username}/tokens/expire", self.expire_tokens),
            ("POST", "/device/{user_code}", self.decide_device),
            ("GET", "/options", self.get_options),
            ("PATCH", "/options", self.change_options),
            ("GET", "/faults", self.list_faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.remove_faults),
            ("DELETE", "/faults/{id:int}", self.remove_fault),
            ("GET", "/requests", self.list_requests),
            ("DELETE", "/requests", self.clear_requests),
            ("GET", "/counts", self.counts),
            ("GET", "/state", self.state),
            ("GET", "/clock", self.get_clock),
            ("POST", "/clock", self.advance_clock),
        ]
        return [Route(PREFIX + path.rstrip("/"), endpoint, methods=[method]) for method, path, endpoint in table]

    async def page(self, request: Request) -> Response:
        """The web page: accounts, lists, items, last requests."""
        del request
        return FileResponse(_PAGE, media_type="text/html")

    async def health(self, request: Request) -> Response:
        del request
        return json_response({"status": "ok"})

    async def reset(self, request: Request) -> Response:
        del request
        self._sim.reset()
        return _no_content()

    async def seed(self, request: Request) -> Response:
        """Put accounts with lists and items in place (the shape of `/state`); return their tokens and unknown items."""
        body = await _read(request, SeedBody)
        seeded = [seed_account(self._sim, account) for account in body.accounts]
        answer = [
            {**self._token(account), "not_found": [item.model_dump() for item in not_found]}
            for account, not_found in seeded
        ]
        return json_response({"accounts": answer}, HTTPStatus.CREATED)

    async def list_accounts(self, request: Request) -> Response:
        """All accounts without their lists; `lists_updated_at` moves when anything of an account's lists does."""
        del request
        accounts = self._sim.world.accounts.values()
        return json_response(
            [{**responses.account_summary(a), "lists_updated_at": iso(a.lists_updated_ms)} for a in accounts]
        )

    async def add_account(self, request: Request) -> Response:
        """Make an account, or another token pair for one that exists (its profile stays, but for what is sent)."""
        body = await _read(request, NewAccount)
        account = self._sim.world.add_account(body.username, self._sim.clock.now_ms())
        change_account(self._sim, account, body)
        return json_response(self._token(account), HTTPStatus.CREATED)

    async def change_account(self, request: Request) -> Response:
        account = self._account(request)
        change_account(self._sim, account, await _read(request, AccountChange))
        return json_response(responses.account_summary(account))

    async def expire_tokens(self, request: Request) -> Response:
        account = self._account(request)
        body = await _read(request, ExpireBody)
        self._sim.tokens.end_all(account, with_refresh=body.refresh_too)
        return _no_content()

    async def decide_device(self, request: Request) -> Response:
        """Approve or deny a device code, as its page does."""
        body = await _read(request, DeviceBody)
        code = self._sim.devices.entered(request.path_params["user_code"], self._sim.clock.now_ms())
        if code is None:
            raise AdminError(HTTPStatus.NOT_FOUND, "no such code, or it is decided or expired")
        now_ms = self._sim.clock.now_ms()
        self._sim.devices.decide(code, self._sim.world.add_account(body.username, now_ms) if body.approve else None)
        return _no_content()

    async def get_options(self, request: Request) -> Response:
        del request
        return json_response(self._sim.options.model_dump())

    async def change_options(self, request: Request) -> Response:
        changes = await _json(request)
        if not isinstance(changes, dict):
            raise AdminError(HTTPStatus.UNPROCESSABLE_ENTITY, "the body must be an object")
        return json_response(self._sim.set_options(changes).model_dump())

    async def list_faults(self, request: Request) -> Response:
        del request
        return json_response([responses.fault(active) for active in self._sim.faults])

    async def add_fault(self, request: Request) -> Response:
        fault = await _read(request, Fault)
        if fault.account is not None:
            account = self._sim.world.account_named(fault.account)
            if account is None:
                raise AdminError(HTTPStatus.UNPROCESSABLE_ENTITY, "account: no such account")
            fault = fault.model_copy(update={"account": account.username})
        number = self._sim.add_fault(fault)
        return json_response({"id": number}, HTTPStatus.CREATED)

    async def remove_faults(self, request: Request) -> Response:
        del request
        self._sim.faults.clear()
        return _no_content()

    async def remove_fault(self, request: Request) -> Response:
        if not self._sim.faults.remove(request.path_params["id"]):
            raise AdminError(HTTPStatus.NOT_FOUND, "no such fault, or it is used up")
        return _no_content()

    async def list_requests(self, request: Request) -> Response:
        """Filters: method, path (fnmatch), account, status, since_id (later than), limit (the newest so many)."""
        query = request.query_params
        since = number_in(query.get("since_id", "")) or 0
        path = query.get("path")
        found = [
            entry
            for entry in self._sim.log
            if entry.id > since
            and query.get("method", entry.method).upper() == entry.method
            and query.get("account", entry.account) == entry.account
            and query.get("status", str(entry.status)) == str(entry.status)
            and (path is None or fnmatchcase(entry.path, path))
        ]
        limit = number_in(query.get("limit", ""))
        if limit is not None:
            found = found[len(found) - min(limit, len(found)) :]
        return json_response([responses.request(entry) for entry in found])

    async def clear_requests(self, request: Request) -> Response:
        del request
        self._sim.log.clear()
        return _no_content()

    async def counts(self, request: Request) -> Response:
        del request
        log = self._sim.log
        return json_response(
            {"total": log.total, "by_endpoint": dict(log.by_endpoint), "by_status": dict(log.by_status)}
        )

    async def state(self, request: Request) -> Response:
        """`?account=` shows one account only."""
        return json_response(responses.state(self._sim, request.query_params.get("account")))

    async def get_clock(self, request: Request) -> Response:
        del request
        return json_response({"now": iso(self._sim.clock.now_ms())})

    async def advance_clock(self, request: Request) -> Response:
        if not self._sim.clock.advance((await _read(request, ClockBody)).advance_s):
            raise AdminError(HTTPStatus.UNPROCESSABLE_ENTITY, "advance_s: past the years that dates have")
        return await self.get_clock(request)

    def _token(self, account: Account) -> dict[str, object]:
        """Return a new token object for the first app, and whose it is."""
        grant = self._sim.tokens.issue(
            account,
            next(iter(self._sim.apps)),
            lifetime_s=self._sim.options.token_lifetime_s,
            now_ms=self._sim.clock.now_ms(),
        )
        return {**grant.as_json(), "username": account.username}

    def _account(self, request: Request) -> Account:
        account = self._sim.world.account_named(request.path_params["username"])
        if account is None:
            raise AdminError(HTTPStatus.NOT_FOUND, "no such account")
        return account


async def _json(request: Request) -> object:
    text = await request.body()
    try:
        value = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError as error:
        raise AdminError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error
    if is_too_deep(value):
        raise AdminError(HTTPStatus.BAD_REQUEST, "the body is nested too deeply")
    return value


async def _read(request: Request, model: type[Body]) -> Body:
    return model.model_validate(await _json(request))


def _no_content() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)
