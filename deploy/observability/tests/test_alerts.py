"""Each alert fires when it should and ends, by promtool; and what it names is there."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

from chassis.telemetry.declared import metrics
from chassis.telemetry.prometheus import name_of
from watchbuddy_contracts import TraktDriftFound

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
RULES_FILE = HERE.parent / "prometheus" / "alerts.yml"
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for rule in yaml.safe_load(RULES_FILE.read_text())["groups"][0]["rules"]
}
DURATION = "http_server_request_duration_seconds_count"


@dataclass(frozen=True, slots=True)
class Case:
    """What makes an alert fire.

    Args:
        series: to their values, one a minute: `0x9` is ten zeros, `0+5x9` grows by five.
        fires: minute.
        ends: minute.
        labels: of the alert.
        quiet: minute at which it does not fire yet.
    """

    series: dict[str, str]
    fires: int
    ends: int
    labels: Mapping[str, str] = field(default_factory=dict)
    quiet: int = 1


GROUP = {"messaging_consumer_group_name": "notifier"}
DEAD = (
    'watchbuddy_dead_letters_total{messaging_consumer_group_name="notifier",watchbuddy_dead_letter_reason="not_json"}'
)
CONNECTED = 'watchbuddy_accounts{job="trakt-sync",role="work",watchbuddy_account_state="connected"}'
BLOCKED = CONNECTED.replace("connected", "blocked")
RENEWED = 'watchbuddy_trakt_renewals_total{watchbuddy_renewal_outcome="renewed"}'
SENT = "messaging_client_sent_messages_total"
RUN = 'watchbuddy_runs_total{watchbuddy_run_outcome="succeeded"}'
DELIVERY = 'watchbuddy_deliveries_total{watchbuddy_delivery_outcome="sent"}'
CASES = {
    "ProcessDown": Case(
        {'up{job="notifier",role="serve",instance="a"}': "1x4 0x5 1x20", 'up{job="notifier",role="relay"}': "1x30"},
        fires=8,
        ends=12,
        labels={"job": "notifier", "role": "serve", "instance": "a"},
        quiet=6,
    ),
    "OutboxNotSent": Case(
        {
            'watchbuddy_outbox_age_seconds{job="lists-api",role="serve"}': "0x4 60+60x5 0x20",
            'watchbuddy_outbox_age_seconds{job="trakt-sync",role="serve"}': "50x30",
        },
        fires=9,
        ends=12,
        labels={"job": "lists-api"},
        quiet=6,
    ),
    "EventRejected": Case(
        {'watchbuddy_outbox_rejected{job="lists-api",role="serve"}': "0x4 1x5 0x9"},
        fires=6,
        ends=12,
        labels={"job": "lists-api"},
    ),
    "ConsumerBehind": Case(
        {
            'watchbuddy_consumer_lag{messaging_consumer_group_name="notifier",instance="a"}': "0x4 600x9 0x9",
            'watchbuddy_consumer_lag{messaging_consumer_group_name="notifier",instance="b"}': "0x4 600x9 0x9",
            'watchbuddy_consumer_lag{messaging_consumer_group_name="lists-api",instance="c"}': "900x30",
        },
        fires=12,
        ends=17,
        labels=GROUP,
        quiet=8,
    ),
    "RecordDeadLettered": Case({DEAD: "0x4 1x40"}, fires=6, ends=25, labels=GROUP),
    "ListsNotMirrored": Case(
        {
            'watchbuddy_lists_overdue_seconds{watchbuddy_list_waits_for="work"}': "0x4 1000x9 0x9",
            'watchbuddy_lists_overdue_seconds{watchbuddy_list_waits_for="account"}': "90000x30",
        },
        fires=12,
        ends=17,
        quiet=8,
    ),
    "AccountsParked": Case({CONNECTED: "100x60", BLOCKED: "0x4 11x25 0x20"}, fires=25, ends=35, quiet=15),
    "TokensNotRenewed": Case(
        {RENEWED: "0+1x120", RENEWED.replace("renewed", "failed"): "0x9 0+1x20 20x90"}, fires=30, ends=75, quiet=9
    ),
    "BreakerOpen": Case(
        {
            'watchbuddy_trakt_breaker_open{watchbuddy_breaker_cause="network"}': "0x4 1x9 0x9",
            'watchbuddy_trakt_breaker_open{watchbuddy_breaker_cause="refused"}': "0x30",
        },
        fires=12,
        ends=16,
        labels={"watchbuddy_breaker_cause": "network"},
        quiet=8,
    ),
    "DriftOnManyLists": Case(
        {f'{SENT}{{watchbuddy_event_type="{TraktDriftFound.ce_type}"}}': "0x4 0+1x15 15x90", CONNECTED: "50x200"},
        fires=30,
        ends=90,
        quiet=8,
    ),
    "ServerErrors": Case(
        {
            f'{DURATION}{{job="notifier",http_response_status_code="200"}}': "0+90x60",
            f'{DURATION}{{job="notifier",http_response_status_code="503"}}': "0x9 0+10x10 100x60",
            f'{DURATION}{{job="lists-api",http_response_status_code="200"}}': "0+90x60",
        },
        fires=18,
        ends=30,
        labels={"job": "notifier"},
        quiet=9,
    ),
    "RunsFailing": Case(
        {RUN: "0+1x300", RUN.replace("succeeded", "failed"): "0x9 0+1x60 60x200"}, fires=60, ends=150, quiet=20
    ),
    "RunsWait": Case(
        {
            'watchbuddy_runs_age_seconds{watchbuddy_run_state="queued"}': "0x4 1000x9 0x9",
            'watchbuddy_runs_age_seconds{watchbuddy_run_state="running"}': "9000x30",
        },
        fires=12,
        ends=17,
        quiet=8,
    ),
    "DeliveriesExhausted": Case(
        {DELIVERY: "0+1x300", DELIVERY.replace("sent", "exhausted"): "0x9 0+1x60 60x200"}, fires=60, ends=150, quiet=20
    ),
    "ErasureWaits": Case(
        {'watchbuddy_erasures_age_seconds{job="lists-api",role="serve"}': "1300000x9 1400000x30 0x9"},
        fires=30,
        ends=45,
        quiet=20,
    ),
}


def unit_tests() -> dict[str, Any]:
    """Return promtool's file: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/."""
    return {
        "rule_files": [str(RULES_FILE)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "name": alert,
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
                "alert_rule_test": [
                    {"alertname": alert, "eval_time": f"{case.quiet}m", "exp_alerts": []},
                    {"alertname": alert, "eval_time": f"{case.fires}m", "exp_alerts": [_firing(alert, case)]},
                    {"alertname": alert, "eval_time": f"{case.ends}m", "exp_alerts": []},
                ],
            }
            for alert, case in CASES.items()
        ],
    }


