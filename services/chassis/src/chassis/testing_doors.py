"""For tests: the doors of an API, one for each operation of its committed OpenAPI document."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx

from chassis.http.auth import Authenticator
from chassis.http.problem_kinds import MEDIA_TYPE
from chassis.postgres.database import Pool
from chassis.testing_identity import Issuer

DOCUMENTS: Final = Path(__file__).parents[4] / "docs/openapi"
ORDER: Final = ("GET", "PUT", "PATCH", "POST", "DELETE")
"""Who takes away comes last."""
MAX_REFUSAL: Final = 1000
"""Bytes of an answer that says no."""
NOT_COMPARED: Final = ("date", "content-length")
Values = Mapping[str, object]
"""Parameters of paths, by name."""


@dataclass(frozen=True, slots=True)
class Door:
    """An operation. Args: samples: a value for each parameter that it must have; body: httpx's arguments."""

    method: str
    path: str
    parameters: tuple[str, ...]
    samples: Values
    query: Mapping[str, str]
    body: Mapping[str, Any]
    needs_token: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, values: Values) -> str:
        """Return the path with these values in place of the samples."""
        every = {**self.samples, **values}
        return re.sub(r"{(\w+)}", lambda found: quote(str(every[found[1]]), safe=""), self.path)

    async def knock(
        self, http: httpx.AsyncClient, authorization: str | None, values: Values | None = None
    ) -> httpx.Response:
        """Send the request with this Authorization header, and no other."""
        headers = {} if authorization is None else {b"Authorization": authorization.encode()}
        address = self.address(values or {})
        return await http.request(self.method, address, params=self.query, headers=headers, **self.body)


def doors(service: str) -> list[Door]:
    """Return the doors of a service, as its document has them, those that take away last."""
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    found = [
        _door(document, method.upper(), path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return sorted(found, key=lambda door: (ORDER.index(door.method), -len(door.path)))


async def assert_closed(
    http: httpx.AsyncClient, pool: Pool, issuer: Issuer, service: str, use: Callable[[], Authenticator]
) -> int:
    """Fail unless each door that needs a token stays closed to each bad one, and nothing is written.

    Args:
        use: has the application trust the issuer alone, by a new authenticator, and returns it.

    Returns:
        How many requests were made.
    """
    authenticator = use()
    assert await authenticator.user_id(f"Bearer {issuer.token()}") == "ada"
    bad, count = issuer.bad_headers(), 0
    before = await rows_of(pool)
    for door in doors(service):
        if not door.needs_token:
            continue
        for wrong, header in bad.items():
            answer = await door.knock(http, header)
            told = f"{door.name} with {wrong}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code == httpx.codes.UNAUTHORIZED, told
            assert (answer.headers["content-type"], answer.headers["www-authenticate"]) == (MEDIA_TYPE, "Bearer"), told
            assert answer.json()["slug"] == "unauthorized", told
            assert len(answer.content) < MAX_REFUSAL, told
            count += 1
    assert await rows_of(pool) == before
    return count


async def assert_nobody_elses(
    knock: Callable[[str, Door, Values], Awaitable[httpx.Response]],
    service: str,
    *,
    ada: Values,
    eve: Values,
    missing: Values,
) -> list[str]:
    """Fail unless ada's objects are for eve as if they were not there, at each door that names one; return the doors.

    Args:
        knock: goes through a door as a user.
        ada: an object of hers for each parameter of a path.
        eve: the same of hers.
        missing: ids of no object.
    """
    found = []
    for door in doors(service):
        owned = [name for name in door.parameters if name in ada]
        if not (door.needs_token and door.parameters):
            continue
        for place, name in enumerate(owned):
            outer = {one: eve[one] for one in owned[:place]}
            inner = owned[place:]
            stolen = await knock("eve", door, outer | {one: ada[one] for one in inner})
            absent = await knock("eve", door, outer | {one: missing[one] for one in inner})
            told = f"{door.name}, from {name} on: {stolen.status_code} {stolen.text[:300]}"
            assert stolen.status_code == httpx.codes.NOT_FOUND, told
            assert _seen(stolen, ada) == _seen(absent, missing), told
        found.append(door.name)
    return found


async def rows_of(pool: Pool) -> dict[str, list[str]]:
    """Return every row of every table, as text."""
    tables = await pool.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    return {
        name: [row[0] for row in await pool.fetch(f"SELECT t::text FROM {name} t ORDER BY 1")]  # noqa: S608 - quoted
        for (name,) in tables
    }


def without(rows: Mapping[str, Iterable[str]], word: str) -> dict[str, list[str]]:
    """Return the rows that do not hold the word."""
    return {name: [row for row in kept if word not in row] for name, kept in rows.items()}


def _seen(answer: httpx.Response, ids: Values) -> tuple[object, ...]:
    """Return what a client sees, without the ids that it asked for."""
    text = answer.text
    for value in ids.values():
        text = re.sub(rf"\b{re.escape(str(value))}\b", "…", text)
    headers = {name: value for name, value in answer.headers.items() if name not in NOT_COMPARED}
    return answer.status_code, text, headers


def _door(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Door:
    needed = [one for one in operation.get("parameters", []) if one["in"] == "path" or one.get("required")]
    samples = {one["name"]: _sample(one["schema"]) for one in needed}
    return Door(
        method,
        path,
        tuple(one["name"] for one in needed if one["in"] == "path"),
        samples,
        {one["name"]: str(samples[one["name"]]) for one in needed if one["in"] == "query"},
        _body(document, operation),
        bool(operation.get("security")),
    )


def _sample(schema: Mapping[str, Any]) -> object:
    if examples := schema.get("examples") or schema.get("enum"):
        return examples[0]
    return {"integer": 1, "string": "00000000-0000-0000-0000-000000000001"}[schema["type"]]


def _body(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    ((media_type, content),) = operation["requestBody"]["content"].items()
    schema = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    example = schema["examples"][0]
    if media_type == "application/json":
        return {"json": example}
    fields = {name: str(value) for name, value in example.items() if name != "file"}
    return {"data": fields, "files": {"file": ("list.txt", example["file"])}}
