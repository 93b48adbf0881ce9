"""The console's files, held in memory with their compressed forms."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Final, Self

from starlette.datastructures import Headers
from starlette.responses import Response

from lists_api.http.schemas.etags import is_known

STATIC: Final = Path(__file__).parent / "static"
"""What `/console/` has. Its `index.html` is the page at `/`."""
LOGIN: Final = Path(__file__).parent / "login"
"""What `/login/` has. Its `login.html` is the page at `/login`."""
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Written down, since `mimetypes` asks the machine, which may not know `.js`."""
COMPRESSED_ALREADY: Final = (".ico", ".png", ".webp", ".woff2")
WAY: Final = "<!-- the way to log in -->"
BY_LINK: Final = (
    "<p>To log in, open a one-time link. The command that started WatchBuddy has printed one; "
    "<code>make console</code> prints another.</p>"
)
BY_PROVIDER: Final = '<p><a class="button" href="/login/provider">Log in with {}</a></p>'
IMPORT: Final = re.compile(rb'@import "([^"]+)";\n')
REVALIDATE: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class Page:
    """A file as it is sent. Args: zipped: by gzip; None: it would be no smaller."""

    content: bytes
    zipped: bytes | None
    media_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, suffix: str) -> Self:
        zipped = None if suffix in COMPRESSED_ALREADY else gzip.compress(content, 9, mtime=0)
        etag = hashlib.sha256(content).hexdigest()[:24]
        return cls(content, zipped, TYPES[suffix], etag)

    @property
    def is_part(self) -> bool:
        """Whether it is loaded by a page, and never one itself."""
        return self.media_type.startswith(("text/css", "text/javascript"))

    def answer(self, headers: Headers) -> Response:
        """Return the answer to a GET or HEAD."""
        is_zipped = self.zipped is not None and _takes_gzip(headers.get("accept-encoding", ""))
        etag = f'"{self.etag}-gz"' if is_zipped else f'"{self.etag}"'
        own = {"ETag": etag, "Cache-Control": REVALIDATE, "Vary": "Accept-Encoding"}
        if is_known(headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=own)
        if not is_zipped:
            return Response(self.content, headers=own, media_type=self.media_type)
        return Response(self.zipped, headers=own | {"Content-Encoding": "gzip"}, media_type=self.media_type)


def pages(provider: str | None) -> Mapping[str, Page]:
    """Return the files by the paths that they are read by. Args: provider: its name; None: there are only links."""
    found = _below(STATIC, "/console/") | _below(LOGIN, "/login/")
    way = BY_LINK if provider is None else BY_PROVIDER.format(escape(provider))
    login = (LOGIN / "login.html").read_text().replace(WAY, way)
    return found | {"/": found["/console/index.html"], "/login": Page.of(login.encode(), ".html")}


def _content(path: Path) -> bytes:
    """Return what a file has; a style sheet with those that it imports in their places."""
    content = path.read_bytes()
    if path.suffix != ".css":
        return content
    return IMPORT.sub(lambda found: _content(path.parent / found[1].decode()), content)


@cache
def _below(folder: Path, prefix: str) -> dict[str, Page]:
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": Page.of(_content(path), path.suffix)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.split(","):
        coding, _, quality = one.partition(";")
        if coding.strip().lower() == "gzip":
            return quality.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
