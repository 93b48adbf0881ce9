"""What the running processes really send and show is what is declared, and all of it."""

import asyncio
import re
from datetime import timedelta
from itertools import chain

import httpx

from chassis.telemetry import declared, prometheus
from chassis.testing import eventually
from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User

OURS = "watchbuddy"
OF_HTTP = {"opentelemetry.instrumentation.httpx", "fastapi"}
EXPORTED_WITHIN = timedelta(seconds=40)
BY_USERS_ALONE = {declared.IMPORT_LIST.name}
"""Spans of what this test does not do."""


async def pages(system: RunningSystem) -> dict[str, str]:
    """Return what each process shows to whoever scrapes it, by the process."""
    addresses = {
        name: str(process.spec.health_url).replace("/health/ready", "/metrics")
        for name, process in system.processes.items()
        if name != "simulator"
    }
    async with httpx.AsyncClient(timeout=10) as client:
        answers = await asyncio.gather(*(client.get(address) for address in addresses.values()))
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return dict(zip(addresses, (answer.text for answer in answers), strict=True))


def shown(page: str) -> set[str]:
    return set(re.findall(r"^# TYPE (\S+)", page, flags=re.MULTILINE))


async def make_an_edit_and_ask_for_all(user: User) -> None:
    await user.send("POST", "", json={"title": "Measured", "list_type": "manual", "items": movies(2)})
    await user.told("Synced to Trakt: +2 -0")
    await user.mirrored()


async def test_every_declared_metric_is_shown_and_no_other(system: RunningSystem, user: User) -> None:
    await make_an_edit_and_ask_for_all(user)
    expected = {prometheus.name_of(metric) for metric in declared.metrics()}

    async def all_shown() -> set[str]:
        return set(chain.from_iterable(map(shown, (await pages(system)).values())))

    second = timedelta(seconds=1)
    found = await eventually(all_shown, until=lambda names: names >= expected, within=60 * second, every=second)
    assert found == expected
    by_process = await pages(system)
    for name, page in by_process.items():
        service, _, role = name.partition(" ")
        assert f'service_name="{service}"' in page
        assert f'watchbuddy_process_role="{role or "serve"}"' in page
    assert user.name not in "".join(by_process.values())


async def test_every_span_and_metric_that_is_sent_is_declared(system: RunningSystem, user: User) -> None:
    await make_an_edit_and_ask_for_all(user)
    of_metrics = {metric.name: metric for metric in declared.metrics()}

    async def sent() -> set[str]:
        return {one.name for one in system.collector.series()}

    # A histogram has no zero to send: Trakt's limits are off here.
    expected = of_metrics.keys() - {declared.BUDGET.name}
    await eventually(sent, until=lambda names: names >= expected, within=EXPORTED_WITHIN)
    for one in system.collector.series():
        metric = of_metrics[one.name]
        assert (one.scope, one.kind, one.unit) == (OURS, metric.kind, metric.unit)
        assert one.attributes <= set(metric.attributes)

    spans = {re.compile(re.sub(r"{\w+}", ".+", span.name)): span for span in declared.spans()}
    seen = set[str]()
    for found in system.collector.all_spans():
        if found.scope != OURS:
            assert found.scope in OF_HTTP
            continue
        [span] = [span for pattern, span in spans.items() if pattern.fullmatch(found.name)]
        assert found.kind == span.kind
        assert found.attributes.keys() <= set(span.attributes)
        seen.add(span.name)
    assert seen | BY_USERS_ALONE == {span.name for span in declared.spans()}
