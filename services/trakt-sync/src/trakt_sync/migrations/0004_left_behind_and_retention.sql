-- Trakt lists on a Trakt account that the user has left for another one; taken up again when he comes back to it.
CREATE TABLE left_behind (
    list_id bigint NOT NULL,
    trakt_id text NOT NULL,             -- of the Trakt account, as in account.trakt_id
    trakt_list_id bigint NOT NULL,
    entries jsonb NOT NULL,             -- its ledger as it was left
    CONSTRAINT left_behind_pkey PRIMARY KEY (list_id, trakt_id),
    CONSTRAINT left_behind_list_id_fkey FOREIGN KEY (list_id) REFERENCES mirror (list_id)
);
CREATE INDEX left_behind_trakt_list_id_idx ON left_behind (trakt_list_id);

-- When the user deleted the list; NULL: he did not. A tombstone is swept some time after.
ALTER TABLE mirror ADD COLUMN deleted_at timestamptz;
UPDATE mirror SET deleted_at = now() WHERE NOT is_wanted;

-- 401 answers in a row, over all lists of the account.
ALTER TABLE account ADD COLUMN refusals integer NOT NULL DEFAULT 0;

-- What the worker asks after each step must not grow with all lists.
CREATE INDEX mirror_user_due_idx ON mirror (user_id, due_at);
DROP INDEX mirror_user_id_idx;
CREATE INDEX mirror_former_ids_idx ON mirror USING gin (former_ids) WHERE former_ids <> '{}';
CREATE INDEX mirror_network_idx ON mirror (due_at) WHERE parked_for = 'network';
