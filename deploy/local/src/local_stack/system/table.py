"""The whole system on one screen: every process, its command, its port and its environment."""

import signal
import sys
from collections.abc import Mapping
from datetime import timedelta

from local_stack.processes.service import ProcessSpec
from local_stack.system.description import AUDIENCE, ISSUER, KafkaKind, System

WANTED_PORTS: Mapping[str, int] = {
    "lists-api": 8001,
    "notifier": 8002,
    "trakt-sync": 8003,
    "simulator": 8900,
    # Health addresses of the processes without users: any free port.
    "lists-api relay": 0,
    "lists-api consume": 0,
    "lists-api run": 0,
    "trakt-sync consume": 0,
    "trakt-sync work": 0,
    "trakt-sync relay": 0,
    "notifier consume": 0,
    "notifier deliver": 0,
}
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect URI of an application without an address: that of token pairs from elsewhere."""
HTTP_AND_WORK = ("lists-api", "lists-api run", "notifier", "notifier deliver", "trakt-sync", "trakt-sync work")
"""The processes that make new events, or send to channels. They stop first."""
ON_KAFKA = ("lists-api relay", "lists-api consume", "trakt-sync consume", "trakt-sync relay", "notifier consume")

# A new record does not end the embedded broker's long poll, so a wait is latency: at worst twice for each hop. Short
# waits cost processor time. Measured (python -m benchmarks latency footprint): at 90 ms, 95 % of the edits reach their
# message within 299 ms and the idle stack takes 7.8 % of a core; at 150 ms, 406 ms and 5.7 to 6.1 %. Apache Kafka ends
# the poll at once, so a long wait costs no time and saves processor time.
FETCH_MAX_WAIT: Mapping[KafkaKind, timedelta] = {
    "embedded": timedelta(milliseconds=150),
    "apache": timedelta(seconds=5),
}
# On the embedded broker a rejoining consumer waits for the session of its predecessor. Four seconds after its death are
# nearly over when the next one has started. Four heartbeats go into a session: shorter ones cost processor time.
SESSION_TIMEOUT: Mapping[KafkaKind, timedelta] = {
    "embedded": timedelta(seconds=4),
    "apache": timedelta(seconds=10),
}
METRICS: Mapping[str, str] = {"OTEL_METRICS_EXPORTER": "otlp,prometheus"}
"""Each process answers `/metrics`, and sends them too where the caller names an endpoint."""
RATE_LIMITS = ("USER_REQUESTS_PER_MINUTE", "ADDRESS_REQUESTS_PER_MINUTE")
"""Off, unless the environment names them: one machine's users are its own, and so are its load tests."""
NOT_INHERITED = {
    "DATABASE_URL",
    "AUTH_JWKS_URL",
    "KAFKA_SECURITY_PROTOCOL",
    "KAFKA_SASL_MECHANISM",
    "KAFKA_SASL_USERNAME",
    "KAFKA_SASL_PASSWORD",
    "KAFKA_CA_FILE",
}


