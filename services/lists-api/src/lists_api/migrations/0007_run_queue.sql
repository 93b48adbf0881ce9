-- Sync runs wait in a queue, and workers carry them out. Those of before have succeeded.
ALTER TABLE sync_run
    ALTER COLUMN version DROP NOT NULL,
    ALTER COLUMN updated DROP NOT NULL,
    ALTER COLUMN removed DROP NOT NULL,
    ALTER COLUMN total DROP NOT NULL,
    ALTER COLUMN started_at DROP NOT NULL,
    ADD COLUMN created_at timestamptz,
    ADD COLUMN step text,
    ADD COLUMN percent smallint NOT NULL DEFAULT 100,
    ADD COLUMN is_full boolean,
    ADD COLUMN force_full boolean NOT NULL DEFAULT false,
    ADD COLUMN is_due boolean NOT NULL DEFAULT false,
    ADD COLUMN lease uuid,
    ADD COLUMN lease_until timestamptz,
    ADD COLUMN attempts smallint NOT NULL DEFAULT 0,
    ADD COLUMN error text,
    ADD CONSTRAINT sync_run_state_check CHECK (
        state IN ('queued', 'running', 'succeeded', 'no_candidates', 'held', 'rejected', 'cancelled', 'failed')),
    ADD CONSTRAINT sync_run_trigger_check CHECK (trigger IN ('manual', 'auto', 'watched_only')),
    ADD CONSTRAINT sync_run_percent_check CHECK (percent BETWEEN 0 AND 100),
    ADD CONSTRAINT sync_run_lease_check CHECK ((state = 'running') = (lease IS NOT NULL AND lease_until IS NOT NULL));
UPDATE sync_run SET created_at = started_at;
ALTER TABLE sync_run ALTER COLUMN created_at SET NOT NULL, ALTER COLUMN percent DROP DEFAULT;
COMMENT ON COLUMN sync_run.version IS 'the version that the run left; null: it changed nothing';
COMMENT ON COLUMN sync_run.is_full IS 'whether it ranked everything anew; null: not decided, or it ranked nothing';
COMMENT ON COLUMN sync_run.is_due IS 'the list was due when the run was queued, or fell due while it waited';
COMMENT ON COLUMN sync_run.lease IS 'of the worker that carries it out; another one takes it after lease_until';
-- A list has one run at a time, and one that waits for its owner.
CREATE UNIQUE INDEX sync_run_unfinished_key ON sync_run (list_id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX sync_run_held_key ON sync_run (list_id) WHERE state = 'held';
CREATE INDEX sync_run_queue_idx ON sync_run (created_at) WHERE state IN ('queued', 'running');
CREATE INDEX sync_run_list_idx ON sync_run (list_id, created_at DESC);
CREATE INDEX sync_run_finished_at_idx ON sync_run (finished_at);
DROP INDEX sync_run_started_at_idx;

ALTER TABLE list
    ADD COLUMN run_failures integer NOT NULL DEFAULT 0,
    ADD COLUMN run_revision integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN list.run_failures IS 'runs that failed, one after the other';
COMMENT ON COLUMN list.run_revision IS 'counts what runs do to the status; entity tags are made with it';
