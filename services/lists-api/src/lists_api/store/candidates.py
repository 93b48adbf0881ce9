"""From filters to candidates: one statement, made of the conditions that the filters ask for.

The orders of `catalogue_candidate` stand for the score that a title will have; rare genres, languages, years and
ratings are found by their indexes. `docs/candidates.md` has the plans.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from chassis.postgres.database import Connection
from lists_api.catalogue.domain.candidate import Candidate
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.matching import years_of
from lists_api.scoring.weights import MODES
from lists_api.store.catalogue import COLUMNS, title_of
from watchbuddy_contracts import MediaType, Title

POOL: Final = 250
"""Candidates of each media type for a short list; twice its length for a longer one. Scoring takes 10 ms for 500."""
COUNT_LIMIT: Final = 1000
LAST_YEAR: Final = 32_767
MOST_FAME: Final = 1000
RARE: Final = 10_000
"""Titles that are gathered by the indexes of what was asked, and sorted. More are met one after the other in the order
of the pool, until there are enough. Gathering n reads n rows; meeting 250 of n in a table of 700,000 reads 250 / n of
it: as many at n = 13,000. Postgres would choose the order for fewer, too: it does not know that documentaries have few
votes, and reads 139,000 titles to meet 250 of them, where 4,000 are all that there are (measured)."""

# A plan for these values, not one for any: a rare genre and a frequent one want different indexes.
CUSTOM_PLANS: Final = "SET LOCAL plan_cache_mode = force_custom_plan"

# The catalogue's numbers of the titles that the user has watched, has given a thumb, and that are to be left out.
# An id is one title's, so a title that has several is found by each.
_OWN: Final = """
seen AS MATERIALIZED (
    SELECT title.title_id FROM watched JOIN catalogue_title AS title USING (media_type, imdb) WHERE user_id = {user}
    UNION
    SELECT title.title_id FROM watched JOIN catalogue_title AS title USING (media_type, tmdb) WHERE user_id = {user}
    UNION
    SELECT title.title_id FROM watched JOIN catalogue_title AS title USING (media_type, trakt) WHERE user_id = {user}
), thumbed AS MATERIALIZED (
    SELECT title_id, max(thumb) AS thumb FROM (
        SELECT title.title_id, thumb FROM rating AS own JOIN catalogue_title AS title USING (media_type, imdb)
        WHERE user_id = {user}
        UNION ALL
        SELECT title.title_id, thumb FROM rating AS own JOIN catalogue_title AS title USING (media_type, tmdb)
        WHERE user_id = {user}
        UNION ALL
        SELECT title.title_id, thumb FROM rating AS own JOIN catalogue_title AS title USING (media_type, trakt)
        WHERE user_id = {user}
    ) AS thumb_by_id GROUP BY title_id
)"""
_LEFT_OUT: Final = """
, left_out AS MATERIALIZED (
    SELECT title.title_id
    FROM unnest({media_types}::text[], {trakt}::bigint[], {tmdb}::bigint[], {imdb}::text[])
        AS unwanted (media_type, trakt, tmdb, imdb)
    JOIN catalogue_title AS title
      ON title.media_type = unwanted.media_type
     AND (title.imdb = unwanted.imdb OR title.tmdb = unwanted.tmdb OR title.trakt = unwanted.trakt)
)"""
_EXPECTED: Final = """
EXPLAIN (FORMAT JSON) SELECT FROM catalogue_candidate WHERE media_type = '{media_type}' AND {conditions}"""
# Each media type has a pool of its own, so that neither crowds out the other. What the user liked is in it always.
_POOL: Final = """
(SELECT title_id, quality, fame FROM catalogue_candidate
 WHERE media_type = '{media_type}' AND {conditions} ORDER BY {order} DESC, title_id LIMIT {size})"""
# An array, for which Postgres expects few titles and looks them up; it took a subquery for many, and read every title.
_LIKED: Final = """
SELECT title_id, quality, fame FROM catalogue_candidate
WHERE title_id = ANY(ARRAY(SELECT title_id FROM thumbed WHERE thumb > 0)) AND media_type = ANY({media_types})
  AND {conditions}"""
_STATEMENT: Final = """
WITH {own}, chosen AS ({pools})
SELECT {columns}, chosen.quality, chosen.fame, thumbed.thumb,
       title.title_id IN (SELECT title_id FROM seen) AS is_watched
