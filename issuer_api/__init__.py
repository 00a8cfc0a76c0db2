"""The training centre's house: programmes, classes, issuing, status, paper. Employers who attest work are issuers too.

Many issuers share a deployment and see nothing of one another: every function takes the issuer's slug, and every query carries it.
"""
