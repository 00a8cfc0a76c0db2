"""The database schema, step by step (Alembic). `comity init` brings a database to the newest step; `serve` only checks."""
