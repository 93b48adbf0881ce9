"""What others wrote, for a terminal."""


def printable(raw: bytes | str) -> str:
    """Return the text with what would move a terminal's cursor, or colour it, written out."""
    text = raw.decode(errors="backslashreplace") if isinstance(raw, bytes) else raw
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
