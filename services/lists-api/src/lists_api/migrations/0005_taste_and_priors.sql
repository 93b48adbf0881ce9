-- Users' thumbs and what they have watched. A title is named by every id that is known of it.
CREATE TABLE rating (
    user_id text NOT NULL,
    media_type text NOT NULL,
    trakt bigint,
    tmdb bigint,
    imdb text,
    thumb smallint NOT NULL,
    rated_at timestamptz NOT NULL,
    CONSTRAINT rating_media_type_check CHECK (media_type IN ('movie', 'show')),
    CONSTRAINT rating_id_check CHECK (num_nonnulls(trakt, tmdb, imdb) >= 1),
    CONSTRAINT rating_thumb_check CHECK (thumb IN (-1, 1))
);
-- A title has one thumb of a user.
CREATE UNIQUE INDEX rating_imdb_key ON rating (user_id, media_type, imdb) WHERE imdb IS NOT NULL;
CREATE UNIQUE INDEX rating_tmdb_key ON rating (user_id, media_type, tmdb) WHERE tmdb IS NOT NULL;
CREATE UNIQUE INDEX rating_trakt_key ON rating (user_id, media_type, trakt) WHERE trakt IS NOT NULL;
CREATE INDEX rating_user_idx ON rating (user_id, rated_at DESC);

CREATE TABLE watched (
    user_id text NOT NULL,
    media_type text NOT NULL,
    trakt bigint,
    tmdb bigint,
    imdb text,
    last_watched_at timestamptz,
    plays integer NOT NULL,
    CONSTRAINT watched_media_type_check CHECK (media_type IN ('movie', 'show')),
    CONSTRAINT watched_id_check CHECK (num_nonnulls(trakt, tmdb, imdb) >= 1),
    CONSTRAINT watched_plays_check CHECK (plays >= 1)
);
CREATE UNIQUE INDEX watched_imdb_key ON watched (user_id, media_type, imdb) WHERE imdb IS NOT NULL;
CREATE UNIQUE INDEX watched_tmdb_key ON watched (user_id, media_type, tmdb) WHERE tmdb IS NOT NULL;
CREATE UNIQUE INDEX watched_trakt_key ON watched (user_id, media_type, trakt) WHERE trakt IS NOT NULL;
COMMENT ON COLUMN watched.last_watched_at IS 'null: Trakt does not say when';

-- What filters ask for, of every title that may be on a list, in rows as narrow as can be: 1.4 million of the whole
-- rows are a gigabyte, which no small server keeps in memory. `store/priors.py` makes it anew after each import, with
-- its indexes. A partition for each media type: Postgres then knows how rare Korean films are among films.
CREATE TABLE catalogue_candidate (
    title_id bigint NOT NULL,
    votes integer NOT NULL,
    year smallint NOT NULL,
    runtime smallint NOT NULL,
    rating smallint NOT NULL,
    quality smallint NOT NULL,
    fame smallint NOT NULL,
    known smallint NOT NULL,
    balanced smallint NOT NULL,
    hidden smallint NOT NULL,
    media_type text NOT NULL,
    facets text[] COLLATE "C" NOT NULL,
    folded text COLLATE "C" NOT NULL,
    keywords text[]
) PARTITION BY LIST (media_type);
CREATE TABLE catalogue_candidate_movie PARTITION OF catalogue_candidate FOR VALUES IN ('movie');
CREATE TABLE catalogue_candidate_show PARTITION OF catalogue_candidate FOR VALUES IN ('show');
COMMENT ON COLUMN catalogue_candidate.year IS '0: not known; so is a runtime of 0, and a rating of -1';
COMMENT ON COLUMN catalogue_candidate.quality IS 'rating shrunk by votes, against its media type and source: 0-1000';
COMMENT ON COLUMN catalogue_candidate.fame IS 'logarithm of the rank by votes and popularity, 1-1000; 0: no votes';
COMMENT ON COLUMN catalogue_candidate.known IS 'this, balanced and hidden: the orders in which titles are taken';
COMMENT ON COLUMN catalogue_candidate.facets IS 'slugs of genres, codes of language (en) and countries (US)';

-- 1024 times the binary logarithm of a number from 1 to 2^32, between powers of two on a straight line. In whole
-- numbers, so that it is the same on every machine; one expression, so that Postgres writes it into the statement
-- (over 1.4 million rows 0.6 s instead of 13 s).
CREATE FUNCTION whole_log2(value bigint) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT (
        (width_bucket(value, '{2,4,8,16,32,64,128,256,512,1024,2048,4096,8192,16384,32768,65536,131072,262144,524288,1048576,2097152,4194304,8388608,16777216,33554432,67108864,134217728,268435456,536870912,1073741824,2147483648}'::bigint[]) - 1) * 1024 + 1024 * value / (1::bigint << width_bucket(value, '{2,4,8,16,32,64,128,256,512,1024,2048,4096,8192,16384,32768,65536,131072,262144,524288,1048576,2097152,4194304,8388608,16777216,33554432,67108864,134217728,268435456,536870912,1073741824,2147483648}'::bigint[]))
    )::integer
$$;
