-- Tables are named in the singular, as in every service.
ALTER TABLE lists RENAME TO list;
ALTER TABLE list RENAME CONSTRAINT lists_pkey TO list_pkey;
ALTER TABLE list RENAME CONSTRAINT lists_list_type_check TO list_list_type_check;
ALTER TABLE list RENAME CONSTRAINT lists_version_check TO list_version_check;
ALTER INDEX lists_user_idx RENAME TO list_user_idx;
ALTER INDEX lists_tombstone_idx RENAME TO list_tombstone_idx;
ALTER SEQUENCE lists_list_id_seq RENAME TO list_list_id_seq;

ALTER TABLE list_items RENAME TO list_item;
ALTER TABLE list_item RENAME CONSTRAINT list_items_pkey TO list_item_pkey;
ALTER TABLE list_item RENAME CONSTRAINT list_items_list_fkey TO list_item_list_fkey;
ALTER TABLE list_item RENAME CONSTRAINT list_items_media_type_check TO list_item_media_type_check;
ALTER TABLE list_item RENAME CONSTRAINT list_items_id_check TO list_item_id_check;
ALTER INDEX list_items_trakt_key RENAME TO list_item_trakt_key;
ALTER INDEX list_items_tmdb_key RENAME TO list_item_tmdb_key;
ALTER INDEX list_items_imdb_key RENAME TO list_item_imdb_key;

ALTER TABLE mirrors RENAME TO mirror;
ALTER TABLE mirror RENAME CONSTRAINT mirrors_pkey TO mirror_pkey;
ALTER TABLE mirror RENAME CONSTRAINT mirrors_trakt_list_id_key TO mirror_trakt_list_id_key;
ALTER TABLE mirror RENAME CONSTRAINT mirrors_list_fkey TO mirror_list_fkey;
ALTER TABLE mirror RENAME CONSTRAINT mirrors_state_check TO mirror_state_check;

ALTER TABLE sync_runs RENAME TO sync_run;
ALTER TABLE sync_run RENAME CONSTRAINT sync_runs_pkey TO sync_run_pkey;
ALTER TABLE sync_run RENAME CONSTRAINT sync_runs_list_version_key TO sync_run_list_version_key;
ALTER TABLE sync_run RENAME CONSTRAINT sync_runs_list_fkey TO sync_run_list_fkey;
ALTER INDEX sync_runs_started_at_idx RENAME TO sync_run_started_at_idx;

ALTER TABLE idempotency_keys RENAME TO idempotency_key;
ALTER TABLE idempotency_key RENAME COLUMN answer TO response;
ALTER TABLE idempotency_key RENAME CONSTRAINT idempotency_keys_pkey TO idempotency_key_pkey;
ALTER INDEX idempotency_keys_created_at_idx RENAME TO idempotency_key_created_at_idx;

ALTER TABLE trakt_accounts RENAME TO trakt_account;
ALTER TABLE trakt_account RENAME CONSTRAINT trakt_accounts_pkey TO trakt_account_pkey;
ALTER TABLE trakt_account RENAME CONSTRAINT trakt_accounts_state_check TO trakt_account_state_check;
