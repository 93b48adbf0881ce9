"""The OpenAPI documents of the services, as they are committed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "openapi"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Media:
    """A body that a document describes.

    Args:
        place: where it is, for people: `create_list 201 application/json`.
        content: the media type object.
    """

    place: str
    media_type: str
    status: int | None
    content: dict[str, Any]


def read(service: str) -> Document:
    """Return the committed document of a service."""
    document: Document = json.loads((FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    return document


def operations(document: Document) -> list[dict[str, Any]]:
    """Return every operation of the document."""
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def bodies(document: Document) -> Iterator[Media]:
    """Give every request and response body of the document."""
    for operation in operations(document):
        name = operation["operationId"]
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            yield Media(f"{name} {media_type}", media_type, None, content)
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                yield Media(f"{name} {status} {media_type}", media_type, int(status), content)


def examples(document: Document, media: Media) -> list[Any]:
    """Return the examples of a body: its own, and those of the component that it names."""
    own = [one["value"] for one in media.content.get("examples", {}).values()]
    own += [media.content["example"]] if "example" in media.content else []
    reference = media.content["schema"].get("$ref", "")
    component = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return [*own, *component.get("examples", [])]
