-- What users are told. Ids of one user become visible in their order (dispatch.py), so a stream may ask for "id > last".
CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    user_id text NOT NULL,
    list_id bigint,
    text text NOT NULL,
    severity text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    CONSTRAINT messages_pkey PRIMARY KEY (id),
    CONSTRAINT messages_event_id_key UNIQUE (event_id),
    CONSTRAINT messages_severity_check CHECK (severity IN ('info', 'success', 'warning', 'error'))
);
COMMENT ON COLUMN messages.list_id IS 'null: about the account';
COMMENT ON COLUMN messages.created_at IS 'when the cause happened, not when it was stored';
CREATE INDEX messages_user_id_id_idx ON messages (user_id, id);
CREATE INDEX messages_unread_idx ON messages (user_id, id) WHERE read_at IS NULL;
CREATE INDEX messages_created_at_idx ON messages (created_at);
