"""Certificates asked from a wallet: the verifier of OpenID for Verifiable Presentations 1.0.

identity          in whose name a wallet is asked
asking            what is asked, bounded, and what the HAIP profile forbids
requests          the row of a request: made, fetched as often as a wallet likes, answered once
request_objects   the request as wallets read it: by reference and signed, by value, or for the browser's Digital Credentials API
responses         what a wallet posts, opened
presented         one presentation, verified in its own format
judging           the answer as a whole: what was asked for, report and recognition
routes, pages     the addresses
"""
