"""What OpenTelemetry's standard `OTEL_*` variables ask for.

A value that this process cannot follow ends it at its start: a trace that goes nowhere is found out too late.
"""

import os
from typing import Final

from chassis.settings import fail

PROTOCOL: Final = "http/protobuf"
EXPORTERS: Final = {
    "TRACES": ("otlp", "console", "none"),
    "METRICS": ("otlp", "console", "none"),
    "LOGS": ("console", "none"),  # logs are lines of JSON on standard error, whatever is set
}


def check_environment() -> None:
    """End the process with status 2 and one line when a variable names what we do not have."""
    if _is_disabled():
        return
    for signal, allowed in EXPORTERS.items():
        _check(f"OTEL_{signal}_EXPORTER", allowed)
        _check(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", (PROTOCOL,))
    _check("OTEL_EXPORTER_OTLP_PROTOCOL", (PROTOCOL,))


def is_exported(signal: str) -> bool:
    """Return whether the signal ("TRACES", "METRICS") goes anywhere."""
    return exporter_of(signal) is not None


def exporter_of(signal: str) -> str | None:
    """Return "otlp", when an endpoint is named too, or "console"; None when the signal goes nowhere."""
    chosen = os.environ.get(f"OTEL_{signal}_EXPORTER") or "otlp"
    if _is_disabled() or chosen == "none":
        return None
    if chosen == "console":
        return chosen
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return "otlp" if any(os.environ.get(name) for name in names) else None


def _is_disabled() -> bool:
    return os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"


def _check(name: str, allowed: tuple[str, ...]) -> None:
    value = os.environ.get(name)
    if value and value not in allowed:
        fail(f"{name}: {value} is not supported, use {' or '.join(allowed)}")
