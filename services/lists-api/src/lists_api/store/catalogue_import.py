"""The stages of an import around its merge: lock, staging tables, indexes, and what is made anew from the titles."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from chassis.postgres.database import Connection, count_of

LOCK: Final = 0x57425F43
"""Any number, the same in every import: "WB_C"."""
BEST_KNOWN: Final = 5_000
"""Titles of a media type that a search looks at first; the index in the migration has the same number."""
WELL_KNOWN: Final = 50_000
MANY_ROWS: Final = 50_000
"""Rows from which building an index anew is faster than adding to it."""

STAGING: Final = "TRUNCATE catalogue_staging, catalogue_staging_rating, catalogue_match"
# For hashes and indexes of a million rows, in the one session that an import has.
_MERGE_SESSION: Final = "SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '128MB'"


async def try_lock(connection: Connection) -> bool:
    """Take the lock of imports for the session; return whether no other import has it."""
    is_ours: bool = await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK)
    return is_ours


async def wait_for_lock(connection: Connection) -> None:
    """Take the lock of imports for the session, when the other import has ended."""
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)


async def empty_staging(connection: Connection) -> None:
    """Delete what an import has left in the staging tables."""
    await connection.execute(STAGING)


async def prepare_merge(connection: Connection) -> None:
    """Begin the transaction of a merge."""
    await connection.execute(_MERGE_SESSION)
    await connection.execute(DROP_REPEATED_RATINGS)
    await connection.execute("ANALYZE catalogue_staging; ANALYZE catalogue_staging_rating")


IS_EMPTY: Final = "SELECT NOT EXISTS (SELECT FROM catalogue_title)"
READ_INDEXES: Final = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index WHERE indrelid = 'catalogue_title'::regclass AND NOT indisprimary ORDER BY indexrelid"""


@asynccontextmanager
async def indexes_set_aside(connection: Connection, *, rows: int) -> AsyncIterator[None]:
    """Drop the indexes of an empty catalogue while many rows come, and build them at the end.

    A catalogue with titles keeps its indexes: to drop them would stop its readers until the import has ended.
    """
    indexes: Sequence[str] = []
    if rows >= MANY_ROWS and await connection.fetchval(IS_EMPTY):
        found = await connection.fetch(READ_INDEXES)
        indexes = [row["definition"] for row in found]
        await connection.execute("; ".join(f"DROP INDEX {row['name']}" for row in found))
    yield
    for definition in indexes:
        await connection.execute(definition)


# Of several ratings of one title the last one counts.
DROP_REPEATED_RATINGS: Final = """
DELETE FROM catalogue_staging_rating AS rating USING (
    SELECT imdb, max(line) AS line FROM catalogue_staging_rating GROUP BY imdb HAVING count(*) > 1
) AS last
WHERE rating.imdb = last.imdb AND rating.line < last.line"""

RATE_TITLES: Final = """
UPDATE catalogue_title AS title
SET rating = new.rating, votes = new.votes, rating_source = 'imdb', updated_at = now()
FROM catalogue_staging_rating AS new
WHERE title.imdb = new.imdb
  AND (title.rating, title.votes, title.rating_source) IS DISTINCT FROM (new.rating, new.votes, 'imdb')
  AND (title.rating IS NULL OR title.rating_source = 'imdb' OR new.votes >= title.votes)"""


async def rate_titles(connection: Connection) -> int:
    """Give titles their ratings from the staging table; return how many changed."""
    return count_of(await connection.execute(RATE_TITLES))


RANK_KNOWN: Final = """
INSERT INTO catalogue_known (title_id, media_type, known_rank, folded)
SELECT title_id, media_type, row_number() OVER (ORDER BY votes DESC, popularity DESC, title_id), folded
FROM (
    SELECT title_id, media_type, votes, popularity, folded FROM catalogue_title
    WHERE media_type = $1 AND NOT is_adult AND is_active
    ORDER BY votes DESC, popularity DESC, title_id LIMIT $2
) AS best"""

COUNT_OPTIONS: Final = """
INSERT INTO catalogue_option (kind, media_type, value, titles)
WITH title AS NOT MATERIALIZED (
    SELECT media_type, genres, countries, language, year FROM catalogue_title WHERE NOT is_adult AND is_active
)
SELECT 'total', media_type, '', count(*) FROM title GROUP BY media_type
UNION ALL
SELECT 'genre', media_type, genre, count(*) FROM title CROSS JOIN LATERAL unnest(genres) AS genre
GROUP BY media_type, genre
UNION ALL
SELECT 'country', media_type, country, count(*) FROM title CROSS JOIN LATERAL unnest(countries) AS country
GROUP BY media_type, country
UNION ALL
SELECT 'language', media_type, language, count(*) FROM title WHERE language IS NOT NULL GROUP BY media_type, language
UNION ALL
SELECT 'year', media_type, year::text, count(*) FROM title WHERE year IS NOT NULL GROUP BY media_type, year"""


# Rows that were added to a GIN index wait in a list that every search reads: 20 ms of them (measured).
CLEAN_INDEX: Final = "SELECT gin_clean_pending_list($1::text::regclass)"
_WORDS_INDEXES: Final = ("catalogue_title_words_idx", "catalogue_known_words_idx", "catalogue_known_best_words_idx")

# An import gives titles their numbers by itself.
CONTINUE_NUMBERS: Final = """
SELECT setval(pg_get_serial_sequence('catalogue_title', 'title_id'), max(title_id)) FROM catalogue_title"""


async def make_anew(connection: Connection) -> None:
    """Make anew what is derived from the titles, within the caller's transaction; readers see the old or the new."""
    await connection.execute(CONTINUE_NUMBERS)
    await connection.execute("DELETE FROM catalogue_known; DELETE FROM catalogue_option")
    for media_type in ("movie", "show"):
        await connection.execute(RANK_KNOWN, media_type, WELL_KNOWN)
    await connection.execute(COUNT_OPTIONS)
    for index in _WORDS_INDEXES:
        await connection.execute(CLEAN_INDEX, index)
    await connection.execute("ANALYZE catalogue_title; ANALYZE catalogue_known; ANALYZE catalogue_option")
