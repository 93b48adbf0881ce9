"""From the user's request to the user's message it is one trace."""

import secrets
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

from chassis.testing import eventually
from integration.catalogue import movies
from integration.collector import Span
from integration.system import RunningSystem
from integration.users import User
from watchbuddy_contracts import LISTS, TRAKT

EDGES = {
    ("lists-api server", "lists-api producer"),
    ("lists-api producer", "trakt-sync consumer"),
    ("lists-api producer", "notifier consumer"),
    ("trakt-sync consumer", "trakt-sync internal"),
    ("trakt-sync internal", "trakt-sync client"),
    ("trakt-sync consumer", "trakt-sync producer"),
    ("trakt-sync producer", "lists-api consumer"),
    ("trakt-sync producer", "notifier consumer"),
    ("notifier consumer", "notifier internal"),
}
"""From parent to child: the way of a list that is created, through all services."""
SECRETS = ("AUTH_LOCAL_KEY", "TOKEN_ENCRYPTION_KEYS", "TRAKT_CLIENT_SECRET")
EXPORTED_WITHIN = timedelta(seconds=20)


def part(span: Span) -> tuple[str, str, str]:
    """Return what a span is in the event's way: service, kind, and the request, topic or list that it is about."""
    if span.name == "store message":
        return span.service, "message", str(span.attributes.get("watchbuddy.list.id"))
    match span.kind:
        case "server" | "client":
            return span.service, span.kind, _method_and_path(span)
        case "producer" | "consumer":
            return span.service, span.kind, str(span.attributes["messaging.destination.name"])
        case _:
            return span.service, span.kind, span.name


def edges(spans: list[Span]) -> set[tuple[str, str]]:
    """Return which kinds of spans of which services are children of which: a service graph is drawn of these."""
    ends = {span.span_id: f"{span.service} {span.kind}" for span in spans}
    return {(ends[span.parent_id], ends[span.span_id]) for span in spans if span.parent_id in ends}


async def test_one_trace_from_the_request_to_the_message(system: RunningSystem, user: User) -> None:
    trace_id, caller = secrets.token_hex(16), secrets.token_hex(8)
    body = {"title": "Traced", "list_type": "manual", "items": movies(3)}
    answer = await user.send("POST", "", json=body, headers={"traceparent": f"00-{trace_id}-{caller}-01"})
    await user.told("Created list 'Traced' on Trakt", "Synced to Trakt: +3 -0")
    [made] = await user.mirrored()
    expected = {
        ("lists-api", "server", "POST /api/lists"): 1,
        ("lists-api", "producer", LISTS.name): 1,
        ("trakt-sync", "consumer", LISTS.name): 1,
        ("trakt-sync", "client", "POST /users/me/lists"): 1,
        ("trakt-sync", "client", f"POST /users/me/lists/{made.trakt_list_id}/items"): 1,
        ("trakt-sync", "producer", TRAKT.name): 2,
        ("lists-api", "consumer", TRAKT.name): 2,
        ("notifier", "consumer", TRAKT.name): 2,
        ("notifier", "message", str(made.id)): 2,
    }

    async def parts() -> Counter[tuple[str, str, str]]:
        return Counter(map(part, system.collector.spans(trace_id)))

    def is_whole(found: Counter[tuple[str, str, str]]) -> bool:
        return all(found[one] >= count for one, count in expected.items())

    found = await eventually(parts, until=is_whole, within=EXPORTED_WITHIN)
    assert answer.status_code == 201
    sent_or_said = [one for one in expected if one[1] != "consumer"]
    assert {one: found[one] for one in sent_or_said} == {one: expected[one] for one in sent_or_said}
    assert sum(count for one, count in found.items() if one[1] == "client") == 2, "no other call of Trakt"


async def test_every_span_hangs_on_one_that_is_there(system: RunningSystem, user: User) -> None:
    trace_id, caller = secrets.token_hex(16), secrets.token_hex(8)
    body = {"title": "Whole", "list_type": "manual"}
    await user.send("POST", "", json=body, headers={"traceparent": f"00-{trace_id}-{caller}-01"})
    await user.told("Created list 'Whole' on Trakt")
    await user.mirrored()

    async def orphans() -> list[str] | None:
        spans = system.collector.spans(trace_id)
        if not edges(spans) >= EDGES:
            return None  # there is more to come
        there = {caller, *(span.span_id for span in spans)}
        return [f"{span.service}: {span.name}" for span in spans if span.parent_id not in there]

    await eventually(orphans, until=lambda found: found == [], within=EXPORTED_WITHIN)


async def test_no_span_carries_a_secret_or_a_title(system: RunningSystem, user: User) -> None:
    trace_id = secrets.token_hex(16)
    body = {"title": "Nobody's business", "list_type": "manual", "items": movies(1)}
    await user.send("POST", "", json=body, headers={"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"})
    await user.told("Synced to Trakt: +1 -0")

    async def spans() -> list[Span]:
        return system.collector.spans(trace_id)

    found = await eventually(
        spans, until=lambda seen: any(span.name == "store message" for span in seen), within=EXPORTED_WITHIN
    )
    shown = [f"{span.name} {span.attributes}" for span in found]
    assert not [text for text in shown if "business" in text or "Bearer" in text]
    assert system.collector.holds("store message")  # it would find them
    environment = system.processes["trakt-sync"].spec.environment
    assert not [name for name in SECRETS if system.collector.holds(environment[name])]
    assert not system.collector.holds("eyJ")  # how each JWT begins


def _method_and_path(span: Span) -> str:
    attributes = span.attributes
    # A server's span has the path, a client's the whole address.
    path = attributes.get("url.path") or urlsplit(str(attributes["url.full"])).path
    return f"{attributes['http.request.method']} {path}"
