"""`python -m lists_api catalogue show`: what the catalogue knows of a title."""

import argparse
import sys
from dataclasses import fields

from chassis.settings import DatabaseSettings, load
from lists_api.catalogue.domain.reference import TitleReference, title_reference
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.opened import opened
from lists_api.store.catalogue import read_by_reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("title", metavar="ID", type=_reference, help="tt0113277, tmdb:949 or trakt:481")


async def catalogue_show(arguments: argparse.Namespace) -> int:
    """Print the titles that have the id; return the exit status: 1 when there is none."""
    async with opened(load(DatabaseSettings)) as base:
        titles = await read_by_reference(base.pool, arguments.title)
    if not titles:
        print("the catalogue has no such title", file=sys.stderr)
        return 1
    print("\n\n".join(map(_shown, titles)))
    return 0


def _shown(title: CatalogueTitle) -> str:
    values: dict[str, object] = {"media_type": title.media_type, **title.ids.ids}
    values |= {one.name: getattr(title, one.name) for one in fields(title) if one.name != "ids"}
    return "\n".join(f"{name:<14} {_text(value)}" for name, value in values.items() if value not in (None, ()))


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _reference(text: str) -> TitleReference:
    reference = title_reference(text)
    if reference is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no id: give one like tt0113277, tmdb:949 or trakt:481")
    return reference
