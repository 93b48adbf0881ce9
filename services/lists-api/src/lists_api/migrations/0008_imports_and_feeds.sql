-- Private addresses under which other programs read a list.
CREATE TABLE feed (
    list_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    token_hash bytea NOT NULL,
    CONSTRAINT feed_pkey PRIMARY KEY (list_id),
    CONSTRAINT feed_list_id_fkey FOREIGN KEY (list_id) REFERENCES list ON DELETE CASCADE,
    CONSTRAINT feed_token_hash_key UNIQUE (token_hash)
);
COMMENT ON COLUMN feed.token_hash IS 'SHA-256 of the token; the token itself is shown once and stored nowhere';

-- Files may name shows by TheTVDB's id alone.
CREATE INDEX catalogue_title_tvdb_idx ON catalogue_title (tvdb) WHERE tvdb IS NOT NULL;
