-- The titles that a run which waits for its owner would take off the list, and would put on it.
CREATE TABLE held_title (
    run_id uuid NOT NULL,
    change text NOT NULL,
    place integer NOT NULL,
    media_type text NOT NULL,
    trakt bigint,
    tmdb bigint,
    imdb text,
    CONSTRAINT held_title_pkey PRIMARY KEY (run_id, change, place),
    CONSTRAINT held_title_run_fkey FOREIGN KEY (run_id) REFERENCES sync_run (run_id) ON DELETE CASCADE,
    CONSTRAINT held_title_change_check CHECK (change IN ('leaves', 'comes'))
);