def _firing(alert: str, case: Case) -> dict[str, Any]:
    rule = RULES[alert]
    return {"exp_labels": {**rule["labels"], **case.labels}, "exp_annotations": rule["annotations"]}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_each_alert_is_quiet_then_fires_and_ends(tmp_path: Path) -> None:
    file = tmp_path / "tests.json"
    file.write_text(json.dumps(unit_tests()))
    ended = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_each_alert_has_a_case_and_a_place_in_the_operators_book() -> None:
    assert CASES.keys() == RULES.keys()
    book = (ROOT / "docs" / "operations.md").read_text().partition("\n## Alerts\n")[2]
    headings = re.findall(r"^### (.+)$", book.partition("\n## ")[0], flags=re.MULTILINE)
    assert sorted(headings) == sorted(RULES)
    for alert, rule in RULES.items():
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{alert.lower()}"


def test_alerts_ask_for_declared_metrics_and_attributes() -> None:
    declared = {name_of(metric): metric for metric in metrics()}
    for rule in RULES.values():
        for name in re.findall(r"\b(?:watchbuddy|http|messaging)_\w+", re.sub(r'"[^"]*"', "", rule["expr"])):
            metric = re.sub(r"_(count|sum|bucket)$", "", name)
            labels = {one.replace(".", "_") for of in declared.values() for one in of.attributes}
            assert metric in declared or name in labels, name
