"""Models whose fields are described by the text below them, as in this module's users.

pydantic can do it too (`use_attribute_docstrings`). It reads the source of each model when the model is made, which
took a seventh of a process's start. Here the source is read when somebody asks for a JSON Schema.
"""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Documented(BaseModel):
    """A model whose schema has its fields' texts."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in _texts_of(cls).items():
            if name in properties:
                properties[name].setdefault("description", text)
        return schema


def _texts_of(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the texts of a model's fields, by their names. One that a subclass declares anew has its text alone."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is not BaseModel and issubclass(base, BaseModel):
            inherited = {name: text for name, text in texts.items() if name not in inspect.get_annotations(base)}
            texts = inherited | _texts_in(textwrap.dedent(inspect.getsource(base)))
    return texts


def _texts_in(source: str) -> dict[str, str]:
    (found,) = ast.parse(source).body
    if not isinstance(found, ast.ClassDef):
        raise TypeError(f"no class: {source}")
    texts = {}
    for field, below in pairwise(found.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                texts[name] = inspect.cleandoc(text)
    return texts
