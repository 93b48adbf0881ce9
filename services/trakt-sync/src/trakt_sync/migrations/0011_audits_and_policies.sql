-- Modes and policies of a list, and what is remembered of Trakt lists that are not as we left them.
ALTER TABLE desired_list
    ADD COLUMN policies jsonb NOT NULL DEFAULT '{}',        -- read and written as a whole: mirroring/desired.py
    ADD COLUMN uses_watched boolean NOT NULL DEFAULT false; -- what the user watched matters to the list
ALTER TABLE mirror ADD COLUMN drift jsonb;                  -- mirroring/progress.py
-- The user asked for the list: what waits is tried again.
ALTER TABLE work_queue ADD COLUMN is_asked boolean NOT NULL DEFAULT false;

ALTER TABLE ledger DROP CONSTRAINT ledger_state_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_state_check CHECK (
    state IN ('mirrored', 'not_found', 'unconfirmed', 'rejected', 'taken_off', 'not_removed')
);
ALTER TABLE ledger ADD COLUMN is_by_others boolean NOT NULL DEFAULT false;    -- somebody else put it there

-- When the account's Trakt lists are compared with what we left there. An account is claimed for it as for its lists.
ALTER TABLE account ADD COLUMN audit_at timestamptz;
UPDATE account SET audit_at = now() + random() * interval '1 day' WHERE tokens IS NOT NULL;
DROP INDEX account_claim_lists_idx, account_free_idx;
ALTER TABLE account DROP COLUMN claim_lists_at;
ALTER TABLE account ADD COLUMN claim_lists_at timestamptz GENERATED ALWAYS AS (
    CASE WHEN state = 'connected' AND (lists_at IS NOT NULL OR audit_at IS NOT NULL OR lease_token IS NOT NULL)
        THEN greatest(
            least(lists_at, audit_at, CASE WHEN lease_token IS NOT NULL THEN lease_until END),
            blocked_until, next_write_at, lease_until, last_served_at
        ) END
) STORED;
CREATE INDEX account_claim_lists_idx ON account (claim_lists_at) WHERE claim_lists_at IS NOT NULL;
CREATE INDEX account_free_idx ON account (free_at) WHERE free_at = claim_lists_at OR free_at = claim_imports_at;
