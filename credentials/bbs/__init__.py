"""BBS signatures (CFRG BBS, Blind BBS, BBS per verifier linkability): sign many messages at once, disclose some of them unlinkably.

* `ciphersuites`: the two ciphersuites, hashing to scalars, generators.
* `keys`: secret and public keys.
* `core`: the algebra, on scalars.
* `basic`: sign, verify, prove, verify a proof.
* `blind`: the same over messages that the signer does not see.
* `pseudonym`: the same with a name for each verifier that nobody can link.

Randomness is a parameter everywhere. Whatever fails raises; nothing returns a truth value that could be overlooked.
"""
