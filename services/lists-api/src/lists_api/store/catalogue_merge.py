"""Merging what an import has read into the catalogue: one transaction, some statements a file.

Rows that share an id are merged one after the other, in turns; the rows of one turn are merged together.
"""

from dataclasses import dataclass
from typing import Final

from chassis.postgres.database import Connection, count_of

MAX_TURNS: Final = 20
"""Rows of a file that may share an id. Nobody needs more, and each turn reads the file's rows again."""

# Rows that share an id with another row wait for their turn.
FIND_TWINS: Final = """
UPDATE catalogue_staging SET turn = NULL
WHERE file = $1 AND (
    (media_type, imdb) IN (SELECT media_type, imdb FROM catalogue_staging
                           WHERE file = $1 AND imdb IS NOT NULL GROUP BY media_type, imdb HAVING count(*) > 1)
    OR (media_type, tmdb) IN (SELECT media_type, tmdb FROM catalogue_staging
                              WHERE file = $1 AND tmdb IS NOT NULL GROUP BY media_type, tmdb HAVING count(*) > 1)
    OR (media_type, trakt) IN (SELECT media_type, trakt FROM catalogue_staging
                               WHERE file = $1 AND trakt IS NOT NULL GROUP BY media_type, trakt HAVING count(*) > 1))"""

# Of rows with the very same ids the first and the last one are enough, and the last one wins.
DROP_REPETITIONS: Final = """
DELETE FROM catalogue_staging USING (
    SELECT line, row_number() OVER (same ORDER BY line) AS from_first,
        row_number() OVER (same ORDER BY line DESC) AS from_last
    FROM catalogue_staging WHERE file = $1 AND turn IS NULL WINDOW same AS (PARTITION BY media_type, trakt, tmdb, imdb)
) AS place
WHERE file = $1 AND catalogue_staging.line = place.line AND from_first > 1 AND from_last > 1"""

# Two rows that share an id are never both the first one of all that wait.
DECIDE_TURN: Final = """
UPDATE catalogue_staging SET turn = $2
FROM (
    SELECT line,
        imdb IS NULL OR row_number() OVER (PARTITION BY media_type, imdb ORDER BY line) = 1 AS is_first_by_imdb,
        tmdb IS NULL OR row_number() OVER (PARTITION BY media_type, tmdb ORDER BY line) = 1 AS is_first_by_tmdb,
        trakt IS NULL OR row_number() OVER (PARTITION BY media_type, trakt ORDER BY line) = 1 AS is_first_by_trakt
    FROM catalogue_staging WHERE file = $1 AND turn IS NULL
) AS place
WHERE file = $1 AND catalogue_staging.line = place.line
  AND is_first_by_imdb AND is_first_by_tmdb AND is_first_by_trakt"""

COUNT_WAITING: Final = "SELECT count(*) FROM catalogue_staging WHERE file = $1 AND turn IS NULL"

# A row is the title that it shares an id with and does not contradict. Other such titles are absorbed, unless they
# contradict that one. The ids of any title beyond are not the row's to have.
MATCH: Final = """
INSERT INTO catalogue_match (line, title_id, absorbed, trakt, tmdb, imdb, has_lost)
SELECT line, title_id, absorbed, own.trakt, own.tmdb, own.imdb,
    num_nonnulls(own.trakt, own.tmdb, own.imdb) < num_nonnulls(found.trakt, found.tmdb, found.imdb)
FROM (
    SELECT s.line, s.trakt, s.tmdb, s.imdb,
        i.title_id AS by_imdb, m.title_id AS by_tmdb, k.title_id AS by_trakt,
        CASE WHEN agrees.i THEN i.title_id WHEN agrees.m THEN m.title_id WHEN agrees.k THEN k.title_id END AS title_id,
        array_remove(ARRAY[
            CASE WHEN agrees.i AND agrees.m AND m.title_id <> i.title_id
                      AND (i.trakt = m.trakt) IS NOT FALSE THEN m.title_id END,
            CASE WHEN agrees.k AND agrees.i AND k.title_id <> i.title_id
                      AND (i.tmdb = k.tmdb) IS NOT FALSE THEN k.title_id
                 WHEN agrees.k AND agrees.m AND NOT agrees.i AND k.title_id <> m.title_id
                      AND (m.imdb = k.imdb) IS NOT FALSE THEN k.title_id END
        ], NULL) AS absorbed
    FROM catalogue_staging AS s
    LEFT JOIN catalogue_title AS i ON i.media_type = s.media_type AND i.imdb = s.imdb
    LEFT JOIN catalogue_title AS m ON m.media_type = s.media_type AND m.tmdb = s.tmdb
    LEFT JOIN catalogue_title AS k ON k.media_type = s.media_type AND k.trakt = s.trakt
    CROSS JOIN LATERAL (
        SELECT
            i.title_id IS NOT NULL AND (i.tmdb = s.tmdb) IS NOT FALSE AND (i.trakt = s.trakt) IS NOT FALSE AS i,
            m.title_id IS NOT NULL AND (m.imdb = s.imdb) IS NOT FALSE AND (m.trakt = s.trakt) IS NOT FALSE AS m,
            k.title_id IS NOT NULL AND (k.imdb = s.imdb) IS NOT FALSE AND (k.tmdb = s.tmdb) IS NOT FALSE AS k
    ) AS agrees
    WHERE s.file = $1 AND s.turn = $2 AND num_nonnulls(i.title_id, m.title_id, k.title_id) > 0
) AS found
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN by_trakt IS NULL OR by_trakt = title_id OR by_trakt = ANY (absorbed) THEN found.trakt END AS trakt,
        CASE WHEN by_tmdb IS NULL OR by_tmdb = title_id OR by_tmdb = ANY (absorbed) THEN found.tmdb END AS tmdb,
        CASE WHEN by_imdb IS NULL OR by_imdb = title_id OR by_imdb = ANY (absorbed) THEN found.imdb END AS imdb
) AS own"""

