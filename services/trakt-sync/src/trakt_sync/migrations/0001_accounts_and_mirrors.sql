-- A user's Trakt account. Whoever holds the lease is the only one who writes to it, over all replicas.
CREATE TABLE account (
    user_id text NOT NULL,
    trakt_user text,
    tokens bytea NOT NULL,              -- encrypted (Fernet): access and refresh token
    expires_at timestamptz NOT NULL,    -- of the access token
    refreshed_at timestamptz,
    state text NOT NULL,
    next_write_at timestamptz NOT NULL DEFAULT '-infinity',
    blocked_until timestamptz NOT NULL DEFAULT '-infinity',
    block_reason text,
    lease_token uuid,
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    last_served_at timestamptz NOT NULL DEFAULT '-infinity',
    connected_at timestamptz NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (user_id),
    CONSTRAINT account_state_check CHECK (state IN ('connected', 'reauthorization_required', 'disconnected'))
) WITH (fillfactor = 70);               -- written at each call: keep the updates on the page (HOT)

-- A list: what is wanted (written by the subscriber) and how far it is (written under the account's lease).
-- A deleted list stays as a tombstone, so that a late event cannot bring it back.
CREATE TABLE mirror (
    list_id bigint NOT NULL,
    user_id text NOT NULL,
    -- wanted
    version bigint NOT NULL,
    is_wanted boolean NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    privacy text NOT NULL,
    display_numbers boolean NOT NULL,
    allow_comments boolean NOT NULL,
    is_ordered boolean NOT NULL,
    items jsonb NOT NULL,               -- [[media_type, trakt, tmdb, imdb], …] by rank: one value, for it is read and
                                        -- written as a whole
    traceparent text,
    -- progress; the meanings stand in mirror.py
    applied_version bigint NOT NULL DEFAULT 0,
    trakt_list_id bigint,
    slug text,
    made_at timestamptz,
    former_ids bigint[] NOT NULL DEFAULT '{}',
    details jsonb,
    is_trusted boolean NOT NULL DEFAULT true,
    read_after timestamptz,
    written_at timestamptz,
    foreign_count integer NOT NULL DEFAULT 0,
    pending jsonb,
    intent jsonb,
    capacity integer,
    is_probing boolean NOT NULL DEFAULT false,
    limited_at timestamptz,
    remaining integer,
    due_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    parked_for text,
    told text,
    added integer NOT NULL DEFAULT 0,
    removed integer NOT NULL DEFAULT 0,
    is_renamed boolean NOT NULL DEFAULT false,
    recreated_version bigint,
    result jsonb,
    CONSTRAINT mirror_pkey PRIMARY KEY (list_id),
    CONSTRAINT mirror_trakt_list_id_key UNIQUE (trakt_list_id)
) WITH (fillfactor = 70);
CREATE INDEX mirror_due_idx ON mirror (due_at, user_id) WHERE due_at IS NOT NULL;
CREATE INDEX mirror_user_id_idx ON mirror (user_id);

-- The ledger: what each Trakt list holds, in its order (row_id ascending).
CREATE TABLE ledger (
    row_id bigint GENERATED ALWAYS AS IDENTITY,
    list_id bigint NOT NULL,
    media_type text NOT NULL,
    trakt bigint,
    tmdb bigint,
    imdb text,
    state text NOT NULL,
    place_id bigint,
    noted_at timestamptz NOT NULL,
    CONSTRAINT ledger_pkey PRIMARY KEY (list_id, row_id),
    CONSTRAINT ledger_list_id_fkey FOREIGN KEY (list_id) REFERENCES mirror (list_id) ON DELETE CASCADE,
    CONSTRAINT ledger_id_check CHECK (trakt IS NOT NULL OR tmdb IS NOT NULL OR imdb IS NOT NULL),
    CONSTRAINT ledger_state_check CHECK (state IN ('mirrored', 'not_found', 'unsure'))
);
