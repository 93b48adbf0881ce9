-- Events to be sent: a row is written in the transaction of its cause and deleted when the broker has it.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    headers jsonb NOT NULL,
    traceparent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_event_id_key UNIQUE (event_id)
) WITH (
    -- rows live for milliseconds: keep the dead ones from piling up
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 2000
);

-- Events that no broker will ever take (too large), for an operator to look at; they hold nobody up.
CREATE TABLE outbox_rejected (
    LIKE outbox INCLUDING DEFAULTS,
    error text NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_rejected_pkey PRIMARY KEY (id)
);

-- Events that have been handled, per consumer group: a redelivered one changes nothing.
CREATE TABLE inbox (
    consumer_group text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inbox_pkey PRIMARY KEY (consumer_group, event_id)
);
CREATE INDEX inbox_received_at_idx ON inbox (received_at);