FROM chosen
CROSS JOIN LATERAL (SELECT * FROM catalogue_title WHERE title_id = chosen.title_id OFFSET 0) AS title
LEFT JOIN thumbed ON thumbed.title_id = chosen.title_id"""
_COUNT: Final = """
WITH {own}
SELECT count(*) FROM (
    SELECT FROM catalogue_candidate WHERE media_type = ANY({media_types}) AND {conditions} LIMIT {size}
) AS matching"""


async def read_candidates(
    connection: Connection,
    user_id: str,
    filters: Filters,
    *,
    limit: int,
    today_year: int,
    exclude: Sequence[Title] = (),
) -> list[Candidate]:
    """Return the titles among which the best `limit` surely are, as far as their priors can tell.

    Args:
        today_year: relative years count from it.
        exclude: titles to leave out, by any of their ids.
    """
    statement = _Statement(filters, user_id, today_year, exclude)
    async with connection.transaction():
        await connection.execute(CUSTOM_PLANS)
        rare = [one for one in filters.media_types if await _expected(connection, statement, one) <= RARE]
        sql = statement.pools(size=max(POOL, 2 * limit), rare=rare)
        rows = await connection.fetch(sql, *statement.values)
    return [Candidate(title_of(row), row["quality"], row["fame"], row["is_watched"], row["thumb"] or 0) for row in rows]


async def count_matching(connection: Connection, user_id: str, filters: Filters, *, today_year: int) -> int:
    """Return how many titles the filters select, counting to `COUNT_LIMIT` + 1 at most."""
    statement = _Statement(filters, user_id, today_year, ())
    sql = statement.count(size=COUNT_LIMIT + 1)
    async with connection.transaction():
        await connection.execute(CUSTOM_PLANS)
        count: int = await connection.fetchval(sql, *statement.values)
    return count


async def _expected(connection: Connection, statement: "_Statement", media_type: MediaType) -> int:
    """Return how many titles Postgres expects the filters to select, from its statistics alone."""
    sql = _EXPECTED.format(media_type=media_type, conditions=statement.asked)
    plan = json.loads(await connection.fetchval(sql, *statement.values_asked))
    rows: int = plan[0]["Plan"]["Plan Rows"]
    return rows


class _Statement:
    """The text of a statement, and the values of its parameters."""

    def __init__(self, filters: Filters, user_id: str, today_year: int, exclude: Sequence[Title]) -> None:
        self.values: list[Any] = []
        self._filters = filters
        self._order = MODES[filters.discovery].pool
        asked = [*self._of_facets(), *self._of_numbers(today_year), *self._of_texts()]
        self.asked = " AND ".join(asked or ["true"])
        self.values_asked = tuple(self.values)
        self._media_types = self._value(list(filters.media_types))
        self._own = _OWN.format(user=self._value(user_id))
        own = self._of_user()
        if exclude:
            columns = [list(column) for column in zip(*exclude, strict=True)]
            names = dict(zip(Title._fields, map(self._value, columns), strict=True))
            names["media_types"] = names.pop("media_type")
            self._own += _LEFT_OUT.format(**names)
            own.append("title_id NOT IN (SELECT title_id FROM left_out)")
        self._conditions = " AND ".join([self.asked, *own])

    def pools(self, *, size: int, rare: Sequence[MediaType]) -> str:
        """Return the statement. The titles of the rare media types are gathered, the others met in their order."""
        limit = self._value(size)
        is_looked_up = self._filters.watched == "only_watched" or self._filters.rated == "only_liked"
        pools = [
            _POOL.format(
                media_type=one,
                conditions=self._conditions,
                order=f"{self._order} + 0" if is_looked_up or one in rare else self._order,
                size=limit,
            )
            for one in self._filters.media_types
        ]
        pools.append(_LIKED.format(media_types=self._media_types, conditions=self._conditions))
        return _STATEMENT.format(own=self._own, pools=" UNION ".join(pools), columns=COLUMNS)

    def count(self, *, size: int) -> str:
        limit = self._value(size)
        return _COUNT.format(own=self._own, media_types=self._media_types, conditions=self._conditions, size=limit)

    def _value(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def _of_facets(self) -> list[str]:
        filters = self._filters
        operator = "@>" if filters.genre_mode == "all" else "&&"
        asked = [(operator, filters.genres), ("&&", filters.languages), ("&&", filters.countries)]
        found = [f"facets {how} {self._value(list(names))}::text[]" for how, names in asked if names]
        if filters.exclude_genres:
            found.append(f"NOT facets && {self._value(list(filters.exclude_genres))}::text[]")
        return found

    def _of_numbers(self, today_year: int) -> list[str]:
        filters, mode = self._filters, MODES[self._filters.discovery]
        gate = mode.fame_from, mode.fame_to
        found = [] if gate == (0, MOST_FAME) else [f"fame BETWEEN {gate[0]} AND {gate[1]}"]
        for column, (first, last) in (
            ("year", years_of(filters, today_year=today_year)),
            ("runtime", (filters.runtime_from, filters.runtime_to)),
        ):
            if first is not None or last is not None:
                # 0 is not known, and no bound takes it
                bounds = [self._value(max(first or 1, 1)), self._value(LAST_YEAR if last is None else last)]
                found.append(f"{column} BETWEEN {bounds[0]} AND {bounds[1]}")
        if filters.min_rating is not None:
            found.append(f"rating >= {self._value(filters.min_rating)}")
        if filters.min_votes is not None:
            found.append(f"votes >= {self._value(filters.min_votes)}")
        return found

    def _of_texts(self) -> list[str]:
        found = []
        if keywords := self._filters.keywords:
            found.append(f"keywords && {self._value(list(keywords))}::text[]")
        if words := self._filters.title_words:
            query = self._value(" & ".join(f"{_quoted(word)}:*" for word in words))
            found.append(f"array_to_tsvector(string_to_array(folded, ' ')) @@ {query}::text::tsquery")
        return found

    def _of_user(self) -> list[str]:
        watched = {
            "any": None,
            "not_watched": "title_id NOT IN (SELECT title_id FROM seen)",
            "only_watched": "title_id = ANY(ARRAY(SELECT title_id FROM seen))",
        }[self._filters.watched]
        rated = {
            "any": None,
            "not_rated": "title_id NOT IN (SELECT title_id FROM thumbed)",
            "only_liked": "title_id = ANY(ARRAY(SELECT title_id FROM thumbed WHERE thumb > 0))",
            "not_disliked": "title_id NOT IN (SELECT title_id FROM thumbed WHERE thumb < 0)",
        }[self._filters.rated]
        return [one for one in (watched, rated) if one]


def _quoted(word: str) -> str:
    """Return a word as a text search query quotes it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
