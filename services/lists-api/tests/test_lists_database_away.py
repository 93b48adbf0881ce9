import asyncio

from chassis.testing import eventually
from lists_api.testing import Api

WAITING = """
SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""


async def test_a_request_that_loses_its_connection_gets_a_503_and_succeeds_when_repeated(api: Api) -> None:
    made = await api.create()
    path = f"/api/lists/{made['id']}"
    async with api.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM list WHERE list_id = $1 FOR UPDATE", made["id"])
        request = asyncio.create_task(api.call("PATCH", path, json={"title": "Capers"}))
        waiting = await eventually(lambda: api.pool.fetchval(WAITING))
        await connection.execute("SELECT pg_terminate_backend($1)", waiting)
        response = await request
    assert (response.status_code, response.json()["slug"]) == (503, "database-unavailable")
    assert response.headers["retry-after"] == "1"
    assert len(await api.outbox()) == 1
    assert (await api.call("PATCH", path, json={"title": "Capers"})).json()["version"] == 2
