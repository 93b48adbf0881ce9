-- Erasures of users, so that whoever asked for one can see how far it is. Who it was stands nowhere.
CREATE TABLE erasure (
    erasure_id uuid NOT NULL,
    keep_trakt_lists boolean NOT NULL,
    requested_at timestamptz NOT NULL,
    trakt_at timestamptz,
    trakt_lists_left integer,
    notifications_at timestamptz,
    CONSTRAINT erasure_pkey PRIMARY KEY (erasure_id)
);
COMMENT ON COLUMN erasure.erasure_id IS 'random: whoever knows it may see it';
COMMENT ON COLUMN erasure.requested_at IS 'when lists-api had nothing of the user any more';
COMMENT ON COLUMN erasure.trakt_at IS 'when trakt-sync had nothing of the user any more; null: not yet';
