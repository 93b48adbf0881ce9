-- What a connection is: its tokens' renewal, whose account it is, and what that account may have.
ALTER TABLE account
    -- Of the login that made the tokens: their renewal names it too. NULL: the setting's.
    ADD COLUMN redirect_uri text,
    -- A renewal that failed is not tried again before then.
    ADD COLUMN refresh_after timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN refresh_failures integer NOT NULL DEFAULT 0,     -- in a row
    -- After a connection the user's lists are looked at in their order, some hundred at a time: the last one that was.
    -- NULL: all were.
    ADD COLUMN checked_list_id bigint,
    ADD COLUMN is_verifying boolean NOT NULL DEFAULT false,     -- what is on Trakt may have changed: it is read
    -- What Trakt's settings say of it.
    ADD COLUMN trakt_slug text,
    ADD COLUMN timezone text,
    ADD COLUMN is_vip boolean,
    ADD COLUMN limits jsonb,
    ADD COLUMN settings_read_at timestamptz,
    ADD COLUMN settings_due_at timestamptz,     -- NULL: at the next opportunity
    -- Some list was cut to the account's limit, or found no place: room that is made is for it.
    ADD COLUMN has_limited boolean NOT NULL DEFAULT false;

UPDATE account SET has_limited = true
WHERE EXISTS (
    SELECT FROM desired_list JOIN mirror ON mirror.list_id = desired_list.list_id
    WHERE desired_list.user_id = account.user_id AND account_limit IS NOT NULL
) OR EXISTS (
    SELECT FROM work_queue WHERE work_queue.user_id = account.user_id AND waits_for = 'limit_reached'
);

-- Users who share a Trakt account share what it may write.
CREATE INDEX account_trakt_id_idx ON account (trakt_id) WHERE trakt_id IS NOT NULL;
