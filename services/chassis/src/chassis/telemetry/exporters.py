"""What OpenTelemetry's standard `OTEL_*` variables ask for. A list of exporters, "otlp,prometheus", asks for each.

A value that this process cannot follow ends it at its start: a trace that goes nowhere is found out too late.
"""

import os
from typing import Final

from chassis.settings import fail

PROTOCOL: Final = "http/protobuf"
EXPORTERS: Final = {
    "TRACES": ("otlp", "console", "none"),
    "METRICS": ("otlp", "console", "none", "prometheus"),
    "LOGS": ("console", "none"),  # logs are lines of JSON on standard error, whatever is set
}


def check_environment() -> None:
    """End the process with status 2 and one line when a variable names what we do not have."""
    if _is_disabled():
        return
    for signal, allowed in EXPORTERS.items():
        for one in _chosen(signal, default=allowed[0]):
            _check(f"OTEL_{signal}_EXPORTER", one, allowed)
        _check_protocol(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL")
    _check_protocol("OTEL_EXPORTER_OTLP_PROTOCOL")


def is_exported(signal: str) -> bool:
    """Return whether the signal ("TRACES", "METRICS") goes anywhere by OpenTelemetry's SDK."""
    return exporter_of(signal) is not None


def is_scraped() -> bool:
    """Return whether the process answers `/metrics`: it has the metrics without the SDK."""
    return not _is_disabled() and "prometheus" in _chosen("METRICS")


def is_measured() -> bool:
    """Return whether anybody gets the metrics."""
    return is_exported("METRICS") or is_scraped()


def exporter_of(signal: str) -> str | None:
    """Return "otlp", when an endpoint is named too, or "console"; None when the SDK has nothing to do."""
    chosen = _chosen(signal)
    if _is_disabled() or "none" in chosen:
        return None
    if "console" in chosen:
        return "console"
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return "otlp" if "otlp" in chosen and any(os.environ.get(name) for name in names) else None


def _chosen(signal: str, default: str = "otlp") -> list[str]:
    return [one.strip() for one in (os.environ.get(f"OTEL_{signal}_EXPORTER") or default).split(",")]


def _is_disabled() -> bool:
    return os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"


def _check_protocol(name: str) -> None:
    _check(name, os.environ.get(name) or PROTOCOL, (PROTOCOL,))


def _check(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        fail(f"{name}: {value} is not supported, use {' or '.join(allowed)}")
