"""Postgres: pool, migrations, connections of their own, LISTEN and NOTIFY."""
