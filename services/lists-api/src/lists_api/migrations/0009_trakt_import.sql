-- Lists that come from Trakt. trakt-sync reads them, and the consumer makes the lists.
ALTER TABLE list ADD COLUMN source jsonb;
COMMENT ON COLUMN list.source IS 'where it was imported from, {"kind": …, "url": …}; null: it was made here';

CREATE TABLE trakt_import (
    import_id uuid NOT NULL,
    user_id text NOT NULL,
    owner text NOT NULL,                -- slug of the Trakt user; me: the user's own account
    trakt_list text NOT NULL,           -- number or slug
    list_type text NOT NULL,
    state text NOT NULL,
    reason text,
    detail text,
    retry_at timestamptz,
    list_id bigint,
    trakt_list_id bigint,
    left_out jsonb,                     -- counts of entries that are no titles, by kind
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT trakt_import_pkey PRIMARY KEY (import_id),
    CONSTRAINT trakt_import_list_fkey FOREIGN KEY (list_id) REFERENCES list (list_id) ON DELETE SET NULL,
    CONSTRAINT trakt_import_list_type_check CHECK (list_type IN ('manual', 'custom')),
    CONSTRAINT trakt_import_state_check CHECK (state IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT trakt_import_finished_check CHECK ((state = 'pending') = (finished_at IS NULL))
);
CREATE INDEX trakt_import_user_idx ON trakt_import (user_id, trakt_list);
CREATE INDEX trakt_import_list_idx ON trakt_import (list_id);
CREATE INDEX trakt_import_finished_at_idx ON trakt_import (finished_at) WHERE finished_at IS NOT NULL;

-- The watched history, as trakt-sync reports it: events may come late or again, so each row says which event it is from.
ALTER TABLE watched
    ADD COLUMN watched_id bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN reported_at timestamptz NOT NULL DEFAULT 'epoch',
    ADD CONSTRAINT watched_pkey PRIMARY KEY (watched_id);
COMMENT ON COLUMN watched.reported_at IS 'time of the event that said so';

-- Titles that a later event took out of the history, so that an earlier one does not put them back.
CREATE TABLE unwatched (
    unwatched_id bigint GENERATED ALWAYS AS IDENTITY,
    user_id text NOT NULL,
    media_type text NOT NULL,
    trakt bigint,
    tmdb bigint,
    imdb text,
    reported_at timestamptz NOT NULL,
    CONSTRAINT unwatched_pkey PRIMARY KEY (unwatched_id),
    CONSTRAINT unwatched_id_check CHECK (num_nonnulls(trakt, tmdb, imdb) >= 1)
);
CREATE INDEX unwatched_user_idx ON unwatched (user_id);

-- When a user's whole history was reported last: an earlier event says nothing any more.
CREATE TABLE history_report (
    user_id text NOT NULL,
    full_at timestamptz,                -- NULL: never
    CONSTRAINT history_report_pkey PRIMARY KEY (user_id)
);
