"""A list's properties as columns of its table."""

from typing import Any, Final

import asyncpg

from lists_api.lists.domain.properties import ListProperties
from watchbuddy_contracts import MirrorSettings

COLUMNS: Final = "title, list_type, description, privacy, mirror"


def to_columns(properties: ListProperties) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`."""
    values = properties.by_name() | {"mirror": properties.mirror.model_dump()}
    return tuple(values[column] for column in COLUMNS.split(", "))


def of_row(row: asyncpg.Record) -> ListProperties:
    """Return the properties in a row's `COLUMNS`."""
    values = {column: row[column] for column in COLUMNS.split(", ")}
    return ListProperties(**values | {"mirror": MirrorSettings.model_validate(row["mirror"])})
