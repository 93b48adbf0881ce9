"""Every request to every endpoint gets a response that Trakt could send: never 500, and JSON or an empty body."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.media import PLURAL
from trakt_simulator.clock import Clock
from trakt_simulator.endpoints.table import ROUTES, router
from trakt_simulator.gateway.gateway import Gateway
from trakt_simulator.http.request import Request
from trakt_simulator.http.routing import Route
from trakt_simulator.options import Options
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.testing import api_headers
from trakt_simulator.testing.in_process import START_S, shipped_titles

DOCUMENTED = {200, 201, 204, 400, 401, 403, 404, 405, 409, 410, 412, 418, 420, 422, 423, 426, 429}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from([1, 2, 30_000_001, 1_000_000_001, "tt0114709", "unknown", "released", "2026-01-01", "rank"]),
)
# The names that endpoints read.
NAMES = st.sampled_from(
    [
        "ids", "trakt", "slug", "imdb", "tmdb", "tvdb", "title", "year", "seasons", "episodes", "number", "rating",
        "rated_at", "watched_at", "notes", "name", "description", "privacy", "rank", "sort_by", "sort_how",
        "display_numbers", "allow_comments", "grant_type", "code", "client_id", "client_secret", "refresh_token",
        "token", *PLURAL.values(),
    ]
)  # fmt: skip
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))
ELEMENTS = st.lists(
    st.fixed_dictionaries({"ids": st.dictionaries(NAMES, SCALARS, max_size=3)}, optional={"seasons": VALUES})
)
BODIES = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=5).map(lambda body: json.dumps(body).encode()),
    st.dictionaries(st.sampled_from(list(PLURAL.values())), ELEMENTS, max_size=3).map(lambda b: json.dumps(b).encode()),
    VALUES.map(lambda body: json.dumps(body).encode()),
    st.binary(max_size=20),
)
PARTS = st.one_of(
    st.sampled_from([
        "me", "demo", "list", "30000001", "1000000001", "1", "5", "movie", "shows", "all", "imdb", "tmdb", "title",
        "desc",
    ]),
    st.text(st.characters(exclude_characters="/"), min_size=1, max_size=12),
)  # fmt: skip
QUERIES = st.dictionaries(
    st.sampled_from(
        ["page", "limit", "type", "extended", "sort_by", "sort_how", "start_at", "end_at", "ignore_watched"]
    ),
    st.one_of(
        st.text(max_size=6), st.sampled_from(["1", "all", "full", "progress", "movies", "true", "title", "desc"])
    ),
    max_size=3,
)


def simulator(*, unknown_ids_exist: bool) -> tuple[Gateway, dict[bytes, bytes]]:
    """A Trakt with an account that has a list with an item, a play and a rating."""
    options = Options(rate_limits=False, unknown_ids_exist=unknown_ids_exist)
    sim = Simulator(Catalogue(shipped_titles()), first_options=options, clock=Clock(lambda: START_S))
    account = sim.accounts.add_account("demo", 0)
    account.is_vip = True
    sim.accounts.append_items(account, sim.accounts.add_list(account, "List", 0), [8], 0)
    grant = sim.tokens.issue(account, "watchbuddy-local", lifetime_s=10**9, now_ms=sim.clock.now_ms())
    headers = {**api_headers(), "Authorization": f"Bearer {grant.access_token}"}
    return Gateway(sim, router()), {name.lower().encode(): value.encode() for name, value in headers.items()}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_input_brings_an_endpoint_down(route: Route) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(parts=st.lists(PARTS, min_size=5, max_size=5), query=QUERIES, body=BODIES, is_inventive=st.booleans())
    def check(parts: list[str], query: dict[str, str], body: bytes, is_inventive: bool) -> None:
        gateway, headers = gateways[is_inventive]
        path = route.pattern
        for part in parts:
            start, brace, rest = path.partition("{")
            path = start + (part + rest.partition("}")[2] if brace else "")
        response = gateway.handle(Request(route.method, path, query, headers, body, 10**12)).response
        assert response.status in DOCUMENTED
        if response.body:
            json.loads(response.body)

    gateways = {flag: simulator(unknown_ids_exist=flag) for flag in (False, True)}
    check()
