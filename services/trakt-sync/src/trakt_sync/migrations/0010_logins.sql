-- Logins at Trakt that are under way, one of each kind for a user, and for a day what became of them. Whatever process
-- polls Trakt finds its work here, so a login goes on after a restart (decision 41).
CREATE TABLE device_login (
    user_id text NOT NULL,
    login_id uuid NOT NULL,
    device_code bytea NOT NULL,         -- encrypted (Fernet)
    user_code text NOT NULL,
    verification_url text NOT NULL,
    state text NOT NULL,
    reason text,                        -- why it failed
    poll_every interval NOT NULL,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    poll_at timestamptz,                -- while a poll is under way: when another process takes over. NULL: it has ended
    CONSTRAINT device_login_pkey PRIMARY KEY (user_id),
    CONSTRAINT device_login_state_check CHECK (state IN ('pending', 'connected', 'denied', 'expired', 'failed')),
    CONSTRAINT device_login_poll_check CHECK ((state = 'pending') = (poll_at IS NOT NULL))
);
CREATE INDEX device_login_poll_idx ON device_login (poll_at) WHERE poll_at IS NOT NULL;

CREATE TABLE authorization_login (
    user_id text NOT NULL,
    state_hash bytea NOT NULL,          -- SHA-256: who reads this table can end nobody's login
    verifier bytea NOT NULL,            -- encrypted (Fernet)
    redirect_uri text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,                -- a state works once
    CONSTRAINT authorization_login_pkey PRIMARY KEY (user_id),
    CONSTRAINT authorization_login_state_hash_key UNIQUE (state_hash)
);
