"""Accounts, their tokens and device logins, and the whole state to read and to seed."""

from http import HTTPStatus

from trakt_simulator.admin import responses
from trakt_simulator.admin.errors import AdminError
from trakt_simulator.admin.requests import (
    AccountChange,
    DeviceBody,
    ExpireBody,
    NewAccount,
    SeedBody,
    read_body,
)
from trakt_simulator.admin.seed import change_profile, seed_account
from trakt_simulator.clock import iso
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response, no_content
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.oauth.responses import token_object
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator


def list_accounts(request: Request, sim: Simulator) -> Response:
    """All accounts without their lists. `lists_updated_at` changes when an account's lists or watchlist do."""
    del request
    accounts = sim.accounts.by_slug.values()
    return json_response(
        [{**responses.account_summary(a), "lists_updated_at": iso(a.lists_updated_ms)} for a in accounts]
    )


def add_account(request: Request, sim: Simulator) -> Response:
    """Make an account, or issue another token pair for one that exists. Only what is sent of its profile changes."""
    body = read_body(request, NewAccount)
    account = sim.accounts.add_account(body.username, request.now_ms)
    change_profile(sim, account, body)
    return json_response(_token_of(sim, account), HTTPStatus.CREATED)


def change_account(request: Request, sim: Simulator) -> Response:
    account = _account(request, sim)
    change_profile(sim, account, read_body(request, AccountChange))
    return json_response(responses.account_summary(account))


def expire_tokens(request: Request, sim: Simulator) -> Response:
    account = _account(request, sim)
    sim.tokens.end_all(account, with_refresh=read_body(request, ExpireBody).refresh_too)
    return no_content()


def decide_device(request: Request, sim: Simulator) -> Response:
    """Approve or deny a device code, as its page does."""
    body = read_body(request, DeviceBody)
    code = sim.devices.by_user_code(request.params["user_code"], request.now_ms)
    if code is None:
        raise AdminError(HTTPStatus.NOT_FOUND, "no such code, or it is decided or expired")
    sim.devices.decide(code, sim.accounts.add_account(body.username, request.now_ms) if body.approve else None)
    return no_content()


def seed(request: Request, sim: Simulator) -> Response:
    """Add accounts with lists and items, in the form of `/state`; return their tokens and unknown items."""
    seeded = [seed_account(sim, account) for account in read_body(request, SeedBody).accounts]
    accounts = [
        {**_token_of(sim, account), "not_found": [item.model_dump() for item in not_found]}
        for account, not_found in seeded
    ]
    return json_response({"accounts": accounts}, HTTPStatus.CREATED)


def get_state(request: Request, sim: Simulator) -> Response:
    """All accounts with lists and items; `?account=` shows one account only."""
    return json_response(responses.state(sim, request.query.get("account")))


def _token_of(sim: Simulator, account: Account) -> dict[str, object]:
    """Issue a token pair for the first app."""
    return {**token_object(sim, account, next(iter(sim.apps))), "username": account.username}


def _account(request: Request, sim: Simulator) -> Account:
    account = sim.accounts.find(request.params["username"])
    if account is None:
        raise AdminError(HTTPStatus.NOT_FOUND, "no such account")
    return account


ROUTES = (
    Route("GET", "/_admin/accounts", list_accounts, Auth.NONE),
    Route("POST", "/_admin/accounts", add_account, Auth.NONE),
    Route("PATCH", "/_admin/accounts/{username}", change_account, Auth.NONE),
    Route("POST", "/_admin/accounts/{username}/tokens/expire", expire_tokens, Auth.NONE),
    Route("POST", "/_admin/device/{user_code}", decide_device, Auth.NONE),
    Route("POST", "/_admin/seed", seed, Auth.NONE),
    Route("GET", "/_admin/state", get_state, Auth.NONE),
)
