"""The values in Trakt's responses, within the bounds of what we keep: an answer beyond them is unreadable."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from watchbuddy_contracts.items import NumericId

MAX_ROWS: Final = 50_000
"""Things of one reading: five times the largest list, and more than anybody has watched."""
_PRINTED: Final = r"^[^\x00]*$"
"""Postgres keeps no NUL."""


def _none_for_nothing(value: object) -> object:
    return value or None  # many titles would share an empty id


def _none_for_another_form(value: object) -> object:
    return value if isinstance(value, str) and re.fullmatch("tt[0-9]{1,12}", value) else None


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("no time of a calendar") from None


TraktId = NumericId
OptionalId = Annotated[NumericId | None, BeforeValidator(_none_for_nothing)]
OptionalImdbId = Annotated[str | None, BeforeValidator(_none_for_another_form)]
"""None for an id of another form as well: the title has others, or is none."""
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Number = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Word = Annotated[str, StringConstraints(max_length=255, pattern=_PRINTED)]
Slug = Annotated[str, StringConstraints(max_length=900, pattern=_PRINTED)]
"""Two of them fit into the address of a list's page."""
Name = Annotated[str, StringConstraints(max_length=10_000, pattern=_PRINTED)]
Text = Annotated[str, StringConstraints(max_length=100_000, pattern=_PRINTED)]
Stamp = Annotated[AwareDatetime, AfterValidator(_in_utc)]
