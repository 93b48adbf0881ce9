"""From the bytes of a text file to its text, whatever program wrote it."""

import codecs
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE: Final = 1000


def decoded(content: bytes) -> str:
    """Return the text. Bytes that have no meaning become U+FFFD, or letters of Windows-1252."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            return _of_utf8(content) if encoding == "utf-8" else content.decode(encoding, "replace")
    sample = content[:_SAMPLE]
    if sample.count(0) * 3 > len(sample):  # every second byte of Latin text in UTF-16 is zero
        is_little = sample[1::2].count(0) >= sample[::2].count(0)
        return content.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    return _of_utf8(content)


def _of_utf8(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Line by line: one odd line must not spoil the names of the others.
        return "\n".join(_line(one) for one in content.split(b"\n"))


def _line(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
