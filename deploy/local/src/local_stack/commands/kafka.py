"""`python -m local_stack kafka`: Apache Kafka alone, until it is stopped."""

import asyncio
import contextlib
import tempfile
from datetime import timedelta
from pathlib import Path

from local_stack.commands.lifecycle import report_failure
from local_stack.commands.signals import end_on_signals
from local_stack.errors import CannotStartError, PartFailedError
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.processes import children
from local_stack.processes.ports import LOOPBACK, choose_ports

LOOK_EVERY_S = 0.2


async def kafka(port: int, data: Path | None) -> int:
    """Run the broker; return the exit status. Args: data: keeps the records; None: a temporary folder."""
    distribution = KafkaDistribution.find()
    if choose_ports({"kafka": port})["kafka"] != port:
        raise CannotStartError(f"port {port} of {LOOPBACK} is taken; choose another with --port")
    with contextlib.ExitStack() as stack:
        temporary = "" if data else stack.enter_context(tempfile.TemporaryDirectory(prefix="watchbuddy-kafka-"))
        folder = data or Path(temporary)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStartError(f"cannot use {folder}: {error.strerror}") from error
        return await _until_stopped(ApacheKafka(distribution, folder, log=folder / "kafka.log", port=port, say=_say))


async def _until_stopped(broker: ApacheKafka) -> int:
    end_on_signals()
    try:
        await broker.start()
        _say(f"Apache Kafka listens on {broker.bootstrap_servers} (log: {broker.log}); Ctrl-C stops it")
        await children.until(lambda: broker.exit_status() is not None, timedelta.max, every_s=LOOK_EVERY_S)
        return report_failure(PartFailedError("kafka", f"ended with status {broker.exit_status()}", broker.log))
    except PartFailedError as failure:
        return report_failure(failure)
    except asyncio.CancelledError:
        return 0
    finally:
        await broker.stop()


def _say(line: str) -> None:
    print(line, flush=True)
