"""`python -m trakt_simulator`: a Trakt on this machine."""

import argparse
import asyncio
import gc
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from pydantic import ValidationError

from trakt_simulator.app import Application
from trakt_simulator.catalogue.shipped import catalogue_from
from trakt_simulator.catalogue.titles import CatalogueFileError
from trakt_simulator.gateway.server import Server, address_of, bound, config_for
from trakt_simulator.options import Options
from trakt_simulator.state.simulator import DEFAULT_APP, Simulator
from trakt_simulator.state.tokens import App
from trakt_simulator.store.state_file import StateFile, StateFileError


def _some_text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise argparse.ArgumentTypeError(f"{text!r} is no address (http://…)")
    return text.rstrip("/")


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m trakt_simulator", description=__doc__)
    options.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    options.add_argument(
        "--port",
        type=int,
        default=8900,
        help="port to listen on; 0: a free one, which is printed (default: %(default)s)",
    )
    options.add_argument(
        "--auth-port",
        type=int,
        metavar="PORT",
        help="second port, with the OAuth endpoints only; 0: a free one (default: none)",
    )
    options.add_argument(
        "--auth-url",
        type=_address,
        metavar="URL",
        help="of the OAuth pages, as a browser reaches them (default: as called)",
    )
    options.add_argument(
        "--catalogue", type=Path, metavar="FILE", help="titles, CSV or JSON Lines, also .gz (default: 4,098 real ones)"
    )
    options.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="SQLite file that keeps accounts, lists, tokens and history over restarts (default: in memory)",
    )
    options.add_argument("--no-admin", action="store_true", help="no admin API and no lists page")
    options.add_argument(
        "--client-id",
        type=_some_text,
        default=DEFAULT_APP.client_id,
        metavar="ID",
        help="of the one registered app, sent as trakt-api-key (default: %(default)s)",
    )
    options.add_argument(
        "--client-secret",
        default=DEFAULT_APP.client_secret,
        metavar="SECRET",
        help="of that app (default: %(default)s)",
    )
    options.add_argument(
        "--redirect-uri",
        action="append",
        type=_some_text,
        metavar="URI",
        help=f"registered with that app; may be repeated (default: {', '.join(DEFAULT_APP.redirect_uris)})",
    )
    options.add_argument(
        "--no-rate-limits",
        action="store_true",
        help="no limits of calls (as shipped: 1 write a second and 500 reads in 5 minutes an account)",
    )
    options.add_argument(
        "--latency-ms",
        type=float,
        default=0.0,
        metavar="N",
        help="milliseconds to wait before every answer (default: 0)",
    )
    options.add_argument(
        "--unknown-ids-exist", action="store_true", help="make titles up for ids that the catalogue does not have"
    )
    options.add_argument(
        "--token-lifetime-s",
        type=int,
        default=Options().token_lifetime_s,
        metavar="N",
        help="seconds until an access token expires (default: %(default)s, a week)",
    )
    options.add_argument(
        "--log-size",
        type=int,
        default=Options().log_size,
        metavar="N",
        help="requests kept in the log (default: %(default)s)",
    )
    return options


def simulator_from(arguments: argparse.Namespace) -> Simulator:
    """Build the simulator that the command line asks for.

    Raises:
        CatalogueFileError: the catalogue file cannot be used.
        pydantic.ValidationError: a figure is out of range.
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


async def serve(arguments: argparse.Namespace, sim: Simulator, file: StateFile | None) -> None:
    stopping = asyncio.Event()
    sockets = [bound(arguments.host, arguments.port)]
    lines = [f"trakt-simulator listening on {address_of(sockets[0])}"]
    auth_port = None
    if arguments.auth_port is not None:
        sockets.append(bound(arguments.host, arguments.auth_port))
        auth_port = sockets[1].getsockname()[1]
        sim.auth_url = sim.auth_url or address_of(sockets[1])
        # The last line tells that all is ready.
        lines.insert(0, f"trakt-simulator OAuth on {address_of(sockets[1])}")
    app = Application(
        sim,
        with_admin=not arguments.no_admin,
        auth_port=auth_port,
        stopping=stopping,
        keep=file.save if file else None,
    )
    await Server(config_for(app), stopping, lines).serve(sockets)
    if file is not None:
        file.close()


def main() -> None:
    arguments = parser().parse_args()
    try:
        # Nothing that is loaded becomes garbage: the collector would only walk through it, here and ever after.
        gc.disable()
        sim = simulator_from(arguments)
        file = None
        if arguments.state is not None:
            file = StateFile(sim, arguments.state)
            file.load()
        gc.freeze()
        gc.enable()
        uvloop.run(serve(arguments, sim, file))
    except ValidationError as error:
        sys.exit(f"python -m trakt_simulator: {error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}")
    except (CatalogueFileError, StateFileError, ValueError, OSError) as error:
        sys.exit(f"python -m trakt_simulator: {error}")


if __name__ == "__main__":
    main()
