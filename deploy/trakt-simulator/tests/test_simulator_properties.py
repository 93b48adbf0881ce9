"""Any sequence of requests to lists agrees with a plain model of a list."""

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, consumes, initialize, invariant, rule

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.clock import Clock
from trakt_simulator.endpoints.table import router
from trakt_simulator.gateway.gateway import Gateway
from trakt_simulator.http.request import Request
from trakt_simulator.options import Options
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.testing import api_headers
from trakt_simulator.testing.in_process import START_S, shipped_titles

# A few movies and shows with the same ids, and one id that does not exist.
TITLES = st.lists(
    st.tuples(st.sampled_from(["movies", "shows"]), st.one_of(st.integers(1, 12), st.just(99_999))),
    min_size=1,
    max_size=14,
)
LIMITS = {"lists": 3, "items_per_list": 8, "total_items": 12}
Item = tuple[str, int]


@dataclass
class Model:
    """The expected list."""

    name: str
    description: str | None = None
    items: list[Item] = field(default_factory=list)


class ListCalls(RuleBasedStateMachine):
    """Requests to one account's lists, in any order."""

    numbers = Bundle("numbers")

    @initialize(target=numbers)
    def start(self) -> int | MultipleResults[int]:
        self.seconds = START_S
        self.sim = Simulator(
            Catalogue(shipped_titles()),
            first_options=Options(rate_limits=False),
            clock=Clock(lambda: self.seconds),
        )
        self.gateway = Gateway(self.sim, router())
        account = self.sim.accounts.add_account("demo", self.sim.clock.now_ms())
        account.own_limits = account.limits._replace(**LIMITS)
        grant = self.sim.tokens.issue(account, "watchbuddy-local", lifetime_s=10**9, now_ms=self.sim.clock.now_ms())
        headers = {**api_headers(), "Authorization": f"Bearer {grant.access_token}"}
        self.headers = {name.lower().encode(): value.encode() for name, value in headers.items()}
        self.model: dict[int, Model] = {}
        self.stamps: dict[int, str] = {}
        self.seen: dict[int, Any] = {}
        self.contents: dict[int, object] = {}
        return self.create("A")

    def send(self, method: str, path: str, body: object = None, **query: str) -> tuple[int, dict[str, str], Any]:
        raw = b"" if body is None else json.dumps(body).encode()
        request = Request(method, f"/users/me/lists{path}", query, self.headers, raw, self.sim.clock.now_ms())
        response = self.gateway.handle(request).response
        headers = {name.decode(): value.decode() for name, value in response.headers}
        return response.status, headers, json.loads(response.body) if response.body else None

    @rule(seconds=st.sampled_from([0, 0.001, 1, 1000]))
    def time_passes(self, seconds: float) -> None:
        self.seconds += seconds

    @rule(target=numbers, name=st.sampled_from(["A", "B", "B ", "…"]))
    def create(self, name: str) -> int:
        status, _, made = self.send("POST", "", {"name": name})
        if len(self.model) >= LIMITS["lists"]:
            assert status == 420
            return 0
        assert status == 201
        number = int(made["ids"]["trakt"])
        assert number not in self.model
        assert made["ids"]["slug"] not in {one["ids"]["slug"] for one in self.seen.values()}
        self.model[number] = Model(name.strip())
        return number

    @rule(number=numbers, description=st.sampled_from([None, "x", "y"]), name=st.sampled_from(["A", "C"]))
    def rename(self, number: int, description: str | None, name: str) -> None:
        status, _, shown = self.send("PUT", f"/{number}", {"name": name, "description": description})
        if self.is_gone(number, status):
            return
        self.model[number].name, self.model[number].description = name, description
        assert shown["item_count"] == len(self.model[number].items)

    @rule(number=numbers, titles=TITLES)
    def add(self, number: int, titles: list[Item]) -> None:
        status, _, result = self.send("POST", f"/{number}/items", body_of(titles))
        if self.is_gone(number, status):
            return
        model = self.model[number]
        known = in_order([title for title in titles if title[1] < 99_999])
        fresh = [title for title in dict.fromkeys(known) if title not in model.items]
        total = sum(len(one.items) for one in self.model.values())
        is_too_much = (
            len(model.items) + len(fresh) > LIMITS["items_per_list"] or total + len(fresh) > LIMITS["total_items"]
        )
        if fresh and is_too_much:
            assert (status, result) == (420, None)
            return
        assert status == 201
        assert sum(result["added"].values()) == len(fresh)
        assert sum(result["existing"].values()) == len(known) - len(fresh)
        assert sum(map(len, result["not_found"].values())) == len(titles) - len(known)
        model.items += fresh
        self.agrees(number, result["list"])

    @rule(number=numbers, titles=TITLES)
    def remove(self, number: int, titles: list[Item]) -> None:
        status, _, result = self.send("POST", f"/{number}/items/remove", body_of(titles))
        if self.is_gone(number, status):
            return
        model = self.model[number]
        gone = {title for title in titles if title in model.items}
        assert sum(result["deleted"].values()) == len(gone)
        model.items = [title for title in model.items if title not in gone]
        self.agrees(number, result["list"])

    @rule(number=numbers, order=st.randoms(use_true_random=False), share=st.floats(0, 1), strange=st.integers(1, 9))
    def reorder(self, number: int, order: object, share: float, strange: int) -> None:
        rows = self.rows(number)
        order.shuffle(rows)  # type: ignore[attr-defined]
        chosen = rows[: round(len(rows) * share)]
        rank = [*(row["id"] for row in chosen), strange]
        status, _, result = self.send("POST", f"/{number}/items/reorder", {"rank": rank})
        if self.is_gone(number, status):
            return
        model = self.model[number]
        named = [title_of(row) for row in chosen]
        model.items = named + [title for title in model.items if title not in named]
        assert (result["updated"], result["skipped_ids"]) == (len(chosen), [strange])
        self.agrees(number, result["list"])

    @rule(number=consumes(numbers))
    def delete(self, number: int) -> None:
        status, _, _ = self.send("DELETE", f"/{number}")
        assert status == (204 if self.model.pop(number, None) else 404)

    def is_gone(self, number: int, status: int) -> bool:
        """Tell whether the list does not exist. Every request must agree."""
        assert (status == 404) == (number not in self.model)
        return status == 404

    def agrees(self, number: int, state: dict[str, object]) -> None:
        """The response to a change agrees with a read."""
        _, _, shown = self.send("GET", f"/{number}")
        assert state == {"updated_at": shown["updated_at"], "item_count": shown["item_count"]}

    def rows(self, number: int) -> list[dict[str, object]]:
        """Read a list in pages of four."""
        rows: list[dict[str, object]] = []
        page = 1
        while True:
            status, headers, found = self.send("GET", f"/{number}/items", limit="4", page=str(page))
            if status != 200:
                return rows
            rows += found
            if page >= int(headers["x-pagination-page-count"]):
                assert len(rows) == int(headers["x-pagination-item-count"])
                return rows
            page += 1

    @invariant()
    def everything_holds(self) -> None:
        _, headers, lists = self.send("GET", "")
        assert [shown["ids"]["trakt"] for shown in lists] == list(self.model)
        assert int(headers["x-pagination-item-count"]) == len(self.model)
        for shown in lists:
            number = shown["ids"]["trakt"]
            model, rows = self.model[number], self.rows(number)
            assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
            assert [title_of(row) for row in rows] == model.items
            assert shown["item_count"] == len(rows) == len(set(model.items)) == len({row["id"] for row in rows})
            assert (shown["name"], shown["description"]) == (model.name, model.description)
            content = (model.name, model.description, tuple(model.items))
            before, stamp = self.stamps.get(number), shown["updated_at"]
            if before is not None:
                is_changed = content != self.contents[number]
                assert (stamp > before) if is_changed else (stamp == before)
            self.stamps[number], self.contents[number] = stamp, content
            self.seen[number] = shown
        self.seen = {number: shown for number, shown in self.seen.items() if number in self.model}


def in_order(titles: list[Item]) -> list[Item]:
    """Return the titles in the order in which a body is read: movies first."""
    return [title for name in ("movies", "shows") for title in titles if title[0] == name]


def body_of(titles: list[Item]) -> dict[str, object]:
    return {
        name: [{"ids": {"trakt": number}} for kind, number in titles if kind == name] for name in ("movies", "shows")
    }


def title_of(row: dict[str, Any]) -> Item:
    word = row["type"]
    return f"{word}s", row[word]["ids"]["trakt"]


ListCalls.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestListCalls = ListCalls.TestCase
