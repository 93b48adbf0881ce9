-- What Trakt refuses and does not take off, lists that stay deleted on Trakt, and the one list that has the watchlist.
ALTER TABLE mirror
    ADD COLUMN rejected integer NOT NULL DEFAULT 0,
    ADD COLUMN not_removed integer NOT NULL DEFAULT 0,
    DROP CONSTRAINT mirror_state_check,
    ADD CONSTRAINT mirror_state_check CHECK (state IN ('pending', 'in_sync', 'failed', 'detached', 'deleted'));

CREATE UNIQUE INDEX list_watchlist_key ON list (user_id)
WHERE mirror ->> 'target' = 'watchlist' AND deleted_at IS NULL;
