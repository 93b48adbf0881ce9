"""An import, as lists-api takes it over HTTP: a form with a file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Final, Literal

from fastapi import UploadFile
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chassis.http.examples import examples
from lists_api.catalogue.domain.filters import Filters
from lists_api.http.schemas.filters import FiltersIn
from lists_api.http.schemas.strict import OMITTED, Omittable
from lists_api.http.schemas.texts import TitleText
from lists_api.imports.use_cases import ImportRequest
from lists_api.lists.idempotency import IdempotencyKey

MAX_FORM_ID: Final = 2**53 - 1
"""Of a list. Numbers above it do not stand in the document as they are: it goes through floats."""


def _digits(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number")
    return value


def _flag(value: str | bool) -> bool:
    if str(value) not in ("true", "True", "false", "False"):  # Python's clients write a capital
        raise ValueError("must be true or false")
    return str(value).lower() == "true"


class ImportForm(BaseModel):
    """A file with lists, and what becomes of them."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        **examples({"file": "tt0113277\ntt0114709\n", "title": "Heists", "dry_run": True}),
    )

    file: UploadFile
    """In one of the formats that are known."""
    title: Omittable[TitleText] = OMITTED
    """The list's title, where the file has one list. Left out: the file's own, or its name."""
    list_id: Omittable[Annotated[int, Field(ge=1, le=MAX_FORM_ID), BeforeValidator(_digits)]] = OMITTED
    """The list that gets the titles. Left out: a new one for each list of the file."""
    list_type: Literal["manual", "custom"] = "manual"
    dry_run: Annotated[bool, BeforeValidator(_flag)] = False
    """Only report."""

    async def to_request(self, key: str | None, *, keep: timedelta) -> ImportRequest:
        """Return the import that the form asks for, under an idempotency key that is kept so long."""
        content = await self.file.read()
        request = ImportRequest(
            content,
            self.file.filename or "",
            title=self.title,
            list_id=self.list_id,
            list_type=self.list_type,
            read_filters=read_filters,
            is_dry_run=self.dry_run,
        )
        if key is None:
            return request
        options = repr((self.file.filename, self.title, self.list_id, self.list_type, self.dry_run)).encode()
        return replace(request, key=IdempotencyKey(key, sha256(options + content).digest(), keep=keep))


def read_filters(given: Mapping[str, object]) -> Filters | None:
    """Return the filters of an export; None: they are not as WatchBuddy writes them."""
    try:
        return FiltersIn.model_validate(given).to_filters()
    except ValidationError:
        return None
