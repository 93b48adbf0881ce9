"""Examples of bodies, for OpenAPI documents."""

from typing import Any, Final

from pydantic import ConfigDict

_NULL: Final = "urn:watchbuddy:null"
"""Stands for null until the document is whole: FastAPI leaves nulls out of everything that it describes."""


def examples(*bodies: dict[str, Any]) -> ConfigDict:
    """Return the configuration that gives a pydantic model examples."""
    return ConfigDict(json_schema_extra={"examples": [_replaced(body, None, _NULL) for body in bodies]})


def with_nulls(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of FastAPI's with the nulls of its examples."""
    whole: dict[str, Any] = _replaced(document, _NULL, None)
    return whole


def _replaced(node: Any, old: str | None, new: str | None) -> Any:  # noqa: ANN401 - any node of a JSON document
    match node:
        case dict():
            return {key: _replaced(value, old, new) for key, value in node.items()}
        case list():
            return [_replaced(part, old, new) for part in node]
    return new if node == old else node
