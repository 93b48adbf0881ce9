"""PostgreSQL servers: their binaries, their configuration, their life."""
