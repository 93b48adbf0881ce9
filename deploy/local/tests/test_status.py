"""What `status` shows of the processes' metrics."""

import json
from pathlib import Path

import pytest

from chassis.telemetry.declared import MIRROR_DELAY
from local_stack.commands.status import status
from local_stack.errors import NoStackError
from local_stack.screen.pipeline import Look, lines

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


def test_without_a_stack_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"processes": []}))
    with pytest.raises(NoStackError, match="no stack runs here"):
        status(path, once=True)
