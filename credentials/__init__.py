"""Verifiable credentials: data model, canonical forms, proofs, identifiers, status, verification.

Pure and synchronous: time, the outside and randomness are arguments. Start with `credentials.verify.verify_credential` to check,
and `credentials.securing.secure` to secure. What is supported stands in tables: `keys.ALGORITHMS`,
`data_integrity.CRYPTOSUITES`, `securing.SECURING_MECHANISMS`, `dids.DID_METHODS`, `status.STATUS_TYPES`, `verify.CHECKS`.
"""
