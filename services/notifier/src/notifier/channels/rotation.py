"""Encrypting addresses and secrets anew, with the first of the keys."""

from dataclasses import dataclass
from typing import Final

from chassis.postgres.database import Pool
from chassis.sealing import Sealer

NEXT: Final = """
SELECT id, address, secret, old_secret
FROM channels
WHERE id > $1
ORDER BY id
LIMIT 1
FOR NO KEY UPDATE"""
WRITE: Final = "UPDATE channels SET address = $2, secret = $3, old_secret = $4 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Done:
    """Numbers of channels. Args: lost: no key opens them; they stay as they are."""

    sealed: int
    lost: int


async def rotate(pool: Pool, sealer: Sealer) -> Done:
    """Encrypt every channel anew, each in a transaction of its own. It may be ended and run again."""
    last, sealed, lost = 0, 0, 0
    while True:
        async with pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(NEXT, last)
            if row is None:
                return Done(sealed, lost)
            last = row["id"]
            kept = [row["address"], row["secret"], row["old_secret"]]
            opened = [None if one is None else sealer.open(one) for one in kept]
            if [one is None for one in opened] != [one is None for one in kept]:
                lost += 1
                continue
            await connection.execute(WRITE, last, *(None if one is None else sealer.seal(one) for one in opened))
            sealed += 1
