-- Whose Trakt account it is: Trakt's own id of the user, of whom the lists' mirrors were made; NULL: not known.
-- Tokens whose owner could not be asked for yet are compared before they are used for any list.
ALTER TABLE account
    ADD COLUMN trakt_id text,
    ADD COLUMN is_identified boolean NOT NULL DEFAULT false;
