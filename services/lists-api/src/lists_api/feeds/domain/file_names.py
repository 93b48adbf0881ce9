"""The name under which a browser stores a list (RFC 6266)."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

MAX_STEM: Final = 80
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|;%]+')


def content_disposition(title: str, ending: str) -> str:
    """Return the header: a name in ASCII for every client, and the title itself for those that take RFC 5987."""
    printable = "".join(one if one.isprintable() else " " for one in title)
    whole = " ".join(_UNSAFE.sub(" ", printable).split()).strip(". ")[:MAX_STEM].strip(". ")
    plain = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    plain = " ".join(_UNSAFE.sub(" ", plain).split()).strip(". ")
    header = f'attachment; filename="{plain or "list"}.{ending}"'
    return (
        header if not whole or whole == plain else f"{header}; filename*=UTF-8''{quote(f'{whole}.{ending}', safe='')}"
    )
