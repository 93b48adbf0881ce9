"""An HTTP application whose description is good enough to make clients from, and the command that prints it.

Operation ids are the names of the route functions. Problems are named components, as `application/problem+json`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from chassis.health import Health
from chassis.http import problems
from chassis.http.examples import with_nulls
from chassis.http.problem_kinds import MEDIA_TYPE
from chassis.process import later
from chassis.telemetry.http import passed_on, server_telemetry
from chassis.telemetry.requests import note_route

Document = dict[str, Any]


class HttpApi(FastAPI):
    """FastAPI with the project's choices. It serves its document at `/openapi.json`, and no pages."""

    def __init__(
        self,
        title: str,
        *,
        description: str,
        tags: Mapping[str, str],
        untraced: Sequence[str] = (),
        secret: Sequence[str] = (),
    ) -> None:
        """Make an application without routes.

        Args:
            title: the service's name.
            description: what the service does.
            tags: what each tag of the operations means, in the order of the document.
            untraced: ends of paths without telemetry, beside the probes.
            secret: beginnings of paths that hold a secret; they are without telemetry, too.
        """
        telemetry = server_telemetry(*untraced, secret=secret)
        self._is_traced = bool(telemetry.get("tracing"))
        super().__init__(
            title=title,
            version="1",
            description=description,
            openapi_tags=[{"name": name, "description": text} for name, text in tags.items()],
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            generate_unique_id_function=_name_of,
            telemetry=telemetry,
        )
        problems.install(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, within its trace."""
        with nullcontext() if self._is_traced or scope["type"] != "http" else passed_on(scope):
            try:
                await super().__call__(scope, receive, send)
            finally:
                note_route(scope, getattr(scope.get("route"), "path", None))

    def add(self, *routers: APIRouter) -> None:
        """Take the routers' routes. `include_router` makes each request look for its route twice, router by router."""
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    route.unique_id = _name_of(route)
            self.router.routes.extend(router.routes)

    def openapi(self) -> Document:
        """Return the OpenAPI document. It is made once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_nulls(_with_whole_numbers(_described_for_clients(super().openapi())))
        return self.openapi_schema


def text_of(document: Document) -> str:
    """Return the document as the committed file holds it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


async def openapi(builder: str, arguments: argparse.Namespace) -> int:
    """Print, write or check the document of an application; return the exit status. The command `openapi` of services.

    The application needs no settings and no connections: only its routes are looked at.

    Args:
        builder: `package.module:function`, which takes the health checks and returns the application.
    """
    app: FastAPI = later(builder)(Health())
    return _print_write_or_check(text_of(app.openapi()), arguments.write, arguments.check)


def _print_write_or_check(text: str, write: Path | None, check: Path | None) -> int:
    if write is not None:
        write.write_text(text, encoding="utf-8", newline="\n")
    elif check is None:
        print(text, end="")  # noqa: T201 - what the command is asked for
    elif not check.exists() or check.read_bytes() != text.encode():
        print(f"stale: {check}; write it with: make schemas", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", type=Path, metavar="FILE", help="write it to a file instead")
    what.add_argument("--check", type=Path, metavar="FILE", help="exit 1 when the file holds another document")


def _name_of(route: APIRoute) -> str:
    return route.name


def _described_for_clients(document: Document) -> Document:
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            _take_null_out(parameter["schema"])
    for content in _contents(document):
        if MEDIA_TYPE in content and "schema" not in content[MEDIA_TYPE]:
            schema = content.pop("application/json")["schema"]
            schema.pop("title", None)  # FastAPI names a union after its operation
            content[MEDIA_TYPE] = {"schema": schema, **content[MEDIA_TYPE]}
    return document


def _with_whole_numbers(node: Any) -> Any:  # noqa: ANN401 - any node of a JSON document
    """Write bounds as they are given. FastAPI makes floats of them, which cannot hold 2^63 - 1."""
    match node:
        case dict():
            return {key: _with_whole_numbers(value) for key, value in node.items()}
        case list():
            return [_with_whole_numbers(part) for part in node]
        case float() if node.is_integer():
            return int(node)
    return node


def _take_null_out(schema: dict[str, Any]) -> None:
    """A parameter can be left out, but nobody can send null in a header or a query."""
    if "anyOf" in schema:
        (value,) = (branch for branch in schema.pop("anyOf") if branch != {"type": "null"})
        schema.update(value)


def _operations(document: Document) -> Sequence[dict[str, Any]]:
    return [operation for operations in document["paths"].values() for operation in operations.values()]


def _contents(document: Document) -> Sequence[dict[str, Any]]:
    return [
        answer["content"]
        for operation in _operations(document)
        for answer in operation["responses"].values()
        if "content" in answer
    ]
