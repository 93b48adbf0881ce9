"""The options of `python -m trakt_simulator`."""

import argparse
import math
from pathlib import Path
from urllib.parse import urlsplit

from trakt_simulator.catalogue.shipped import catalogue_from
from trakt_simulator.options import Options
from trakt_simulator.state.simulator import DEFAULT_APP, Simulator
from trakt_simulator.state.tokens import App

_DEFAULTS = Options()
MAX_PORT = 65_535


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m trakt_simulator",
        description="A local Trakt over HTTP, for demos, tests and benchmarks of Trakt clients.",
        epilog="When it is ready, it prints its address. Open the address in a browser to see accounts and lists. "
        "Ctrl-C ends it. More options can be changed while it runs: see the admin API in the README.",
    )
    _add_addresses(options)
    _add_data(options)
    _add_app(options)
    _add_behaviour(options)
    return options


def _add_addresses(options: argparse.ArgumentParser) -> None:
    group = options.add_argument_group("addresses")
    group.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    group.add_argument(
        "--port", type=_port, default=8900, help="port to listen on; 0: a free port (default: %(default)s)"
    )
    group.add_argument(
        "--auth-port",
        type=_port,
        metavar="PORT",
        help="a second port that has only OAuth; 0: a free port (default: no second port)",
    )
    group.add_argument(
        "--auth-url",
        type=_address,
        metavar="URL",
        help="address of the login pages for browsers (default: the address that the client used)",
    )
    group.add_argument("--no-admin", action="store_true", help="leave out the admin API and the lists page")


def _add_data(options: argparse.ArgumentParser) -> None:
    group = options.add_argument_group("data")
    group.add_argument(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="titles, as CSV or JSON Lines, also .gz (default: 4,098 real movies and shows)",
    )
    group.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="SQLite file that keeps accounts, lists, tokens and history over restarts (default: kept in memory)",
    )
    group.add_argument(
        "--unknown-ids-exist", action="store_true", help="make up a title for every id that the catalogue lacks"
    )
    group.add_argument(
        "--log-size",
        type=_count,
        default=_DEFAULTS.log_size,
        metavar="N",
        help="number of requests in the request log (default: %(default)s)",
    )


def _add_app(options: argparse.ArgumentParser) -> None:
    group = options.add_argument_group("the registered API app")
    group.add_argument(
        "--client-id",
        type=_text,
        default=DEFAULT_APP.client_id,
        metavar="ID",
        help="client id, which clients also send as trakt-api-key (default: %(default)s)",
    )
    group.add_argument(
        "--client-secret",
        default=DEFAULT_APP.client_secret,
        metavar="SECRET",
        help="client secret (default: %(default)s)",
    )
    group.add_argument(
        "--redirect-uri",
        action="append",
        type=_text,
        metavar="URI",
        help=f"redirect URI; may be repeated (default: {', '.join(DEFAULT_APP.redirect_uris)})",
    )


def _add_behaviour(options: argparse.ArgumentParser) -> None:
    group = options.add_argument_group("behaviour")
    group.add_argument(
        "--no-rate-limits",
        action="store_true",
        help="no rate limits (default: as Trakt, 1 write a second and 500 reads in 5 minutes for each account)",
    )
    group.add_argument(
        "--latency-ms",
        type=_milliseconds,
        default=_DEFAULTS.latency_ms,
        metavar="N",
        help="milliseconds to wait before every response (default: %(default)s)",
    )
    group.add_argument(
        "--token-lifetime-s",
        type=_count,
        default=_DEFAULTS.token_lifetime_s,
        metavar="N",
        help="seconds until an access token expires (default: %(default)s, a week)",
    )


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: use a number from 0 to {MAX_PORT:,}")
    return int(text)


def _milliseconds(text: str) -> float:
    """The upper bound is that of `Options`."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of milliseconds from 0 up")
    return number


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address: it must begin with http:// or https://")
    return text.rstrip("/")


def simulator_from(arguments: argparse.Namespace) -> Simulator:
    """Build the simulator that the command line describes.

    Raises:
        CatalogueFileError: the catalogue file cannot be used.
        pydantic.ValidationError: an option is out of range.
    """
    app = App(
        arguments.client_id,
        arguments.client_secret,
        tuple(arguments.redirect_uri or DEFAULT_APP.redirect_uris),
    )
    return Simulator(
        catalogue_from(arguments.catalogue),
        first_options=Options(
            rate_limits=not arguments.no_rate_limits,
            latency_ms=arguments.latency_ms,
            unknown_ids_exist=arguments.unknown_ids_exist,
            token_lifetime_s=arguments.token_lifetime_s,
            log_size=arguments.log_size,
        ),
        apps={app.client_id: app},
        auth_url=arguments.auth_url,
    )
