from collections.abc import AsyncIterator

import httpx
import pytest

from chassis.testing import eventually
from notifier.dispatch import Dispatcher
from notifier.testing import application_on, bearer, delivered, settings_for, sync_started
from watchbuddy_contracts import TraktReauthorizationRequired

API = "/api/notifications"
ROUTES = [
    ("GET", API),
    ("DELETE", API),
    ("POST", f"{API}/read"),
    ("POST", f"{API}/1/read"),
    ("GET", f"{API}/stream"),
    ("GET", f"{API}/export"),
]


@pytest.fixture
async def client(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with application_on(settings_for(dsn)) as http:
        transport = httpx.ASGITransport(http.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier", headers=bearer()) as client:
            yield client


async def test_messages_are_read_as_the_contract_says(client: httpx.AsyncClient, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([delivered(sync_started())])
    await dispatcher.dispatch([delivered(TraktReauthorizationRequired(user_id="ada"))])
    answer = await client.get(API)
    assert answer.status_code == 200
    body = answer.json()
    ids = [message["id"] for message in body["messages"]]
    assert ids == sorted(ids, reverse=True)
    assert body == {
        "messages": [
            {
                "id": ids[0],
                "kind": "trakt_reauthorization_required",
                "text": "Trakt access token expired. Please reauthorize.",
                "severity": "warning",
                "list_id": None,
                "list_title": None,
                "link": {"to": "account", "list_id": None, "title_states": [], "run_id": None, "channel_id": None},
                "created_at": "2026-11-20T18:04:05Z",
                "read": False,
            },
            {
                "id": ids[1],
                "kind": "list_sync_started",
                "text": "Syncing 'Heists'...",
                "severity": "info",
                "list_id": 7,
                "list_title": "Heists",
                "link": {"to": "list", "list_id": 7, "title_states": [], "run_id": None, "channel_id": None},
                "created_at": "2026-11-20T18:04:05Z",
                "read": False,
            },
        ],
        "page": 1,
        "limit": 50,
        "total": 2,
        "next_before": None,
        "unread": 2,
        "counts": {
            "all": 2,
            "unread": 2,
            "by_severity": {
                "info": {"all": 1, "unread": 1},
                "success": {"all": 0, "unread": 0},
                "warning": {"all": 1, "unread": 1},
                "error": {"all": 0, "unread": 0},
            },
        },
    }


async def test_a_message_is_read_once_and_again(client: httpx.AsyncClient, dispatcher: Dispatcher) -> None:
    for number in range(3):
        await dispatcher.dispatch([delivered(sync_started(title=f"List {number}"))])
    newest = (await client.get(API, params={"limit": 1})).json()["messages"][0]["id"]
    for _ in range(2):
        answer = await client.post(f"{API}/{newest}/read")
        assert (answer.status_code, answer.content) == (204, b"")
    unread = (await client.get(API, params={"unread": "true", "limit": 1, "page": 2})).json()
    assert [message["text"] for message in unread["messages"]] == ["Syncing 'List 0'..."]
    assert (unread["page"], unread["limit"], unread["total"], unread["unread"]) == (2, 1, 2, 2)
    assert (await client.get(API)).json()["total"] == 3


async def test_all_are_read_and_cleared_up_to_the_last_one_seen(
    client: httpx.AsyncClient, dispatcher: Dispatcher
) -> None:
    await dispatcher.dispatch([delivered(sync_started(title="seen"))])
    seen = (await client.get(API)).json()["messages"][0]["id"]
    await dispatcher.dispatch([delivered(sync_started(title="came meanwhile"))])
    assert (await client.post(f"{API}/read", params={"up_to": seen})).status_code == 204
    assert (await client.get(API)).json()["unread"] == 1
    assert (await client.delete(API, params={"up_to": seen})).status_code == 204
    assert [message["text"] for message in (await client.get(API)).json()["messages"]] == [
        "Syncing 'came meanwhile'..."
    ]
    for _ in range(2):
        assert (await client.post(f"{API}/read")).status_code == 204
    assert (await client.get(API)).json()["unread"] == 0
    for _ in range(2):
        assert (await client.delete(API)).status_code == 204
    assert (await client.get(API)).json()["total"] == 0


async def test_messages_are_filtered_by_severity_and_list_and_read_page_by_page(
    client: httpx.AsyncClient, dispatcher: Dispatcher
) -> None:
    for number in range(5):
        await dispatcher.dispatch([delivered(sync_started(title=f"{number}", list_id=7 + number % 2))])
    await dispatcher.dispatch([delivered(TraktReauthorizationRequired(user_id="ada"))])
    first = (await client.get(API, params={"list_id": 7, "severity": ["info", "error"], "limit": 2})).json()
    assert [message["list_title"] for message in first["messages"]] == ["4", "2"]
    assert (first["total"], first["unread"], first["next_before"]) == (3, 6, first["messages"][-1]["id"])
    await dispatcher.dispatch([delivered(sync_started(title="came meanwhile"))])
    rest = (await client.get(API, params={"list_id": 7, "before": first["next_before"], "limit": 2})).json()
    assert ([message["list_title"] for message in rest["messages"]], rest["next_before"]) == (["0"], None)
    warnings = (await client.get(API, params={"severity": "warning"})).json()
    assert ([message["severity"] for message in warnings["messages"]], warnings["total"]) == (["warning"], 1)


async def test_another_users_messages_are_not_there(client: httpx.AsyncClient, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([delivered(sync_started(user_id="bob"))])
    of_bob = (await client.get(API, headers=bearer("bob"))).json()
    message_id = of_bob["messages"][0]["id"]
    assert (await client.get(API)).json()["messages"] == []
    refused = await client.post(f"{API}/{message_id}/read")
    absent = await client.post(f"{API}/{message_id + 1}/read")
    assert refused.status_code == absent.status_code == 404
    assert refused.json()["slug"] == absent.json()["slug"] == "not-found"
    await client.post(f"{API}/read")
    await client.delete(API)
    assert (await client.get(API, headers=bearer("bob"))).json() == of_bob


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nonsense", "Basic YTpi"])
async def test_no_route_answers_without_a_valid_token(
    client: httpx.AsyncClient, method: str, path: str, authorization: str
) -> None:
    answer = await client.request(method, path, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["slug"] == "unauthorized"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}?page=0"),
        ("GET", f"{API}?page={10**30}"),
        ("GET", f"{API}?limit=101"),
        ("GET", f"{API}?limit=many"),
        ("GET", f"{API}?unread=perhaps"),
        ("GET", f"{API}?user_id=bob"),
        ("GET", f"{API}?severity=loud"),
        ("GET", f"{API}?severity="),
        ("GET", f"{API}?list_id=0"),
        ("GET", f"{API}?before=-1"),
        ("POST", f"{API}/read?up_to=-1"),
        ("POST", f"{API}/read?up_to={2**63}"),
        ("POST", f"{API}/read?upto=1"),
        ("DELETE", f"{API}?up_to=%00"),
        ("POST", f"{API}/{2**63}/read"),
        ("POST", f"{API}/seven/read"),
        ("POST", f"{API}/%00/read"),
    ],
)
async def test_bad_input_is_named_in_a_problem(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["slug"] == "invalid-request"
    assert answer.json()["errors"]


@pytest.mark.parametrize("last_event_id", ["-1", "x", str(2**63), "1.5"])
async def test_a_last_event_id_that_we_never_gave_is_refused(client: httpx.AsyncClient, last_event_id: str) -> None:
    answer = await client.get(f"{API}/stream", headers={"Last-Event-ID": last_event_id})
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid-request")


async def test_an_unknown_path_and_method_are_problems(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/notification")).json()["slug"] == "not-found"
    assert (await client.put(API)).json()["slug"] == "method-not-allowed"


async def test_the_service_is_live_and_ready_without_a_token(client: httpx.AsyncClient) -> None:
    async def status(path: str) -> int:
        return (await client.get(path, headers={"Authorization": ""})).status_code

    assert await status("/health/live") == 200
    await eventually(lambda: status("/health/ready"), until=lambda code: code == 200)  # the listener connects first


async def test_the_last_page_there_can_be_is_empty(client: httpx.AsyncClient, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([delivered(sync_started())])
    body = (await client.get(API, params={"page": 1_000_000, "limit": 100})).json()
    assert (body["messages"], body["total"]) == ([], 1)


async def test_the_openapi_document_names_the_token_and_every_problem(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operations = {
        (method, path): operation
        for path, methods in document["paths"].items()
        if path.startswith(API)
        for method, operation in methods.items()
    }
    assert len(operations) == len(ROUTES)
    for operation in operations.values():
        assert operation["security"] == [{"token": []}]
        assert {"401", "422", "500", "503"} <= set(operation["responses"])
        assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
    assert "404" in operations["post", f"{API}/{{message_id}}/read"]["responses"]
