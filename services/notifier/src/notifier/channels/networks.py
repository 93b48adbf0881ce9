"""Which addresses of the network may be sent to: public ones, and those of networks that a setting names."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""Leads to the IPv4 address in its last four bytes (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks that may be sent to although they are not public."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of_setting(cls, text: str) -> Self:
        """Return those with commas between them, such as `192.168.1.0/24,::1`. Raises: ValueError: one is none."""
        return cls(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))

    def admit(self, address: object) -> bool:
        """Return whether one may connect to this IP address. A name is refused: it may lead anywhere."""
        try:
            ip = ip_address(str(address).partition("%")[0])
        except ValueError:
            return False
        if isinstance(ip, IPv6Address):
            ip = ip.ipv4_mapped or ip
        return any(ip in network for network in self.allowed) or _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return isinstance(ip, IPv6Address) and ip in _NAT64 and _is_public(IPv4Address(ip.packed[-4:]))
    if isinstance(ip, IPv4Address):
        return True
    inside = [ip.sixtofour, *(ip.teredo or ())]
    return not ip.is_site_local and all(one is None or _is_public(one) for one in inside)
