-- Where the lives of erased users end, for as long as events of theirs may come late.
CREATE TABLE erased_user (
    user_key bytea NOT NULL,
    topic text NOT NULL,
    erasure_id uuid NOT NULL,
    until timestamptz NOT NULL,
    erased_at timestamptz NOT NULL,
    CONSTRAINT erased_user_pkey PRIMARY KEY (user_key, topic, erasure_id)
);
COMMENT ON COLUMN erased_user.user_key IS 'SHA-256 of erasure_key and the user id: nobody can be found by it without asking';
COMMENT ON COLUMN erased_user.until IS 'events of the topic up to then are of the life that was erased; infinity: all yet';

CREATE TABLE erasure_key (
    key bytea NOT NULL
);
INSERT INTO erasure_key (key) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
