-- How far the watched history of the account was read: mirroring/history.py. NULL: not at all.
ALTER TABLE account ADD COLUMN watched jsonb;