# Two rows may share no id and still be one title, which has the ids of both: the later one waits for another turn.
POSTPONE: Final = """
WITH later AS (
    DELETE FROM catalogue_match USING (
        SELECT line, min(line) OVER (PARTITION BY touched) AS first_line
        FROM catalogue_match CROSS JOIN LATERAL unnest(absorbed || title_id) AS touched WHERE touched IS NOT NULL
    ) AS touching
    WHERE catalogue_match.line = touching.line AND touching.line > first_line
    RETURNING catalogue_match.line
)
UPDATE catalogue_staging SET turn = NULL FROM later WHERE file = $1 AND catalogue_staging.line = later.line"""

# What absorbed titles know goes to the row, behind what it knows itself and what its title knows.
TAKE_OVER: Final = """
UPDATE catalogue_staging AS s SET
    tvdb = coalesce(s.tvdb, h.tvdb, a.tvdb, b.tvdb),
    year = coalesce(s.year, h.year, a.year, b.year),
    release_date = coalesce(s.release_date, h.release_date, a.release_date, b.release_date),
    runtime = coalesce(s.runtime, h.runtime, a.runtime, b.runtime),
    (rating, votes, rating_source) = (
        SELECT rating, votes, rating_source FROM (VALUES
            (1, s.rating, s.votes, s.rating_source), (2, h.rating, h.votes, h.rating_source),
            (3, a.rating, a.votes, a.rating_source), (4, b.rating, b.votes, b.rating_source)
        ) AS known (place, rating, votes, rating_source)
        WHERE rating IS NOT NULL
        ORDER BY (place > 1 AND rating_source = s.rating_source), votes DESC, place LIMIT 1
    ),
    popularity = coalesce(s.popularity, greatest(h.popularity, a.popularity, b.popularity)),
    language = coalesce(s.language, h.language, a.language, b.language),
    genres = coalesce(s.genres, nullif(h.genres, '{}'), nullif(a.genres, '{}'), b.genres),
    countries = coalesce(s.countries, nullif(h.countries, '{}'), nullif(a.countries, '{}'), b.countries),
    keywords = coalesce(s.keywords, nullif(h.keywords, '{}'), nullif(a.keywords, '{}'), b.keywords),
    overview = coalesce(s.overview, h.overview, a.overview, b.overview),
    poster_path = coalesce(s.poster_path, h.poster_path, a.poster_path, b.poster_path)
FROM catalogue_match AS match
JOIN catalogue_title AS h ON h.title_id = match.title_id
JOIN catalogue_title AS a ON a.title_id = match.absorbed[1]
LEFT JOIN catalogue_title AS b ON b.title_id = match.absorbed[2]
WHERE s.file = $1 AND s.turn = $2 AND s.line = match.line"""

TAKE_OVER_IDS: Final = """
UPDATE catalogue_match SET trakt = known.trakt, tmdb = known.tmdb, imdb = known.imdb
FROM (
    SELECT match.line, coalesce(match.trakt, h.trakt, a.trakt, b.trakt) AS trakt,
        coalesce(match.tmdb, h.tmdb, a.tmdb, b.tmdb) AS tmdb, coalesce(match.imdb, h.imdb, a.imdb, b.imdb) AS imdb
    FROM catalogue_match AS match
    JOIN catalogue_title AS h ON h.title_id = match.title_id
    JOIN catalogue_title AS a ON a.title_id = match.absorbed[1]
    LEFT JOIN catalogue_title AS b ON b.title_id = match.absorbed[2]
) AS known
WHERE catalogue_match.line = known.line"""

