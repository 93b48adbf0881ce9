"""`python -m trakt_simulator`: a Trakt on this machine."""

import argparse
import asyncio
import gc
import sys

import uvloop
from pydantic import ValidationError

from trakt_simulator.app import Application
from trakt_simulator.catalogue.titles import CatalogueFileError
from trakt_simulator.command_line import parser, simulator_from
from trakt_simulator.gateway.server import Server, address_of, bound, config_for
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.store.database import StateFileError
from trakt_simulator.store.state_file import StateFile


async def serve(arguments: argparse.Namespace, sim: Simulator, file: StateFile | None) -> None:
    stopping = asyncio.Event()
    sockets = [bound(arguments.host, arguments.port)]
    ready_lines = [f"trakt-simulator listening on {address_of(sockets[0])}"]
    auth_port = None
    if arguments.auth_port is not None:
        sockets.append(bound(arguments.host, arguments.auth_port))
        auth_port = sockets[1].getsockname()[1]
        sim.auth_url = sim.auth_url or address_of(sockets[1])
        # The last line says that everything is ready.
        ready_lines.insert(0, f"trakt-simulator OAuth on {address_of(sockets[1])}")
    app = Application(
        sim,
        with_admin=not arguments.no_admin,
        auth_port=auth_port,
        stopping=stopping,
        save=file.save if file else None,
    )
    await Server(config_for(app), stopping, ready_lines).serve(sockets)
    if file is not None:
        file.close()


def main() -> None:
    arguments = parser().parse_args()
    try:
        # What is loaded here is never garbage. Without these lines, every collection walks through all of it.
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
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        sys.exit(f"python -m trakt_simulator: error: --{option}: {first['msg']}")
    except (CatalogueFileError, StateFileError, ValueError, OSError) as error:
        sys.exit(f"python -m trakt_simulator: error: {error}")


if __name__ == "__main__":
    main()
