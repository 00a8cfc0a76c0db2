"""The pages of an authority, one module a room: what a person of a state sees and does at the state's desk.

    home          what waits
    applications  a centre asks to be approved: question, answer, yes or no
    centres       approve, narrow, end, renew, suspend, lift
    rules         what the state recognises, as a form, tried before it is signed
    cases         a person asks for a decision, and gets it as a certificate
    changes       the second person
    lists         what goes out, and who signs it where

`office` is what every room begins with: who asks, for which state, and the lists as they will be published next.
"""
