-- Lists on Trakt that are to be read once, for users who make lists of them. The subscriber adds a row, the worker that
-- has the account's lease does the rest. A row that is done stays for a while, so that a late request is not done again.
CREATE TABLE list_import (
    import_id uuid NOT NULL,
    user_id text NOT NULL,
    trakt_list text NOT NULL,           -- number or slug
    owner text NOT NULL,                -- slug of the Trakt user, or me
    requested_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    is_notified boolean NOT NULL DEFAULT false,     -- the user knows that it waits for Trakt
    trace_context text,
    done_at timestamptz,                -- NULL: it is to be read
    -- the answer, for sending it again under its own id
    answer_id uuid,
    answer_type text,
    answer jsonb,
    CONSTRAINT list_import_pkey PRIMARY KEY (import_id)
);
CREATE INDEX list_import_due_idx ON list_import (user_id, due_at) WHERE done_at IS NULL;
CREATE INDEX list_import_done_at_idx ON list_import (done_at) WHERE done_at IS NOT NULL;
