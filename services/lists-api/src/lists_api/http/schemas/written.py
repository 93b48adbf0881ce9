"""Texts of a fixed form, whose mistakes are told in words."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class Written:
    """An annotation: the text matches the pattern. pydantic's own would show the pattern to whoever sent another text.

    Args:
        pattern: of the whole text, as JSON Schema takes it.
        words: what a message says, after the field's name.
    """

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the text's schema with the check after it."""
        compiled = re.compile(self.pattern, re.ASCII)

        def check(text: str) -> str:
            if not compiled.fullmatch(text):
                raise ValueError(self.words)
            return text

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the text's schema with the pattern, for clients."""
        return handler(schema) | {"pattern": self.pattern}
