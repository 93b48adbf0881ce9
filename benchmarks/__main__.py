"""`python -m benchmarks [NAME …] [--json FILE] [--profile]`."""

import argparse
import asyncio
import importlib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from benchmarks.figures import Figure, save, show
from benchmarks.profiling import profiling

BENCHMARKS: Mapping[str, str] = {
    "requests": "Trakt requests for a first mirror, a change, no change",
    "latency": "from an edit to the user's message, on Apache Kafka and on the embedded broker",
    "consume": "what each consumer takes from a filled topic, beside a bare aiokafka consumer",
    "throughput": "sustained edits from HTTP to message, and which part they keep busy",
    "api": "lists made and read over HTTP, beside a bare FastAPI with asyncpg",
    "smart": "a smart list of 50 titles from 1.4 million, over 200 random filter sets",
    "bodies": "how long a bad or large body stops lists-api for everybody else, and its memory",
    "footprint": "start and idle cost of the embedded stack",
    "catalogue": "importing 1.4 million titles beside a bare COPY, and searching among them",
    "rename": "renaming a list of 10,000 items beside one of 10, processor time of all parts",
    "accounts": "what a step costs in Postgres, with a thousand Trakt accounts and with a million",
    "reconciles": "new versions of lists brought to Trakt, limits off, by one worker",
    "relay": "events from a filled outbox to Kafka by the relay, beside a bare producer",
    "console": "the console in Chromium: when it can be used, what it transfers, from an edit to its notice",
    "streams": "5,000 live streams on one process: memory, idle cost, and how fast a message is there",
    "runs": "lists that fall due together, filled from 1.4 million titles by one worker",
    "telemetry": "what metrics, scrapes and log lines cost an edit",
    "simulator": "how fast the local Trakt answers, and what its accounts weigh",
}

PROFILED = "consume, latency, reconciles, relay, rename, throughput"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure, and print each figure beside its goal.",
        epilog="\n".join(f"{name:11} {text}" for name, text in BENCHMARKS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="which ones (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument(
        "--profile",
        action="store_true",
        help=f"print where each process spends its time: {PROFILED}",
    )
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
    if arguments.json:
        try:
            arguments.json.open("a").close()  # measuring takes minutes: say it before
        except OSError as error:
            parser.error(f"--json {arguments.json}: {error.strerror}")
    results: dict[str, Sequence[Figure]] = {}
    with profiling() if arguments.profile else nullcontext():
        for name in arguments.names or BENCHMARKS:
            module = importlib.import_module(f"benchmarks.{name}")
            results[name] = asyncio.run(module.run())
            show(f"{name}: {BENCHMARKS[name]}", results[name])
            if arguments.json:
                save(arguments.json, results)


if __name__ == "__main__":
    main()