def services(system: System, ports: Mapping[str, int], outside: Mapping[str, str]) -> tuple[ProcessSpec, ...]:
    """Return every process of the services.

    Args:
        system: addresses and secrets.
        ports: by the names of WANTED_PORTS.
        outside: the environment that all inherit (OTEL_*, LOG_LEVEL, TRAKT_WRITE_INTERVAL, …).
    """
    kafka = kafka_environment(system.kafka_kind, system.bootstrap_servers)
    users = {"AUTH_LOCAL_KEY": system.keys.local_key, "AUTH_ISSUER": ISSUER, "AUTH_AUDIENCE": AUDIENCE}
    users |= {name: outside.get(name, "0") for name in RATE_LIMITS}
    lists_api = {**kafka, "DATABASE_URL": system.postgres["lists_api"]}
    console = {
        "TRAKT_SYNC_URL": system.trakt_sync_url,
        "NOTIFIER_URL": system.notifier_url,
        "PUBLIC_URL": system.lists_api_url,
        "SESSION_ENCRYPTION_KEYS": system.keys.encryption_keys,
    }
    trakt_sync = {**kafka, **trakt_environment(system), "DATABASE_URL": system.postgres["trakt_sync"]}
    notifier = {**kafka, "DATABASE_URL": system.postgres["notifier"]}
    channels = {**notifier, "CHANNEL_ENCRYPTION_KEYS": system.keys.encryption_keys}

    def process(name: str, command: str, environment: Mapping[str, str]) -> ProcessSpec:
        port = ports[name]
        http = {"HTTP_HOST": "127.0.0.1", "HTTP_PORT": str(port)}
        return ProcessSpec(
            name=name,
            command=(sys.executable, "-m", *command.split()),
            environment={**METRICS, **inherited(outside), **environment, **http},
            health_url=f"http://127.0.0.1:{port}/health/ready",
            live_url=f"http://127.0.0.1:{port}/health/live",
        )

    return (
        process("lists-api", "lists_api serve", {**lists_api, **users, **console}),
        process("lists-api relay", "lists_api relay", {**lists_api, **users}),
        process("lists-api consume", "lists_api consume", {**lists_api, **users}),
        process("lists-api run", "lists_api run", lists_api),
        process("trakt-sync", "trakt_sync serve", {**trakt_sync, **users}),
        process("trakt-sync consume", "trakt_sync consume", trakt_sync),
        process("trakt-sync work", "trakt_sync work", trakt_sync),
        process("trakt-sync relay", "trakt_sync relay", trakt_sync),
        process("notifier", "notifier serve", {**channels, **users}),
        process("notifier consume", "notifier consume", {**notifier, **users}),
        process("notifier deliver", "notifier deliver", channels),
    )


def kafka_environment(kind: KafkaKind, bootstrap_servers: str) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "KAFKA_FETCH_MAX_WAIT": f"PT{FETCH_MAX_WAIT[kind].total_seconds():g}S",
        "KAFKA_SESSION_TIMEOUT": f"PT{SESSION_TIMEOUT[kind].total_seconds():g}S",
    }


def trakt_environment(system: System) -> dict[str, str]:
    own = {} if system.redirect_uri is None else {"TRAKT_REDIRECT_URI": system.redirect_uri}
    if system.trakt.admin_url is not None:
        own["TRAKT_SITE_URL"] = system.trakt.admin_url
    return {
        **own,
        "TRAKT_API_URL": system.trakt.api_url,
        "TRAKT_AUTH_URL": system.trakt.auth_url,
        "TRAKT_CLIENT_ID": system.trakt.client_id,
        "TRAKT_CLIENT_SECRET": system.trakt.client_secret,
        "TOKEN_ENCRYPTION_KEYS": system.keys.encryption_keys,
        "LOGIN_RETURN_URL": f"{system.lists_api_url}/",
    }


def inherited(outside: Mapping[str, str]) -> dict[str, str]:
    """Return what the processes inherit from the caller's environment."""
    # Each service has a database of its own. The local key signs all tokens of the stack's users. The stack's broker
    # listens on loopback, without TLS and SASL.
    return {name: value for name, value in outside.items() if name not in NOT_INHERITED}


def redirect_uri(ports: Mapping[str, int], server: str = "lists-api") -> str:
    """Return where the local Trakt sends browsers after a login: to the console's origin, which passes them on."""
    return f"http://127.0.0.1:{ports[server]}/api/trakt/callback"


def simulator(ports: Mapping[str, int], outside: Mapping[str, str], *, state: str | None) -> ProcessSpec:
    """Return the local Trakt. Args: state: file that keeps its accounts and lists; None: it forgets."""
    port = ports["simulator"]
    keep = ("--state", state) if state else ()
    # trakt-sync's own address is that of token pairs from before the console.
    known = (redirect_uri(ports), redirect_uri(ports, "trakt-sync"), OUT_OF_BAND)
    ours = (f"--redirect-uri={uri}" for uri in known)
    return ProcessSpec(
        name="simulator",
        command=(sys.executable, "-m", "trakt_simulator", "--host", "127.0.0.1", "--port", str(port), *keep, *ours),
        environment=dict(outside),
        health_url=f"http://127.0.0.1:{port}/_admin/health",
        death_signal=signal.SIGTERM,  # it saves its state
    )
