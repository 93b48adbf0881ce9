-- What a message tells of, and where it leads.
ALTER TABLE messages
    ADD COLUMN kind text NOT NULL DEFAULT 'earlier',
    ADD COLUMN list_title text,
    ADD COLUMN link jsonb;
ALTER TABLE messages ALTER COLUMN kind DROP DEFAULT;
COMMENT ON COLUMN messages.kind IS 'a word for programs; earlier: of a message from before there were kinds';
COMMENT ON COLUMN messages.list_title IS 'when it happened';
COMMENT ON COLUMN messages.link IS 'as notifier.links.Link; null: it leads nowhere';

-- What is wrong, and was told. Nothing is wrong where there is no row: the inbox knows which events were counted.
ALTER TABLE shortfall RENAME TO condition;
DELETE FROM condition WHERE counts = '';
ALTER TABLE condition RENAME COLUMN counts TO state;
ALTER TABLE condition ADD COLUMN about text NOT NULL DEFAULT 'titles';
ALTER TABLE condition ALTER COLUMN about DROP DEFAULT;
ALTER TABLE condition DROP CONSTRAINT shortfall_pkey;
ALTER TABLE condition ADD CONSTRAINT condition_pkey PRIMARY KEY (user_id, list_id, about);
ALTER TABLE condition ADD CONSTRAINT condition_about_check CHECK (about IN ('sync', 'titles', 'account'));
ALTER INDEX shortfall_at_idx RENAME TO condition_at_idx;
COMMENT ON COLUMN condition.list_id IS '0: of the account';
COMMENT ON COLUMN condition.state IS 'what is wrong, as notifier.catalogue writes it';

-- Up to which message the number of each user's messages was cut to its limit.
CREATE TABLE trimmed (
    up_to bigint NOT NULL
);
INSERT INTO trimmed (up_to) VALUES (0);
