"""Catalogue files on disk: plain or gzip, read in pieces, as lines of text."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Final

from lists_api.catalogue.domain.formats.recognise import Format, recognise
from lists_api.errors import CatalogueFileError

CHUNK: Final = 1 << 18
MAX_LINE: Final = 1 << 22
"""Characters. A longer line comes in pieces, which no format takes, so that memory stays flat."""
_GZIP: Final = b"\x1f\x8b"
_OTHER: Final = {
    b"PK": "is a zip file; unpack it",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
}


class CatalogueFile:
    """An open catalogue file whose format is known.

    Bytes that are no UTF-8 become lone surrogates (PEP 383): encoding the row shows them.
    """

    def __init__(self, path: Path, raw: IO[bytes]) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._raw = raw
        self._lines = _lines(path, raw)
        first = next(self._lines, "")
        found = recognise(first)
        if found is None:
            raise CatalogueFileError(path, "is no catalogue file: its first line is none that we know")
        self.format: Format = found
        self._first = () if found.has_header else (first,)

    @property
    def position(self) -> int:
        """Bytes read so far, of `size`."""
        return min(self._raw.tell(), self.size)

    def lines(self) -> Iterator[str]:
        """Return the lines behind the header, each with its end.

        Raises:
            CatalogueFileError: the file cannot be read to its end.
        """
        return chain(self._first, self._lines)


@contextmanager
def opened(path: Path) -> Iterator[CatalogueFile]:
    """Open a catalogue file.

    Raises:
        CatalogueFileError: it cannot be read, or has no format that we know.
    """
    try:
        raw = path.open("rb")
    except OSError as exc:
        raise CatalogueFileError(path, f"cannot be read: {exc.strerror or exc}") from exc
    with raw:
        yield CatalogueFile(path, raw)


def _lines(path: Path, raw: IO[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="surrogateescape")
    rest = ""
    for chunk in _chunks(path, raw):
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        for line in whole:
            yield line + "\n"
        if len(rest) > MAX_LINE:
            yield rest
            rest = ""
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


def _chunks(path: Path, raw: IO[bytes]) -> Iterator[bytes]:
    try:
        head = raw.read(2)
        raw.seek(0)
        if head in _OTHER:
            raise CatalogueFileError(path, _OTHER[head])
        stream: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=raw) if head == _GZIP else raw
        while chunk := stream.read(CHUNK):
            yield chunk
    except (OSError, EOFError, zlib.error) as exc:
        raise CatalogueFileError(path, f"cannot be read to its end: {exc}") from exc
