"""The addresses that users give: which may be taken, and what of them is shown again."""

from collections.abc import Set as AbstractSet
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

Kind = Literal["apprise", "webhook"]

HOSTED: Final = frozenset(
    {
        *("form", "forms", "gotify", "gotifys", "json", "jsons", "mailto", "mailtos", "matrix", "matrixs", "mmost"),
        *("mmosts", "nctalk", "nctalks", "ntfy", "ntfys", "rocket", "rockets", "xml", "xmls"),
    }
)
"""Schemes of Apprise whose addresses name a host. In the place of it, others have a token."""
SCHEMES: Final = HOSTED | {"discord", "gchat", "pbul", "pover", "slack", "tgram", "workflows", "zulip"}
"""Those that may be used unless a setting says otherwise: well-known services, and protocols of one's own servers. None
of them reads a file, runs a program or talks to this machine's devices."""


class AddressError(ValueError):
    """The address cannot be taken. The text says why, and does not repeat it."""


def check(kind: Kind, address: str, *, schemes: AbstractSet[str], is_http_allowed: bool) -> None:
    """Look at the form of an address.

    Args:
        schemes: those of Apprise that may be used.
        is_http_allowed: whether a webhook may be without TLS.

    Raises:
        AddressError: it cannot be taken.
    """
    if not (address.isascii() and address.isprintable() and " " not in address):
        raise AddressError("needs printable ASCII characters without blanks; write others percent-encoded")
    scheme = _scheme(address)
    if kind == "apprise":
        if scheme not in schemes:
            raise AddressError(f"needs to begin with one of {', '.join(sorted(schemes))}, and ://")
        if scheme in HOSTED:
            _split(address)
        return
    usual = ("https", "http") if is_http_allowed else ("https",)
    parts = _split(address)
    if scheme not in usual or not parts.hostname:
        raise AddressError(f"needs to be an address that begins with {'://, or '.join(usual)}://")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressError("may have no user, password or fragment; the signature says who sends")


def host_of(kind: Kind, address: str) -> tuple[str, int | None] | None:
    """Return the host and port that the address names; None: it names none, or one whose name says nothing alone."""
    if kind == "apprise" and _scheme(address) not in HOSTED:
        return None
    parts = _split(address)
    host = parts.hostname or ""
    # A word without a dot may be a topic (ntfy), and those are secrets. Where it is a host, it is refused at delivery.
    return (host, parts.port) if "." in host or ":" in host or host == "localhost" else None


def masked(kind: Kind, address: str) -> str:
    """Return what may be shown of an address: its scheme, and its host where that is no secret."""
    host = host_of(kind, address)
    return f"{_scheme(address)}://{host[0] if host else ''}/…"


def _scheme(address: str) -> str:
    scheme, separator, _ = address.partition("://")
    return scheme.lower() if separator else ""


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port, parts.hostname
    except ValueError:
        raise AddressError("needs to be an address whose parts are percent-encoded") from None
    return parts
