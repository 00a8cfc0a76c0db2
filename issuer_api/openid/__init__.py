"""OpenID for Verifiable Credential Issuance 1.0: each issuer of the house, as an issuer for wallets of any maker.

The house is its own authorization server. What a wallet receives is a copy of a certificate that went through the issuing steps
and so is in the issuance log: the same record, in the format that was asked for, bound to the wallet's key.

    configurations   what can be asked for: a programme in a format
    metadata         what wallets read first
    offers           a certificate held out to a wallet
    authorization    pushed requests, sign-in, consent, codes
    access           codes to tokens, tokens to what they open; DPoP
    key_proofs       the wallet shows its keys
    releasing        the copy itself
    credential       the credential, deferred and notification endpoints
"""
