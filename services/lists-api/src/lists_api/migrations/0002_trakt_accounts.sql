-- What trakt-sync said last of each user's Trakt account. Written by the consumer alone; one small row a user, never
-- swept. A user without a row has connected none.
CREATE TABLE trakt_accounts (
    user_id text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    revision integer NOT NULL,
    CONSTRAINT trakt_accounts_pkey PRIMARY KEY (user_id),
    CONSTRAINT trakt_accounts_state_check CHECK (state IN ('connected', 'disconnected', 'reauthorization_required'))
);
-- Whoever has a Trakt list has an account.
INSERT INTO trakt_accounts (user_id, state, at, revision)
SELECT user_id, 'connected', max(mirrors.at), 1 FROM mirrors JOIN lists USING (list_id)
WHERE trakt_list_id IS NOT NULL GROUP BY user_id;
COMMENT ON COLUMN trakt_accounts.at IS 'when it happened, not when it was heard';
COMMENT ON COLUMN trakt_accounts.revision IS 'counts the changes of state';
