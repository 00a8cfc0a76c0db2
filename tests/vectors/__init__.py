"""The house's own vectors: for every row of every table, what it accepts and what it refuses, and with which problem type.

`house/*.json` are written by `python -m tests.vectors.making` with fixed keys and dates; `trying` says what a case means.
A case is `{"case", "table", "row", "expect": "ok" | problem type, "given": {…}}`; bytes are base64url.
"""
