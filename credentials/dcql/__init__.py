"""Digital Credentials Query Language (OpenID4VP 1.0 §6, §7): what a verifier asks for, and what answers it.

parse_query     JSON to `Query`, bounded, every error with a pointer
matches         which of a wallet's credentials answer which query, and whether all that is needed is there
check_answer    the same from the verifier's side: raises unless what was presented is what was asked for
"""

from credentials.dcql.answering import AnswerError, Excess, check_answer, excess
from credentials.dcql.matching import Candidate, Matches, Selection, matches, select_claims
from credentials.dcql.paths import PathError, at_path, parse_path
from credentials.dcql.query import (
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
    Query,
    TrustedAuthority,
    parse_query,
)

__all__ = [
    "AnswerError",
    "Candidate",
    "ClaimQuery",
    "CredentialQuery",
    "CredentialSet",
    "Excess",
    "Matches",
    "PathError",
    "Query",
    "Selection",
    "TrustedAuthority",
    "at_path",
    "check_answer",
    "excess",
    "matches",
    "parse_path",
    "parse_query",
    "select_claims",
]
