-- Results are told before a ledger in doubt is read again (decision 4): what such a reading still has to put right.
ALTER TABLE mirror
    ADD COLUMN vain_reads integer NOT NULL DEFAULT 0,
    ADD COLUMN is_order_owed boolean NOT NULL DEFAULT false;
