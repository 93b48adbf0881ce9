import asyncio
from collections import Counter

from lists_api.http.turns import AT_WORK, Turns


async def test_one_file_of_a_user_is_read_and_few_of_all_are_worked_on_at_a_time() -> None:
    turns, reading, working, most = Turns(), Counter[str](), 0, 0

    async def send(user_id: str) -> None:
        nonlocal working, most
        async with turns.of(user_id):
            reading[user_id] += 1
            assert reading[user_id] == 1
            async with turns.work():
                working += 1
                most = max(most, working)
                for _ in range(5):
                    await asyncio.sleep(0)  # a turn of the loop, not a wait: others may begin
                working -= 1
            reading[user_id] -= 1

    await asyncio.gather(*(send(user_id) for user_id in ["ada", "bob", "eve", "joe"] * 5))
    assert most == AT_WORK
    assert working == 0
    assert reading.total() == 0
