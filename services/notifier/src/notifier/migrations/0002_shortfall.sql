-- What users were told last of a list that is not on Trakt whole. It is told once, until it changes or is over.
CREATE TABLE shortfall (
    user_id text NOT NULL,
    list_id bigint NOT NULL,
    counts text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT shortfall_pkey PRIMARY KEY (user_id, list_id)
);
COMMENT ON COLUMN shortfall.counts IS 'as notifier.shortfalls writes them; empty: all of the list is on Trakt again';
CREATE INDEX shortfall_at_idx ON shortfall (at);
