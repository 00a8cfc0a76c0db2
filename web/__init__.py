"""The shared edge: pages and languages, problem documents, the guarded fetcher, the database, sealing, codes, sign-in."""
