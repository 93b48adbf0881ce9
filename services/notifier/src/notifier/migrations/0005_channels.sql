-- Where a user's messages go besides the API and the stream.
CREATE TABLE channels (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    address bytea NOT NULL,
    shown text NOT NULL,
    secret bytea,
    old_secret bytea,
    old_secret_until timestamptz,
    severities text[] NOT NULL,
    time_zone text NOT NULL,
    quiet_from time,
    quiet_until time,
    digest_every_hours smallint,
    digest_at time,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    handed_over bigint NOT NULL,
    lease uuid,
    leased_until timestamptz,
    last_sent_at timestamptz,
    failing_since timestamptz,
    failure text,
    failure_status smallint,
    told_at timestamptz,
    CONSTRAINT channels_pkey PRIMARY KEY (id),
    CONSTRAINT channels_kind_check CHECK (kind IN ('apprise', 'webhook')),
    CONSTRAINT channels_secret_check CHECK ((secret IS NOT NULL) = (kind = 'webhook')),
    CONSTRAINT channels_quiet_check CHECK ((quiet_from IS NULL) = (quiet_until IS NULL) AND quiet_from <> quiet_until),
    CONSTRAINT channels_digest_check CHECK (digest_every_hours IS NULL OR digest_at IS NULL)
);
COMMENT ON COLUMN channels.address IS 'encrypted, as are the secrets; "shown" is what may be seen of it';
COMMENT ON COLUMN channels.handed_over IS 'the newest message that has become part of a delivery, or was passed over';
COMMENT ON COLUMN channels.failing_since IS 'null: the last attempt was not in vain';
COMMENT ON COLUMN channels.told_at IS 'when the user was told that a delivery was given up; null again when one is sent';
CREATE INDEX channels_user_id_idx ON channels (user_id, id);

-- What is sent: one or more messages, as they were when they were handed over.
CREATE TABLE deliveries (
    id uuid NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    channel_id bigint NOT NULL,
    messages jsonb NOT NULL,
    is_test boolean NOT NULL,
    collected_until timestamptz,
    state text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    attempted_at timestamptz,
    failure text,
    failure_status smallint,
    CONSTRAINT deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT deliveries_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES channels (id) ON DELETE CASCADE,
    CONSTRAINT deliveries_state_check CHECK (state IN ('pending', 'sent', 'failed', 'exhausted'))
);
COMMENT ON COLUMN deliveries.collected_until IS 'until then more messages join it; null: none does';
COMMENT ON COLUMN deliveries.attempts IS 'that were begun';
CREATE INDEX deliveries_due_idx ON deliveries (due_at) WHERE state IN ('pending', 'failed');
CREATE INDEX deliveries_channel_id_idx ON deliveries (channel_id, place);
CREATE INDEX deliveries_created_at_idx ON deliveries (created_at);
