"""Pieces of statements: what a step does beside its progress, to the ledger, the outbox and the last result.

The ledger holds what is on each Trakt list, in its order (row_id ascending).
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from uuid_utils.compat import uuid7

from chassis.outbox import outbox
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.job import Change
from trakt_sync.mirroring.ledger import SET_ASIDE, Entry, LedgerChange
from trakt_sync.store.results import keeping
from trakt_sync.store.rows import Row
from watchbuddy_contracts import Title, TraktListDeleted, TraktSyncFailed

COUNT: Final = 20
"""How many parameters the effects are, before those of the outbox."""


def entries(known_since: str) -> str:
    """Return the query of the ledger of the mirror in `job`, a part of the same statement.

    Titles that Trakt did not know are forgotten after a while, and so tried again. They come last: an id that a title
    on the list has too means that one.

    Args:
        known_since: the parameter of the time until which they are forgotten.
    """
    return f"""
SELECT array_agg(row_id) AS row_ids, array_agg(media_type) AS media_types, array_agg(trakt) AS trakts,
    array_agg(tmdb) AS tmdbs, array_agg(imdb) AS imdbs, array_agg(state_now) AS states,
    array_agg(list_item_id) AS list_item_ids, array_agg(is_by_others) AS are_by_others,
    min(noted_at) FILTER (WHERE state_now IN ('not_found', 'not_removed')) AS unknown_since,
    min(noted_at) FILTER (WHERE state_now = 'rejected') AS rejected_since
FROM (
    SELECT ledger.*, CASE WHEN {_is_removed_again(known_since)} THEN 'mirrored' ELSE state END AS state_now
    FROM ledger
    WHERE ledger.mirror_id = job.mirror_id
        AND NOT ({_is_forgotten(known_since)})
    ORDER BY state IN ('not_found', 'rejected', 'taken_off', 'watched'), row_id
) AS entry"""  # noqa: S608 - a parameter


def _is_forgotten(known_since: str) -> str:
    """Return the condition under which a title that was set aside is tried again: after a while, or when asked for.

    What Trakt refuses it may take a day later: errors of a server pass.
    """
    return f"""
        (state = 'not_found' AND noted_at <= {known_since})
        OR (state = 'rejected' AND noted_at <= {known_since}::timestamptz + interval '29 days')
        OR (job.is_asked AND state IN ('not_found', 'rejected', 'taken_off'))"""


def _is_removed_again(known_since: str) -> str:
    """Return the condition under which a row is removed again that Trakt did not take off."""
    return f"state = 'not_removed' AND (noted_at <= {known_since} OR job.is_asked)"


def removed_again(known_since: str) -> str:
    """Return the statement that has rows removed again, as for `entries`."""
    return f"""
UPDATE ledger SET state = 'mirrored' FROM job
WHERE ledger.mirror_id = job.mirror_id AND {_is_removed_again(known_since)}"""  # noqa: S608


def forgotten(known_since: str) -> str:
    """Return the statement that forgets what Trakt did not know before then, as for `entries`."""
    return f"""
DELETE FROM ledger USING job
WHERE ledger.mirror_id = job.mirror_id AND ({_is_forgotten(known_since)})"""  # noqa: S608


def entries_of(row: Row) -> tuple[Entry, ...]:
    """Return the ledger in a row with `entries`."""
    if row["row_ids"] is None:
        return ()
    columns = (row["row_ids"], row["media_types"], row["trakts"], row["tmdbs"], row["imdbs"], row["states"])
    return tuple(
        Entry(Title(media_type, trakt, tmdb, imdb), state, row_id, list_item_id, is_by_others)
        for row_id, media_type, trakt, tmdb, imdb, state, list_item_id, is_by_others in zip(
            *columns, row["list_item_ids"], row["are_by_others"], strict=True
        )
    )


def parts(first: int, *, mirror_id: str, list_id: str, version: str) -> str:
    """Return parts of a WITH clause that carry out a step's effects.

    They depend on its part `current`, which has the version that is wanted now: without a row of it nothing is done. A
    failure of another version than that is neither sent nor kept. Nothing is told of a list after its deletion was: a
    statement that waited for the account may have made it due again.

    Args:
        first: their parameters are `to_parameters`, from $first on.
        mirror_id: the parameter of the mirror, as the others of their kind.
    """
    names = iter(f"${number}" for number in range(first, first + COUNT))
    drop, is_replaced, changed, learned, unconfirmed, trakt, tmdb, imdb = islice(names, 8)
    media_types, new_trakt, new_tmdb, new_imdb, states, list_item_ids, are_by_others = islice(names, 7)
    now, failures, event_id, ce_type, payload = islice(names, 5)
    untold = (
        f"NOT EXISTS (SELECT FROM last_result WHERE last_result.list_id = {list_id}"
        f" AND last_result.ce_type = '{TraktListDeleted.ce_type}')"
    )
    kept = (
        f"SELECT {list_id}, {version}, {event_id}, {ce_type}, {payload} FROM current"  # noqa: S608 - parameters
        f" WHERE {event_id}::uuid IS NOT NULL AND (version = {version} OR {failures}::bigint[] = '{{}}')"
        f" AND {untold}"
    )
    sent = f"EXISTS (SELECT FROM current WHERE version = {version} OR place <> ALL({failures}::bigint[])) AND {untold}"
    return f"""
