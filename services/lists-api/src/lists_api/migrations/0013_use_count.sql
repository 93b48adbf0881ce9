-- How often a user has done a thing within a minute of the clock, over all replicas. One small row a user and thing.
DROP TABLE search_count;
CREATE UNLOGGED TABLE use_count (
    user_id text NOT NULL,
    use text NOT NULL,                  -- search, feed_read, import
    minute timestamptz NOT NULL,
    uses integer NOT NULL,
    CONSTRAINT use_count_pkey PRIMARY KEY (user_id, use)
);
