"""What must be so of erased users when everything is at rest."""

from typing import Final

from trakt_sync.testing.simulation.erasures import Life
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.world import World
from watchbuddy_contracts import EVENTS, Event, ListEvent, TraktUserErased, TraktUserForgotten, pseudonym_of

ROWS: Final = """
SELECT 'account' AS name FROM account WHERE user_id = ANY($1::text[])
UNION ALL SELECT 'desired_list' FROM desired_list WHERE user_id = ANY($1::text[]) OR list_id = ANY($2::bigint[])
UNION ALL SELECT 'work_queue' FROM work_queue WHERE user_id = ANY($1::text[]) OR list_id = ANY($2::bigint[])
UNION ALL SELECT 'list_import' FROM list_import WHERE user_id = ANY($1::text[])
UNION ALL SELECT 'mirror' FROM mirror WHERE list_id = ANY($2::bigint[])
UNION ALL SELECT 'last_result' FROM last_result WHERE list_id = ANY($2::bigint[])"""
ORPHANS: Final = "SELECT count(*) FROM ledger WHERE mirror_id NOT IN (SELECT mirror_id FROM mirror)"


async def check_erasures(world: World) -> None:
    """Check that nothing is left of erased users here, and that their Trakt lists are gone or as they were.

    Raises:
        BrokenRuleError: it is not so.
    """
    for life in world.erasures.lives:
        await _check_told(world, life)
        await _check_rows(world, life)
        if not world.had_late_writes:
            _check_lists(world, life)


async def _check_told(world: World, life: Life) -> None:
    lists = {wish.list_id for wish in life.lists}
    told: list[type[Event]] = []
    for row in await world.connection.fetch("SELECT value, headers ->> 'ce_type' AS type FROM outbox ORDER BY id"):
        event = EVENTS[row["type"]].model_validate_json(row["value"])
        is_end = isinstance(event, TraktUserForgotten | TraktUserErased) and event.erasure_id == life.erasure_id
        if is_end or (told and isinstance(event, ListEvent) and event.list_id in lists):
            told.append(type(event))
    if told != [TraktUserForgotten, TraktUserErased]:
        raise BrokenRuleError(f"of the end of {life} was told {told}")


async def _check_rows(world: World, life: Life) -> None:
    users = [pseudonym_of(life.erasure_id), *world.erasures.gone.intersection({life.user})]
    rows = await world.connection.fetch(ROWS, users, [wish.list_id for wish in life.lists])
    if rows or await world.connection.fetchval(ORPHANS):
        raise BrokenRuleError(f"rows are left of {life}: {sorted(row['name'] for row in rows)}")


def _check_lists(world: World, life: Life) -> None:
    shown = world.erasures.shown(life.lists)
    if shown != life.seen:
        raise BrokenRuleError(f"Trakt lists changed after the end of {life}: {shown}")
    if life.keep or life.left is None:
        return
    if len(shown) > life.left:
        raise BrokenRuleError(f"more Trakt lists are left than was told of {life}")
    if life.is_sure and life.left and not world.had_dead_tokens:
        raise BrokenRuleError(f"Trakt lists were left that could have gone: {life}")
