"""The candidates: every title that may be on a list, with how good and how well known it is held to be."""

from typing import Final

from chassis.postgres.database import Connection, count_of
from lists_api.catalogue.domain.filters import MEDIA_TYPES
from lists_api.scoring.weights import POOLS, Pool

TIMEOUT_S: Final = 600.0


def _order(pool: Pool) -> str:
    return f"({POOLS[pool].quality} * quality + {POOLS[pool].fame} * fame) / 1000"


# Everything is measured among the titles of one media type and one source, in whole numbers.
# Quality: the rating as if `trust` more people had given the mean, against the mean; 200 is a standard deviation.
# `trust` is the mean number of votes, which a few great titles make large: a 9.5 of 300 people does not lead.
# Fame: the logarithm of the rank. A source of ten titles has no blockbusters: the largest source is the measure.
# Many titles have as many votes, so ranks are counted over the numbers of votes (a sort of all titles took 20 s).
# Rows are written in an order near to the one in which they are read.
_MEASURED: Final = f"""
WITH mass AS MATERIALIZED (
    SELECT coalesce(rating_source, '') AS source, rating, votes, popularity FROM catalogue_title
    WHERE is_active AND NOT is_adult AND media_type = $1
), scale AS (
    SELECT source, coalesce(round(avg(rating) FILTER (WHERE votes > 0)), 500)::bigint AS mean,
           greatest(coalesce(round(stddev_pop(rating) FILTER (WHERE votes > 0)), 0), 20)::bigint AS spread,
           greatest(coalesce(round(avg(votes) FILTER (WHERE votes > 0)), 0), 1)::bigint AS trust,
           whole_log2(greatest(count(*) FILTER (WHERE votes > 0), 1)) AS size,
           max(whole_log2(greatest(count(*) FILTER (WHERE votes > 0), 2))) OVER () AS largest
    FROM mass GROUP BY source
), by_votes AS (
    SELECT source, votes,
           whole_log2((1 + sum(count(*)) OVER (PARTITION BY source ORDER BY votes DESC) - count(*))::bigint) AS place
    FROM mass GROUP BY source, votes
), by_popularity AS (
    SELECT source, popularity,
           whole_log2((1 + sum(count(*)) OVER (PARTITION BY source ORDER BY popularity DESC) - count(*))::bigint)
               AS place
    FROM mass GROUP BY source, popularity
), measured AS (
    SELECT title_id, title.votes, year, runtime, rating, genres || language || countries AS facets, folded,
           nullif(keywords, '{{}}') AS keywords,
           CASE WHEN title.votes = 0 OR rating IS NULL THEN 500
                ELSE greatest(0, least(1000,
                     500 + 200 * (title.votes * (rating - mean) / (title.votes + trust)) / spread))
           END::smallint AS quality,
           CASE WHEN title.votes = 0 THEN 0
                WHEN title.popularity = 0 THEN 1 + 999 * (size - by_votes.place) / largest
                ELSE 1 + 999 * greatest(size - (2 * by_votes.place + by_popularity.place) / 3, 0) / largest
           END::smallint AS fame
    FROM catalogue_title AS title
    JOIN scale ON scale.source = coalesce(title.rating_source, '')
    JOIN by_votes ON by_votes.source = scale.source AND by_votes.votes = title.votes
    JOIN by_popularity ON by_popularity.source = scale.source AND by_popularity.popularity = title.popularity
    WHERE is_active AND NOT is_adult AND media_type = $1
)
SELECT title_id, votes, coalesce(year, 0), coalesce(runtime, 0), coalesce(rating, -1), quality, fame,
       {_order("known")}, {_order("balanced")}, {_order("hidden")}, $1, array_remove(facets, NULL), folded, keywords
FROM measured ORDER BY quality DESC, title_id"""  # noqa: S608 - constants

# The new table takes the place of the old one at the end, so readers wait for no more than that. A table that is
# filled first and gets its indexes afterwards is made in a third of the time that updates of 1.4 million rows take.
_MAKE: Final = """
DROP TABLE IF EXISTS {new};
CREATE TABLE {new} (LIKE catalogue_candidate)"""
_INDEX: Final = """
CREATE UNIQUE INDEX ON {new} (title_id);
CREATE INDEX ON {new} (known DESC, title_id);
CREATE INDEX ON {new} (balanced DESC, title_id);
CREATE INDEX ON {new} (hidden DESC, title_id);
CREATE INDEX ON {new} (year);
CREATE INDEX ON {new} (rating);
CREATE INDEX ON {new} (fame);
CREATE INDEX ON {new} USING gin (facets);
CREATE INDEX ON {new} USING gin (keywords);
CREATE INDEX ON {new} USING gin (array_to_tsvector(string_to_array(folded, ' ')));
ALTER TABLE {new} ADD CHECK (media_type = '{media_type}');
ANALYZE {new}"""
_SWAP: Final = """
DROP TABLE catalogue_candidate_{media_type};
ALTER TABLE {new} RENAME TO catalogue_candidate_{media_type};
ALTER TABLE catalogue_candidate ATTACH PARTITION catalogue_candidate_{media_type} FOR VALUES IN ('{media_type}')"""
_MEMORY: Final = "SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '128MB'"


async def refresh_candidates(connection: Connection) -> int:
    """Make the candidates from the catalogue, within the caller's transaction; return how many there are.

    An import calls it last, after its merge: from its end to the commit nobody can read candidates.
    """
    await connection.execute(_MEMORY)
    count = 0
    for media_type in MEDIA_TYPES:
        new = f"catalogue_candidate_{media_type}_new"
        await connection.execute(_MAKE.format(new=new))
        filled = await connection.execute(f"INSERT INTO {new} {_MEASURED}", media_type, timeout=TIMEOUT_S)
        count += count_of(filled)
        await connection.execute(_INDEX.format(new=new, media_type=media_type), timeout=TIMEOUT_S)
    for media_type in MEDIA_TYPES:
        new = f"catalogue_candidate_{media_type}_new"
        await connection.execute(_SWAP.format(new=new, media_type=media_type))
    return count
