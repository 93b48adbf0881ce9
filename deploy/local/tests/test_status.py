"""What `status` shows of the processes' metrics."""

import fcntl
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chassis.telemetry.declared import MIRROR_DELAY
from local_stack.commands.status import status
from local_stack.errors import NoStackError
from local_stack.screen.pipeline import Look, lines
from local_stack.system.stack_file import LOCK

RELAY = """\
# HELP watchbuddy_outbox_events events that wait
# TYPE watchbuddy_outbox_events gauge
watchbuddy_outbox_events 3.0
messaging_client_sent_messages_total{messaging_system="kafka",messaging_destination_name="lists"} %d
"""
SERVE = """\
watchbuddy_outbox_events 4.0
watchbuddy_accounts{watchbuddy_account_state="connected"} 2.0
watchbuddy_accounts{watchbuddy_account_state="blocked"} 0.0
watchbuddy_mirror_delay_seconds_bucket{le="1.0"} 5
watchbuddy_mirror_delay_seconds_bucket{le="2.5"} 10
watchbuddy_mirror_delay_seconds_bucket{le="+Inf"} 10
"""


def look(at: float, sent: int, *, is_away: bool = False) -> Look:
    return Look.of(at, {"lists-api": SERVE, "lists-api relay": None if is_away else RELAY % sent})


def screen(*looks: Look) -> dict[str, str]:
    return {line[:22].strip(): line[22:] for line in lines(looks)}


def test_one_look_shows_totals_and_of_a_gauge_that_all_have_one() -> None:
    shown = screen(look(0, 7))
    assert shown["processes"] == "2 answer"
    assert shown["outbox"] == "lists-api 4"
    assert shown["events sent"] == "lists 7"
    assert shown["accounts"] == "connected 2"
    assert shown["from edit to Trakt"] == "p50 ≤ 1 s, p95 ≤ 2.5 s"
    assert shown["dead letters"] == "-"


def test_two_looks_show_what_came_between_them() -> None:
    shown = screen(look(10, 7), look(14, 27))
    assert shown["events sent"] == "lists 5 a second"
    assert shown["from edit to Trakt"] == "-"


def test_a_process_that_does_not_answer_is_named() -> None:
    assert screen(look(0, 0, is_away=True))["processes"] == "1 answer, lists-api relay does not"


def test_a_value_with_quotes_and_commas_is_read() -> None:
    page = r'watchbuddy_accounts{a="x, y=\"z\"",watchbuddy_account_state="connected"} 1'
    [sample] = Look.of(0, {"one": page}).samples
    assert sample.labels == {"a": r"x, y=\"z\"", "watchbuddy_account_state": "connected"}


def test_nothing_recorded_has_no_quantile() -> None:
    assert Look.of(0, {"one": ""}).quantile(MIRROR_DELAY, 0.5, None) is None


@pytest.mark.parametrize(("answers", "status_code"), [("watchbuddy_messages_total 3", 0), (None, 1)])
def test_it_asks_the_processes_of_the_running_stack(
    answers: str | None,
    status_code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving(answers) as port, running_stack(tmp_path, f"http://127.0.0.1:{port}/health/ready") as file:
        assert status(file, once=True) == status_code
    said = capsys.readouterr().out
    assert ("1 answer" in said) is (answers is not None)
    assert ("messages              3" in said) is (answers is not None)


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
def running_stack(folder: Path, health_url: str) -> Iterator[Path]:
    """Have a stack's file, and hold its lock as a running stack does."""
    file = folder / "stack.json"
    file.write_text(json.dumps({"processes": [{"name": "notifier consume", "health_url": health_url}]}))
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield file


def test_without_a_stack_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"processes": []}))
    with pytest.raises(NoStackError, match="no stack runs here"):
        status(path, once=True)
