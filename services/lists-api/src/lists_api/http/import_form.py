"""An import, as lists-api takes it over HTTP: a form with a file."""

from typing import Annotated, Final, Literal

from fastapi import UploadFile
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chassis.http.examples import examples
from lists_api.http.schemas.strict import OMITTED, Omittable
from lists_api.http.schemas.texts import TitleText
from lists_api.imports.use_cases import ImportRequest

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

    async def to_request(self) -> ImportRequest:
        """Return the import that the form asks for."""
        content = await self.file.read()
        return ImportRequest(
            content,
            self.file.filename or "",
            title=self.title,
            list_id=self.list_id,
            list_type=self.list_type,
            is_dry_run=self.dry_run,
        )
