"""SQL of encrypting all stored token pairs with the first key."""

from dataclasses import dataclass
from typing import Final

from chassis.postgres.database import Pool, count_of
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError

BATCH: Final = 500

NEXT: Final = """
SELECT user_id, tokens FROM account WHERE tokens IS NOT NULL AND user_id > $1 ORDER BY user_id LIMIT $2"""

# Compare-and-set: a worker may have renewed the pair meanwhile.
RESEAL: Final = """
UPDATE account SET tokens = pair.sealed
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS pair (user_id, before, sealed)
WHERE account.user_id = pair.user_id AND account.tokens = pair.before"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was found among the next accounts.

    Args:
        last: the last user id; None: there was none.
        old: how many pairs another key than the first had encrypted.
        resealed: how many of them the first key encrypts now.
        unreadable: the users whose pair no key opens.
    """

    last: str | None
    old: int = 0
    resealed: int = 0
    unreadable: tuple[str, ...] = ()


async def reseal_batch(pool: Pool, vault: Vault, after: str, *, is_dry: bool, size: int = BATCH) -> Batch:
    """Encrypt the pairs of the next accounts after this user id with the first key, in one transaction.

    Args:
        is_dry: they are only counted.
    """
    rows = await pool.fetch(NEXT, after, size)
    old: dict[str, tuple[bytes, bytes]] = {}
    unreadable = []
    for row in rows:
        if vault.is_current(row["tokens"]):
            continue
        try:
            old[row["user_id"]] = (row["tokens"], vault.reseal(row["tokens"]))
        except BadTokensError:
            unreadable.append(row["user_id"])
    resealed = 0
    if old and not is_dry:
        before, sealed = zip(*old.values(), strict=True)
        resealed = count_of(await pool.execute(RESEAL, list(old), list(before), list(sealed)))
    return Batch(rows[-1]["user_id"] if rows else None, len(old), resealed, tuple(unreadable))
