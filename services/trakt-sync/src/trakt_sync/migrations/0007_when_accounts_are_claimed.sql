-- When an account is claimed stands in its own row. Due accounts are found by an index, however many rest, are blocked
-- or wait. A user who has lists but no Trakt account has a row too: whoever makes a list due meets it there.
ALTER TABLE account
    ALTER COLUMN tokens DROP NOT NULL,
    ALTER COLUMN expires_at DROP NOT NULL,
    ALTER COLUMN connected_at DROP NOT NULL,
    -- The soonest of the user's due times in work_queue and list_import, or an earlier time. NULL: none, or the account
    -- is claimed and nothing has come since: its holder looks, and says at the end what is left.
    ADD COLUMN lists_at timestamptz,
    ADD COLUMN imports_at timestamptz,
    ADD CONSTRAINT account_tokens_check CHECK (
        state = 'disconnected' OR (tokens IS NOT NULL AND expires_at IS NOT NULL AND connected_at IS NOT NULL)
    );

UPDATE account SET
    lists_at = (SELECT min(due_at) FROM work_queue WHERE work_queue.user_id = account.user_id),
    imports_at = (SELECT min(due_at) FROM list_import WHERE list_import.user_id = account.user_id AND done_at IS NULL);

-- Those that were served last come last. A lease whose holder was killed makes the account due when it ends.
ALTER TABLE account
    ADD COLUMN free_at timestamptz NOT NULL
        GENERATED ALWAYS AS (greatest(next_write_at, lease_until, last_served_at)) STORED,
    ADD COLUMN claim_lists_at timestamptz GENERATED ALWAYS AS (
        CASE WHEN state = 'connected' AND (lists_at IS NOT NULL OR lease_token IS NOT NULL)
            THEN greatest(lists_at, blocked_until, next_write_at, lease_until, last_served_at) END
    ) STORED,
    ADD COLUMN claim_imports_at timestamptz GENERATED ALWAYS AS (
        CASE WHEN state = 'connected' AND imports_at IS NOT NULL
            THEN greatest(imports_at, blocked_until, next_write_at, lease_until, last_served_at) END
    ) STORED;
CREATE INDEX account_claim_lists_idx ON account (claim_lists_at) WHERE claim_lists_at IS NOT NULL;
CREATE INDEX account_claim_imports_idx ON account (claim_imports_at) WHERE claim_imports_at IS NOT NULL;
-- Accounts that nothing but a lease or the pace keeps: a time of a clock that was ahead is found at its end.
CREATE INDEX account_free_idx ON account (free_at) WHERE free_at = claim_lists_at OR free_at = claim_imports_at;
