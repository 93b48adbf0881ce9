"""No address, secret or token of a channel is in anything that comes out: logs (DEBUG), answers, the database."""

import httpx

from chassis.postgres.database import Pool
from chassis.testing_canaries import canaries
from notifier.dispatch import Dispatcher
from notifier.testing import ENCRYPTION_KEY, KEY, application_on, bearer, delivered, settings_for, sync_started

SECRET = "a-canary-of-a-secret"
PHONE = {"name": "Phone", "kind": "apprise", "address": f"ntfys://ada:{SECRET}@ntfy.example.org/{SECRET}"}
SCRIPT = {"name": "Script", "kind": "webhook", "address": f"https://hooks.example.org/{SECRET}?key={SECRET}"}
WRONG = [
    {"name": "Script", "kind": "webhook", "address": f"ftp://ada:{SECRET}@hooks.example.org"},
    {"name": "Script", "kind": "webhook", "address": f"https://{SECRET}@127.0.0.1/{SECRET}"},
    {"name": "Phone", "kind": "apprise", "address": f"nonsense://{SECRET}"},
    {"name": "Phone", "kind": "apprise", "address": [SECRET]},
    {"name": "", "kind": "apprise", "address": f"ntfys://{SECRET}"},
]


async def test_channels_tell_no_secret(dsn: str, pool: Pool, dispatcher: Dispatcher) -> None:
    known = canaries()
    known.know(secret=SECRET, key=ENCRYPTION_KEY, local_key=KEY, token=bearer()["Authorization"][7:])
    async with application_on(settings_for(dsn)) as http:
        transport = httpx.ASGITransport(http.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier", headers=bearer()) as client:
            await dispatcher.dispatch([delivered(sync_started())])
            phone = known.note(await client.post("/api/channels", json=PHONE)).json()["channel"]
            script = (await client.post("/api/channels", json=SCRIPT)).json()
            known.know(webhook=script["secret"])
            path = f"/api/channels/{script['channel']['id']}"
            known.know(rotated=(await client.post(f"{path}/secret")).json()["secret"])
            for one in WRONG:
                assert known.note(await client.post("/api/channels", json=one)).status_code == 422
            known.note(await client.patch(path, json={"address": f"https://hooks.example.org/{SECRET}/2"}))
            known.note(await client.patch(path, json={"address": f"gopher://{SECRET}"}))
            known.note(await client.post(f"/api/channels/{phone['id']}/test"))
            for url in ("/api/channels", path, f"{path}/deliveries", "/api/notifications"):
                known.note(await client.get(url))
            bad = {"Authorization": "Bearer a-canary-of-a-token"}
            known.know(bad="a-canary-of-a-token")
            known.note(await client.get("/api/channels", headers=bad))
            http.app.state.channels = None  # a defect
            known.note(await client.post("/api/channels", json=PHONE))
        await known.look_into(pool)
    known.assert_silent()
