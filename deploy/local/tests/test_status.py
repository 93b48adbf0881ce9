"""What `status` shows of the processes' metrics."""

import asyncio
import fcntl
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chassis.dead_letters import shelf
from chassis.dead_letters.letters import Selection, Source
from chassis.kafka.producer import start_producer
from chassis.kafka.settings import KafkaSettings
from chassis.telemetry.declared import MIRROR_DELAY
from local_stack.commands.status import status
from local_stack.errors import NoStackError
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.screen.pipeline import Look, lines
from local_stack.system.stack_file import LOCK
from watchbuddy_contracts import LISTS, dead_letter_topic

SOURCE = Source(LISTS.name, "trakt-sync")

RELAY = """\
# HELP watchbuddy_outbox_events events that wait
# TYPE watchbuddy_outbox_events gauge
watchbuddy_outbox_events 3.0
watchbuddy_accounts{watchbuddy_account_state="connected"} 1.0
watchbuddy_messages_total{watchbuddy_message_severity="info"} 4
messaging_client_sent_messages_total{messaging_system="kafka",messaging_destination_name="lists"} %d
"""
SERVE = """\
watchbuddy_outbox_events 4.0
watchbuddy_accounts{watchbuddy_account_state="connected"} 2.0
watchbuddy_accounts{watchbuddy_account_state="blocked"} 0.0
watchbuddy_messages_total{watchbuddy_message_severity="info"} 3
watchbuddy_mirror_delay_seconds_bucket{le="1.0"} 5
watchbuddy_mirror_delay_seconds_bucket{le="2.5"} 10
watchbuddy_mirror_delay_seconds_bucket{le="+Inf"} 10
"""


def look(at: float, sent: int, *, is_away: bool = False) -> Look:
    return Look.of(
        at, {"lists-api relay": None if is_away else RELAY % sent, "lists-api": SERVE, "lists-api run": SERVE}, {}
    )


def screen(*looks: Look) -> dict[str, str]:
    return {line[:22].strip(): line[22:] for line in lines(looks)}


def test_one_look_shows_totals_and_of_a_gauge_that_several_have_the_largest() -> None:
    shown = screen(look(0, 7))
    assert shown["processes"] == "3 answer"
    assert shown["outbox"] == "lists-api 4"
    assert shown["events sent"] == "lists 7"
    assert shown["accounts"] == "connected 2"
    assert shown["messages"] == "info 10"
    assert shown["from edit to Trakt"] == "p50 ≤ 1 s, p95 ≤ 2.5 s"
    assert shown["dead letters"] == "-"


def test_two_looks_show_what_came_between_them() -> None:
    shown = screen(look(10, 7), look(14, 27))
    assert shown["events sent"] == "lists 5 a second"
    assert shown["from edit to Trakt"] == "-"


def test_a_process_that_does_not_answer_is_named() -> None:
    assert screen(look(0, 0, is_away=True))["processes"] == "2 answer, lists-api relay does not"


def test_a_value_with_quotes_and_commas_is_read() -> None:
    page = r'watchbuddy_accounts{a="x, y=\"z\"",watchbuddy_account_state="connected"} 1'
    [sample] = Look.of(0, {"one": page}, {}).samples
    assert sample.labels == {"a": r"x, y=\"z\"", "watchbuddy_account_state": "connected"}


def test_nothing_recorded_has_no_quantile() -> None:
    assert Look.of(0, {"one": ""}, {}).quantile(MIRROR_DELAY, 0.5, None) is None


@pytest.fixture
async def kafka() -> AsyncIterator[EmbeddedKafka]:
    embedded = EmbeddedKafka()
    await embedded.start()
    yield embedded
    await embedded.stop()


async def test_it_asks_the_processes_of_the_running_stack_and_counts_dead_letters_that_are_not_settled(
    kafka: EmbeddedKafka, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, topic = KafkaSettings(kafka_bootstrap_servers=kafka.bootstrap_servers), dead_letter_topic(*SOURCE)
    producer = await start_producer(settings)
    for value in (b"first", b"second", b"third"):
        await producer.send_and_wait(topic, value=value, key=b"ada")
    async with aclosing(shelf.letters(settings, Selection())) as letters:
        await shelf.settle(producer, await anext(letters), "dropped")
    await producer.stop()

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving("watchbuddy_messages_total 3") as port, running_stack(tmp_path, port, kafka.bootstrap_servers) as file:
        assert await asyncio.to_thread(status, file, once=True) == 0
    said = capsys.readouterr().out
    assert "1 answer\n" in said
    assert "messages              3\n" in said
    assert f"dead letters          {SOURCE.group} 2\n" in said


def test_what_does_not_answer_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(None) as port, running_stack(tmp_path, port, "127.0.0.1:1") as file:
        assert status(file, once=True) == 1
    said = capsys.readouterr().out
    assert "0 answer, notifier consume does not\n" in said
    assert "dead letters          Kafka does not answer\n" in said
    with serving("watchbuddy_messages_total 3") as port, running_stack(tmp_path, port, "127.0.0.1:1") as file:
        assert status(file, once=True) == 1


@contextmanager
def serving(page: str | None) -> Iterator[int]:
    """Answer `/metrics`. None: with an error."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/metrics" and page else 503)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running_stack(folder: Path, port: int, bootstrap_servers: str) -> Iterator[Path]:
    """Have a stack's file, and hold its lock as a running stack does."""
    file = folder / "stack.json"
    process = {"name": "notifier consume", "health_url": f"http://127.0.0.1:{port}/health/ready"}
    file.write_text(json.dumps({"kafka": {"bootstrap_servers": bootstrap_servers}, "processes": [process]}))
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield file


def test_without_a_stack_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"processes": []}))
    with pytest.raises(NoStackError, match="no stack runs here"):
        status(path, once=True)
