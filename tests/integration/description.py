"""The system for tests: addresses, databases and keys of its own."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

from integration.brokers import Broker
from integration.databases import Server
from local_stack.postgres.server import DATABASES
from local_stack.system import table
from local_stack.system.description import Keys, System
from local_stack.system.trakt import simulated

SIMULATOR: Final = "simulator"


def described(postgres: Server, broker: Broker, ports: Mapping[str, int]) -> System:
    run = secrets.token_hex(4)  # others may use the server: these databases are ours alone
    return System(
        kind="run",
        lists_api_url=f"http://127.0.0.1:{ports['lists-api']}",
        notifier_url=f"http://127.0.0.1:{ports['notifier']}",
        trakt_sync_url=f"http://127.0.0.1:{ports['trakt-sync']}",
        trakt=simulated(f"http://127.0.0.1:{ports[SIMULATOR]}"),
        kafka_kind=broker.kind,
        bootstrap_servers=broker.bootstrap_servers,
        postgres={database: postgres.dsn(f"{database}_{run}") for database in DATABASES},
        keys=Keys(
            local_key=secrets.token_urlsafe(48),
            encryption_keys=urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        ),
        redirect_uri=table.redirect_uri(ports),
    )
