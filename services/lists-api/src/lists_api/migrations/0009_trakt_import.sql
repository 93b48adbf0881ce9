-- Lists that come from Trakt. trakt-sync reads them, and the consumer makes the lists.
ALTER TABLE list ADD COLUMN source jsonb;
COMMENT ON COLUMN list.source IS 'where it was imported from, {"kind": …, "url": …}; null: it was made here';

CREATE TABLE trakt_import (
    import_id uuid NOT NULL,
    user_id text NOT NULL,
    owner text NOT NULL,                -- slug of the Trakt user; me: the user's own account
    trakt_list text NOT NULL,           -- number or slug
    list_type text NOT NULL,
    state text NOT NULL,
    reason text,
    detail text,
    retry_at timestamptz,
    list_id bigint,
    trakt_list_id bigint,
    left_out jsonb,                     -- counts of entries that are no titles, by kind
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT trakt_import_pkey PRIMARY KEY (import_id),
    CONSTRAINT trakt_import_list_fkey FOREIGN KEY (list_id) REFERENCES list (list_id) ON DELETE SET NULL,
    CONSTRAINT trakt_import_list_type_check CHECK (list_type IN ('manual', 'custom')),
    CONSTRAINT trakt_import_state_check CHECK (state IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT trakt_import_finished_check CHECK ((state = 'pending') = (finished_at IS NULL))
);
CREATE INDEX trakt_import_user_idx ON trakt_import (user_id, trakt_list);
CREATE INDEX trakt_import_list_idx ON trakt_import (list_id);
CREATE INDEX trakt_import_finished_at_idx ON trakt_import (finished_at) WHERE finished_at IS NOT NULL;
