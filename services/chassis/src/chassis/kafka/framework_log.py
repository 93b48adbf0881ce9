"""FastStream's own words as events of ours: what fails outside the delivery rules must leave a line."""

import logging
from collections.abc import Mapping
from typing import Any

import structlog

log = structlog.get_logger("chassis.kafka.framework_log")


class FrameworkLog:
    """Takes FastStream's log lines. Those for each record ("Received", "Processed") are dropped."""

    def log(
        self,
        level: int,
        msg: Any,  # noqa: ANN401 - FastStream's protocol
        /,
        *,
        exc_info: Any = None,  # noqa: ANN401
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Log `consumer_failed`, or `consumer_warned` for what is no error."""
        if level < logging.WARNING:
            return
        event = "consumer_failed" if level >= logging.ERROR else "consumer_warned"
        log.log(level, event, error=str(msg)[:1000], exc_info=exc_info, **(extra or {}))
