"""A user's messages go to their webhook, signed, whatever happens to the process that sends them."""

from collections import Counter
from datetime import timedelta

import httpx
from standardwebhooks import Webhook

from chassis.testing import eventually
from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User
from notifier.testing_channels import Receiver, receiver

WITHIN = timedelta(seconds=90)
"""A process that is killed before it has recorded what it sent holds its channel for a minute."""
SEVERITIES = ["info", "success", "warning", "error"]


def told(there: Receiver, secret: str) -> Counter[str]:
    """Return the verified messages, of deliveries that came twice once."""
    once = {got.headers["webhook-id"]: got for got in there.got}
    bodies = [Webhook(secret).verify(got.body, got.headers) for got in once.values()]
    return Counter(message["text"] for body in bodies for message in body["data"]["messages"])


async def test_a_users_messages_reach_their_webhook_by_the_one_origin(system: RunningSystem, user: User) -> None:
    headers = {"Authorization": f"Bearer {system.token(user.name)}"}
    url = system.urls["lists-api"]
    async with receiver() as there, httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        given = {"name": "Script", "kind": "webhook", "address": there.url, "severities": SEVERITIES}
        made = (await client.post("/api/channels", json=given)).raise_for_status().json()

        async def arrived() -> Counter[str]:
            return told(there, made["secret"])

        async def all_arrive() -> None:
            wanted = Counter(await user.texts())
            assert await eventually(arrived, until=lambda seen: seen >= wanted, within=WITHIN) == wanted

        first = await user.create("First", movies(2))
        await user.mirrored(first.id)
        await user.told("Created list 'First' on Trakt", "Synced to Trakt: +2 -0")
        await all_arrive()
        await system.kill("notifier deliver")
        second = await user.create("Second", movies(3))
        await user.mirrored(second.id)
        await user.told("Created list 'Second' on Trakt", "Synced to Trakt: +3 -0")
        await system.start_processes("notifier deliver")
        await all_arrive()
        channel = (await client.get(f"/api/channels/{made['channel']['id']}")).json()
        assert channel["failing_since"] is None