DELETE_ABSORBED: Final = """
DELETE FROM catalogue_title USING catalogue_match WHERE catalogue_title.title_id = ANY (catalogue_match.absorbed)"""

# Of two sources' ratings the one with more votes counts; a source's own news always does.
UPDATE_TITLES: Final = """
UPDATE catalogue_title SET
    trakt = new.trakt, tmdb = new.tmdb, imdb = new.imdb, tvdb = new.tvdb, name = new.name,
    original_name = new.original_name, folded = new.folded, year = new.year, release_date = new.release_date,
    runtime = new.runtime, rating = new.rating, votes = new.votes, rating_source = new.rating_source,
    popularity = new.popularity, language = new.language, genres = new.genres, countries = new.countries,
    keywords = new.keywords, overview = new.overview, poster_path = new.poster_path, is_adult = new.is_adult,
    is_active = new.is_active, updated_at = now()
FROM (
    SELECT t.title_id, coalesce(match.trakt, t.trakt) AS trakt, coalesce(match.tmdb, t.tmdb) AS tmdb,
        coalesce(match.imdb, t.imdb) AS imdb, coalesce(s.tvdb, t.tvdb) AS tvdb, coalesce(s.name, t.name) AS name,
        nullif(coalesce(s.original_name, t.original_name), coalesce(s.name, t.name)) AS original_name,
        concat_ws(' | ', names.folded, nullif(names.folded_original, names.folded)) AS folded,
        coalesce(s.year, t.year) AS year, coalesce(s.release_date, t.release_date) AS release_date,
        coalesce(s.runtime, t.runtime) AS runtime,
        CASE WHEN is_rated THEN s.rating ELSE t.rating END AS rating,
        CASE WHEN is_rated THEN s.votes ELSE t.votes END AS votes,
        CASE WHEN is_rated THEN s.rating_source ELSE t.rating_source END AS rating_source,
        coalesce(s.popularity, t.popularity) AS popularity, coalesce(s.language, t.language) AS language,
        coalesce(s.genres, t.genres) AS genres, coalesce(s.countries, t.countries) AS countries,
        coalesce(s.keywords, t.keywords) AS keywords, coalesce(s.overview, t.overview) AS overview,
        coalesce(s.poster_path, t.poster_path) AS poster_path, coalesce(s.is_adult, t.is_adult) AS is_adult,
        coalesce(s.is_active, t.is_active) AS is_active
    FROM catalogue_match AS match
    JOIN catalogue_staging AS s ON s.line = match.line AND s.file = $1 AND s.turn = $2
    JOIN catalogue_title AS t ON t.title_id = match.title_id
    CROSS JOIN LATERAL (
        SELECT s.rating IS NOT NULL
            AND (t.rating IS NULL OR t.rating_source = s.rating_source OR s.votes >= t.votes) AS is_rated
    ) AS rule
    CROSS JOIN LATERAL (
        SELECT coalesce(s.folded, split_part(t.folded, ' | ', 1)) AS folded,
            coalesce(s.folded_original, nullif(split_part(t.folded, ' | ', 2), '')) AS folded_original
    ) AS names
) AS new
WHERE catalogue_title.title_id = new.title_id AND (
    catalogue_title.trakt, catalogue_title.tmdb, catalogue_title.imdb, catalogue_title.tvdb, catalogue_title.name,
    catalogue_title.original_name, catalogue_title.folded, catalogue_title.year, catalogue_title.release_date,
    catalogue_title.runtime, catalogue_title.rating, catalogue_title.votes, catalogue_title.rating_source,
    catalogue_title.popularity, catalogue_title.language, catalogue_title.genres, catalogue_title.countries,
    catalogue_title.keywords, catalogue_title.overview, catalogue_title.poster_path, catalogue_title.is_adult,
    catalogue_title.is_active
) IS DISTINCT FROM (
    new.trakt, new.tmdb, new.imdb, new.tvdb, new.name, new.original_name, new.folded, new.year, new.release_date,
    new.runtime, new.rating, new.votes, new.rating_source, new.popularity, new.language, new.genres, new.countries,
    new.keywords, new.overview, new.poster_path, new.is_adult, new.is_active
)"""

