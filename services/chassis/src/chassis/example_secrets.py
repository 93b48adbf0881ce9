"""Secrets that stood in examples: everybody knows them, so no process that others reach starts with one."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, BaseModel, SecretStr

EXAMPLES: Final = ("insecure-example", "insecureexample")
"""How they begin, in `.env.example` of 0.1."""
NOT_PUBLIC: Final = ("test", "local", "localhost", "internal", "invalid", "example", "lan", "home", "arpa")
"""Ends of names that the Internet does not have (RFC 6761, RFC 6762, RFC 8375)."""


def is_public(url: str) -> bool:
    """Whether an address's host is one of the Internet: no name of a container, of this network or of this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in NOT_PUBLIC


def known_secret(settings: BaseModel) -> str | None:
    """Return which setting holds an example's secret although others reach the process; None: none does.

    Others reach it when it listens beyond this machine, or when a setting names an address of the Internet.
    """
    urls = [str(value) for _, value in settings if isinstance(value, AnyHttpUrl)]
    if not (_listens_beyond(settings) or any(map(is_public, urls))):
        return None
    for name, value in settings:
        if isinstance(value, SecretStr) and any(one in value.get_secret_value() for one in EXAMPLES):
            return name.upper()
    return None


def _listens_beyond(settings: BaseModel) -> bool:
    host = getattr(settings, "http_host", "127.0.0.1")
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return bool(host != "localhost")
