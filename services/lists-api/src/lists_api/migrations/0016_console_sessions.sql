-- The console's sessions, and the one-time links that make them. What a browser holds is stored as its hash alone.
CREATE TABLE login_link (
    code_hash bytea CONSTRAINT login_link_pkey PRIMARY KEY,
    user_id text NOT NULL,
    sealed_token bytea NOT NULL,
    token_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE session (
    key_hash bytea CONSTRAINT session_pkey PRIMARY KEY,
    user_id text NOT NULL,
    login text NOT NULL CONSTRAINT session_login_check CHECK (login IN ('link', 'oidc')),
    sealed_token bytea NOT NULL,
    token_expires_at timestamptz NOT NULL,
    sealed_refresh_token bytea,
    expires_at timestamptz NOT NULL
);