# A title's number follows from the file alone, whatever plan the join has: numbers break ties.
INSERT_TITLES: Final = """
INSERT INTO catalogue_title (
    title_id, trakt, tmdb, imdb, tvdb, media_type, name, original_name, folded, year, release_date, runtime, rating,
    votes, rating_source, popularity, language, genres, countries, keywords, overview, poster_path, is_adult, is_active
)
SELECT
    $3::bigint + s.line, CASE WHEN match.line IS NULL THEN s.trakt ELSE match.trakt END,
    CASE WHEN match.line IS NULL THEN s.tmdb ELSE match.tmdb END,
    CASE WHEN match.line IS NULL THEN s.imdb ELSE match.imdb END,
    s.tvdb, s.media_type, coalesce(s.name, s.original_name), CASE WHEN s.name IS NOT NULL THEN s.original_name END,
    concat_ws(' | ', s.folded, nullif(s.folded_original, s.folded)),
    s.year, s.release_date, s.runtime,
    coalesce(s.rating, r.rating), coalesce(s.votes, r.votes, 0),
    CASE WHEN s.rating IS NULL AND r.rating IS NOT NULL THEN 'imdb' ELSE s.rating_source END,
    coalesce(s.popularity, 0), s.language, coalesce(s.genres, '{}'), coalesce(s.countries, '{}'),
    coalesce(s.keywords, '{}'), s.overview, s.poster_path, coalesce(s.is_adult, false), coalesce(s.is_active, true)
FROM catalogue_staging AS s
LEFT JOIN catalogue_match AS match ON match.line = s.line
LEFT JOIN catalogue_staging_rating AS r ON r.imdb = s.imdb
WHERE s.file = $1 AND s.turn = $2
  AND (match.line IS NULL OR (match.title_id IS NULL AND num_nonnulls(match.trakt, match.tmdb, match.imdb) > 0))"""

READ_LOSSES: Final = """
SELECT line, title_id IS NULL AND num_nonnulls(trakt, tmdb, imdb) = 0 AS is_left_out
FROM catalogue_match WHERE has_lost ORDER BY line"""

COUNT_UNMATCHED: Final = "SELECT count(*) FROM catalogue_match WHERE title_id IS NULL"

READ_HIGHEST: Final = "SELECT coalesce(max(title_id), 0) FROM catalogue_title"

READ_WAITING: Final = "SELECT line FROM catalogue_staging WHERE file = $1 AND turn IS NULL ORDER BY line"


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging a file did.

    Args:
        added, updated: titles.
        unchanged: rows that told nothing new.
        joined: titles that turned out to be one with another, and went into it.
        kept_apart: lines of rows that share an id with a title and contradict it, and whether nothing was left of them.
        crowded: lines of rows that share an id with too many others of the file.
    """

    added: int
    updated: int
    unchanged: int
    joined: int
    kept_apart: tuple[tuple[int, bool], ...]
    crowded: tuple[int, ...]


async def merge_file(connection: Connection, file: int) -> Merged:
    """Merge the file's rows into the catalogue, within the caller's transaction."""
    highest: int = await connection.fetchval(READ_HIGHEST)
    await connection.execute(FIND_TWINS, file)
    repeated = count_of(await connection.execute(DROP_REPETITIONS, file))
    turns: list[Merged] = []
    waiting: int = await connection.fetchval(COUNT_WAITING, file)
    while not turns or (waiting and len(turns) < MAX_TURNS):
        if waiting:
            await connection.execute(DECIDE_TURN, file, len(turns) + 1)
        turns.append(await _merge_turn(connection, file, len(turns) + 1, highest))
        waiting = await connection.fetchval(COUNT_WAITING, file)
    crowded = await connection.fetch(READ_WAITING, file) if waiting else []
    return Merged(
        added=sum(turn.added for turn in turns),
        updated=sum(turn.updated for turn in turns),
        unchanged=repeated + sum(turn.unchanged for turn in turns),
        joined=sum(turn.joined for turn in turns),
        kept_apart=tuple(one for turn in turns for one in turn.kept_apart),
        crowded=tuple(row["line"] for row in crowded),
    )


async def _merge_turn(connection: Connection, file: int, turn: int, highest: int) -> Merged:
    await connection.execute("TRUNCATE catalogue_match")
    matched = count_of(await connection.execute(MATCH, file, turn))
    updated, joined, losses = 0, 0, []
    if matched:
        matched -= count_of(await connection.execute(POSTPONE, file))
        await connection.execute("ANALYZE catalogue_match")
        losses = await connection.fetch(READ_LOSSES)
        await connection.execute(TAKE_OVER, file, turn)
        await connection.execute(TAKE_OVER_IDS)
        joined = count_of(await connection.execute(DELETE_ABSORBED))
        updated = count_of(await connection.execute(UPDATE_TITLES, file, turn))
    added = count_of(await connection.execute(INSERT_TITLES, file, turn, highest))
    unmatched: int = await connection.fetchval(COUNT_UNMATCHED)
    kept_apart = tuple((row["line"], row["is_left_out"]) for row in losses)
    return Merged(added, updated, matched - unmatched - updated, joined, kept_apart, ())
