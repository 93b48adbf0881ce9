"""Reading a zip within bounds: what it announces is not believed, only what comes out of it is counted."""

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MAX_MEMBERS: Final = 5000
MAX_MEMBER_BYTES: Final = 16 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 64 * 1024 * 1024
MAX_RATIO: Final = 200
"""Times that a member may be larger than its compressed bytes. Repetitive JSON of Trakt reaches 40."""
_RATIO_FROM: Final = 1024 * 1024
"""Bytes from which the ratio counts: a small member is no bomb."""
_ENTRY: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED: Final = 0x1
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


class ArchiveRefusedError(Exception):
    """The zip cannot be read, or is larger than any that has lists. The text says what is wrong."""


def is_zip(content: bytes) -> bool:
    """Return whether the bytes are a zip's, whole or not."""
    return content.startswith((b"PK\x03\x04", _END))


@dataclass(slots=True)
class Archive:
    """The files of a zip, by path. Zips inside it are files like others: nobody opens them."""

    _zip: zipfile.ZipFile
    _members: dict[str, zipfile.ZipInfo]
    _left: int = MAX_TOTAL_BYTES
    broken: list[str] = field(default_factory=list)
    """Paths that could not be read."""

    @classmethod
    def opened(cls, content: bytes) -> "Archive":
        """Return the archive.

        Raises:
            ArchiveRefusedError: it is broken, or has too many members.
        """
        if content.count(_ENTRY) > MAX_MEMBERS:  # before an object is made of each
            raise ArchiveRefusedError(f"a zip may have at most {MAX_MEMBERS} files")
        try:
            opened = zipfile.ZipFile(io.BytesIO(content))
            members = {one.filename: one for one in opened.infolist() if not one.is_dir()}
        except (*_BROKEN, IndexError, OverflowError, LookupError) as exc:
            raise ArchiveRefusedError("the zip is broken or incomplete") from exc
        return cls(opened, members)

    @property
    def paths(self) -> list[str]:
        """The files' paths, in the order of the zip."""
        return list(self._members)

    def read(self, path: str) -> bytes:
        """Return a file's bytes; none, when it cannot be read: its path is in `broken` then.

        Raises:
            ArchiveRefusedError: it, or all that was read so far, is too large.
        """
        member = self._members[path]
        if member.compress_type not in _METHODS or member.flag_bits & _IS_ENCRYPTED:
            self.broken.append(path)
            return b""
        limit = min(MAX_MEMBER_BYTES, self._left)
        try:
            with self._zip.open(member) as stream:
                content = stream.read(limit + 1)
        except (*_BROKEN, LookupError, OverflowError):
            self.broken.append(path)
            return b""
        if len(content) > limit or _is_bomb(len(content), member.compress_size):
            raise ArchiveRefusedError("the zip is too large once it is unpacked")
        self._left -= len(content)
        return content

    def chosen(self, is_wanted: Callable[[str], bool]) -> list[str]:
        """Return the paths that are wanted."""
        return [path for path in self._members if is_wanted(path)]


def _is_bomb(size: int, compressed: int) -> bool:
    return size > _RATIO_FROM and size > MAX_RATIO * max(compressed, 1)
