-- How a list fills itself. A manual list has none of it.
ALTER TABLE list
    ADD COLUMN has_own_title boolean NOT NULL DEFAULT true,
    ADD COLUMN filters jsonb,
    ADD COLUMN item_limit integer,
    ADD COLUMN sort text,
    ADD COLUMN exclude_watched boolean,
    ADD COLUMN sync_interval_hours integer,
    ADD COLUMN full_sync_days integer,
    ADD COLUMN is_paused boolean,
    -- hash of the filters; null: the list has none, or its owner wants them twice
    ADD COLUMN configuration bytea,
    ADD COLUMN status text NOT NULL DEFAULT 'complete',
    ADD COLUMN next_sync_at timestamptz,
    ADD COLUMN last_full_sync_at timestamptz,
    ADD CONSTRAINT list_filling_check CHECK (
        num_nulls(filters, item_limit, sort, exclude_watched, sync_interval_hours, full_sync_days, is_paused)
        = CASE list_type WHEN 'manual' THEN 7 ELSE 0 END),
    ADD CONSTRAINT list_status_check CHECK (
        status IN ('queued', 'syncing', 'complete', 'no_candidates', 'needs_approval', 'error'));
CREATE UNIQUE INDEX list_configuration_key ON list (user_id, list_type, configuration) WHERE deleted_at IS NULL;
CREATE INDEX list_due_idx ON list (next_sync_at) WHERE next_sync_at IS NOT NULL;

ALTER TABLE list_item
    ADD COLUMN is_pinned boolean NOT NULL DEFAULT false,
    ADD COLUMN score integer,
    ADD COLUMN explanation text;

-- Titles that their list's owner has taken off a custom list.
CREATE TABLE list_exclusion (
    list_id bigint NOT NULL,
    position integer NOT NULL,
    media_type text NOT NULL,
    trakt bigint,
    tmdb bigint,
    imdb text,
    CONSTRAINT list_exclusion_pkey PRIMARY KEY (list_id, position),
    CONSTRAINT list_exclusion_list_fkey FOREIGN KEY (list_id) REFERENCES list (list_id) ON DELETE CASCADE,
    CONSTRAINT list_exclusion_media_type_check CHECK (media_type IN ('movie', 'show')),
    CONSTRAINT list_exclusion_id_check CHECK (num_nonnulls(trakt, tmdb, imdb) >= 1)
);

-- The last versions of each list: what each changed. Rows are [position, media_type, trakt, tmdb, imdb, is_pinned].
CREATE TABLE list_version (
    list_id bigint NOT NULL,
    version bigint NOT NULL,
    cause text NOT NULL,
    changed text[] NOT NULL,
    title text NOT NULL,
    item_count integer NOT NULL,
    inserted jsonb NOT NULL,
    deleted jsonb NOT NULL,
    run_id uuid,
    at timestamptz NOT NULL,
    CONSTRAINT list_version_pkey PRIMARY KEY (list_id, version),
    CONSTRAINT list_version_list_fkey FOREIGN KEY (list_id) REFERENCES list (list_id) ON DELETE CASCADE
);
COMMENT ON COLUMN list_version.changed IS 'names of the properties that changed';
COMMENT ON COLUMN list_version.deleted IS 'the rows that this version took out; with them the version before is made again';

ALTER TABLE trakt_account ADD COLUMN is_vip boolean;
COMMENT ON COLUMN trakt_account.is_vip IS 'null: not known';
