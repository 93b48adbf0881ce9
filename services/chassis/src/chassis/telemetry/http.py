"""HTTP spans and metrics by the stable conventions: `http.server.request.duration` in seconds, `http.route`."""

from collections.abc import MutableMapping, Sequence
from typing import Any

from fastapi.telemetry import TelemetryConfig


def server_telemetry(*untraced: str, secret: Sequence[str] = ()) -> TelemetryConfig:
    """Return what FastAPI takes as `telemetry`: one span a request, and its duration as a metric.

    The probes (`/health/…`) are left out. FastAPI's log records are off, for a failed validation is no event of ours,
    and so are its spans for dependencies and serialization.

    Args:
        untraced: ends of further paths to leave out, e.g. "/notifications/stream", a request that lasts an hour.
        secret: beginnings of paths that hold a secret. They are left out, because a span has the whole path.
    """
    ends = ("/health/live", "/health/ready", *untraced)
    beginnings = tuple(secret)

    def is_untraced(scope: MutableMapping[str, Any]) -> bool:
        path = str(scope.get("path", ""))
        return path.endswith(ends) or path.startswith(beginnings)

    return {"logs": False, "operation_spans": False, "auto_configure": False, "exclude": is_untraced}