dropped AS (
    DELETE FROM ledger USING current
    WHERE mirror_id = {mirror_id} AND (row_id = ANY({drop}::bigint[])) <> {is_replaced}::boolean
),
changed AS (
    UPDATE ledger SET
        trakt = CASE WHEN is_learned THEN entry.trakt ELSE ledger.trakt END,
        tmdb = CASE WHEN is_learned THEN entry.tmdb ELSE ledger.tmdb END,
        imdb = CASE WHEN is_learned THEN entry.imdb ELSE ledger.imdb END,
        state = CASE WHEN is_unconfirmed THEN 'unconfirmed' ELSE ledger.state END
    FROM current, unnest({changed}::bigint[], {learned}::boolean[], {unconfirmed}::boolean[], {trakt}::bigint[],
        {tmdb}::bigint[], {imdb}::text[]) AS entry (row_id, is_learned, is_unconfirmed, trakt, tmdb, imdb)
    WHERE ledger.mirror_id = {mirror_id} AND ledger.row_id = entry.row_id
),
appended AS (
    INSERT INTO ledger (mirror_id, media_type, trakt, tmdb, imdb, state, list_item_id, is_by_others, noted_at)
    SELECT {mirror_id}, media_type, trakt, tmdb, imdb, state, list_item_id, is_by_others, {now}
    FROM current, unnest({media_types}::text[], {new_trakt}::bigint[], {new_tmdb}::bigint[], {new_imdb}::text[],
        {states}::text[], {list_item_ids}::bigint[], {are_by_others}::boolean[])
        WITH ORDINALITY AS entry (media_type, trakt, tmdb, imdb, state, list_item_id, is_by_others, place)
    ORDER BY place
),
sent AS ({outbox.appending(first + COUNT, where=sent)}
),
kept AS ({keeping(kept)}
)"""  # noqa: S608 - parameters and our own text


def to_parameters(change: Change, now: datetime, trace_context: str | None) -> tuple[Any, ...]:
    """Return the parameters of `parts`. The result is kept, so that it can be sent again under its id."""
    ids = [uuid7() for _ in change.events]
    result = change.result
    kept: tuple[Any, ...] = (None, None, None)
    if result is not None:
        kept = (ids[change.events.index(result)], result.ce_type, result.model_dump(mode="json"))
    failures = [place for place, event in enumerate(change.events, 1) if isinstance(event, TraktSyncFailed)]
    sent = outbox.to_parameters(change.events, ids, source=SOURCE, now=now, traceparent=trace_context)
    return (*_of_ledger(change.ledger), now, failures, *kept, *sent)


def _of_ledger(change: LedgerChange) -> tuple[Any, ...]:
    learn, unconfirm = dict(change.learn), set(change.unconfirm)
    # A statement changes a row once: what is dropped is not changed as well.
    changed = [] if change.replace is not None else sorted((learn.keys() | unconfirm).difference(change.drop))
    titles = [learn.get(row_id) for row_id in changed]
    append: Sequence[Entry] = change.append
    drop: list[int] = list(change.drop)
    if change.replace is not None:
        # Titles that Trakt does not know keep their time. Their position among the others means nothing.
        unknown = {entry.row_id for entry in change.replace if entry.state in SET_ASIDE and entry.row_id is not None}
        append = [entry for entry in change.replace if entry.row_id not in unknown]
        drop = sorted(unknown)  # all but these
    return (
        drop,
        change.replace is not None,
        changed,
        [title is not None for title in titles],
        [row_id in unconfirm for row_id in changed],
        *_ids(titles),
        [entry.title.media_type for entry in append],
        *_ids([entry.title for entry in append]),
        [entry.state for entry in append],
        [entry.list_item_id for entry in append],
        [entry.is_by_others for entry in append],
    )


def _ids(titles: Sequence[Title | None]) -> tuple[list[int | None], list[int | None], list[str | None]]:
    return (
        [None if title is None else title.trakt for title in titles],
        [None if title is None else title.tmdb for title in titles],
        [None if title is None else title.imdb for title in titles],
    )
