"""Who asks, and by which scheme, behind proxies: `X-Forwarded-For` and `X-Forwarded-Proto` of those that we trust."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MAX_HOPS: Final = 20
"""Of a header that are looked at, the nearest ones."""


def networks_of(text: str) -> tuple[Network, ...]:
    """Return networks that are separated by commas. Raises: ValueError: one of them is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


@lru_cache(maxsize=4096)
def address_of(text: str) -> Address | None:
    """Return an IP address, which may have a port behind it; None: it is none. IPv4 in IPv6 is IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


class Forwarded:
    """Puts the client's address and scheme into the scope, where a trusted proxy names them."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._trusted and scope.get("client"):
            peer = address_of(scope["client"][0])
            if peer is not None and self._is_trusted(peer):
                scope = {**scope, **self._told(scope)}
        await self._app(scope, receive, send)

    def _told(self, scope: Scope) -> Scope:
        told: Scope = {}
        client = self._client_of(_values(scope, b"x-forwarded-for"))
        if client is not None:
            told["client"] = (str(client), 0)
        schemes = list(_values(scope, b"x-forwarded-proto"))
        if schemes and schemes[-1] in ("http", "https"):
            told["scheme"] = schemes[-1]
        return told

    def _client_of(self, hops: Iterable[str]) -> Address | None:
        """Return the nearest hop that is no proxy of ours. Behind it, anybody may have written anything."""
        client: Address | None = None
        for hop in reversed(list(hops)[-MAX_HOPS:]):
            seen = address_of(hop)
            if seen is None:
                break
            client = seen
            if not self._is_trusted(seen):
                break
        return client

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _values(scope: Scope, name: bytes) -> list[str]:
    together = b",".join(value for header, value in scope["headers"] if header == name)
    return [part.strip() for part in together.decode("latin-1").split(",") if part.strip()]
