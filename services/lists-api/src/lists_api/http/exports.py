"""Lists as bodies of answers for other programs. They are made in a thread: 10,000 titles take a while."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from lists_api.feeds.domain.arr import radarr_of, sonarr_of
from lists_api.feeds.domain.csv_export import csv_of
from lists_api.feeds.domain.json_export import json_of
from lists_api.feeds.domain.listing import Listing
from lists_api.http.schemas.export_responses import ExportOut, RadarrListOut, SonarrListOut
from lists_api.http.schemas.filters import FiltersOut

Form = Literal["csv", "json", "radarr", "sonarr"]
JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an answer."""

    content: bytes
    media_type: str
    etag: str
    """Of the version and the contents: what the catalogue knows of the titles changes without a new version."""


async def body_of(listing: Listing, form: Form) -> Body:
    """Return the list in a form."""
    return await asyncio.to_thread(_body, listing, form)


def _body(listing: Listing, form: Form) -> Body:
    content = _text(listing, form).encode()
    etag = f'"{listing.version}-{hashlib.sha256(content).hexdigest()[:16]}"'
    return Body(content, CSV if form == "csv" else JSON, etag)


def _text(listing: Listing, form: Form) -> str:
    match form:
        case "csv":
            return csv_of(listing.titles)
        case "json":
            filling = listing.properties.filling
            filters = None if filling is None else FiltersOut.of(filling.filters)
            return ExportOut(**json_of(listing), filters=filters).model_dump_json()
        case "radarr":
            return RadarrListOut.model_validate(radarr_of(listing.titles)).model_dump_json()
        case "sonarr":
            return SonarrListOut.model_validate(sonarr_of(listing.titles)).model_dump_json()
