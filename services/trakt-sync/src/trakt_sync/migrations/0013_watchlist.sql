-- A list can have the watchlist as its target. It has no number: mirror.trakt_list_id is NULL where trakt_list is it.
ALTER TABLE ledger DROP CONSTRAINT ledger_state_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_state_check CHECK (
    state IN ('mirrored', 'not_found', 'unconfirmed', 'rejected', 'taken_off', 'not_removed', 'watched')
);

-- The version before gave such lists up.
UPDATE account SET lists_at = least(lists_at, now())
WHERE EXISTS (
    SELECT FROM desired_list
    WHERE desired_list.user_id = account.user_id AND is_present AND policies ->> 'target' = 'watchlist'
);
INSERT INTO work_queue (list_id, user_id, due_at)
SELECT list_id, user_id, now() FROM desired_list WHERE is_present AND policies ->> 'target' = 'watchlist'
ON CONFLICT (list_id) DO UPDATE SET due_at = excluded.due_at, waits_for = NULL, revision = excluded.revision;
