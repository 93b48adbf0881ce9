-- The user disconnects the account and wants its lists gone from Trakt first: since then they are deleted there.
-- NULL: the account stays.
ALTER TABLE account
    ADD COLUMN leaving_at timestamptz,
    -- When what the user watched is looked at next. NULL: once a list has a use for it.
    ADD COLUMN history_at timestamptz;
CREATE INDEX desired_list_uses_watched_idx ON desired_list (user_id) WHERE uses_watched AND is_present;
UPDATE account SET history_at = now() + random() * interval '1 hour'
WHERE tokens IS NOT NULL AND user_id IN (SELECT user_id FROM desired_list WHERE uses_watched AND is_present);

-- An account is claimed for its history as for its lists and its audit.
DROP INDEX account_claim_lists_idx, account_free_idx;
ALTER TABLE account DROP COLUMN claim_lists_at;
ALTER TABLE account ADD COLUMN claim_lists_at timestamptz GENERATED ALWAYS AS (
    CASE WHEN state = 'connected' AND (
        lists_at IS NOT NULL OR audit_at IS NOT NULL OR history_at IS NOT NULL OR lease_token IS NOT NULL
    )
        THEN greatest(
            least(lists_at, audit_at, history_at, CASE WHEN lease_token IS NOT NULL THEN lease_until END),
            blocked_until, next_write_at, lease_until, last_served_at
        ) END
) STORED;
CREATE INDEX account_claim_lists_idx ON account (claim_lists_at) WHERE claim_lists_at IS NOT NULL;
CREATE INDEX account_free_idx ON account (free_at) WHERE free_at = claim_lists_at OR free_at = claim_imports_at;
