"""`python -m lists_api catalogue stats`: how much the catalogue knows."""

from dataclasses import fields

from chassis.settings import DatabaseSettings
from lists_api.opened import opened
from lists_api.store.catalogue import Numbers, read_numbers


async def catalogue_stats(settings: DatabaseSettings) -> None:
    """Print a column for each media type."""
    async with opened(settings) as base:
        columns = await read_numbers(base.pool)
    if not columns:
        print("the catalogue is empty; fill it with `catalogue import`")
        return
    for one in fields(Numbers):
        name = one.name.replace("_", " ")
        print(f"{name:<14}" + "".join(f"{_text(getattr(column, one.name)):>22}" for column in columns))


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)[:19]
