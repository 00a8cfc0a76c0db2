"""Which tests stage each line of the OpenID Foundation's conformance modules: none may go without being missed here."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
_ISSUES, _ATTESTS = "issuer_api/openid/test_credentials.py::TestChecklist::", "issuer_api/openid/test_attestations.py::"
_HOLDS = f"{_ATTESTS}test_what_does_not_hold_is_refused"
_AUTHORIZES = "issuer_api/openid/test_authorization.py::"
_ASKS, _MOBILE = "verifier/openid/test_conformance.py::", "verifier/openid/test_mobile.py::"
_SHOWS, _TAKES = "client/test_presenting.py::TestChecklist::", "client/test_taking.py::TestChecklist::"
ISSUER: Final[Mapping[str, tuple[str, ...]]] = {
    "metadata": (f"{_ISSUES}test_metadata",),
    "signed metadata": (f"{_ISSUES}test_signed_metadata",),
    "happy flow: PAR, PKCE": (
        f"{_AUTHORIZES}test_scope_code_token_copy",
        "issuer_api/openid/test_independent_wallet.py::test_authorization_code_with_par_pkce_and_iss",
    ),
    "happy flow: DPoP, nonce": (f"{_ISSUES}test_happy_flow_with_dpop_and_nonce",),
    "two clients": (f"{_ISSUES}test_two_clients",),
    "additional requests, skipped notification": (f"{_ISSUES}test_additional_requests_and_skipped_notification",),
    "batch": (f"{_ISSUES}test_e14_batch_of_distinct_keys_is_the_same_dataset_and_never_more_than_proofs",),
    "refuse a bad proof signature": (f"{_ISSUES}test_bad_proof_signature",),
    "refuse a missing proof": (f"{_ISSUES}test_missing_proof",),
    "refuse a bad key attestation": (f"{_ATTESTS}test_g7_key_attestation",),
    "refuse a stale nonce": (f"{_ISSUES}test_stale_nonce",),
    "refuse an unknown configuration or identifier": (f"{_ISSUES}test_unknown_configuration_and_identifier",),
    "refuse an unsupported encryption": (f"{_ISSUES}test_unsupported_encryption",),
    "refuse an access token in the query": (f"{_ISSUES}test_access_token_in_query",),
    "refuse an attestation that has expired": (f"{_HOLDS}[attestation expired]",),
    "refuse an attestation without sub": (f"{_HOLDS}[no sub]",),
    "refuse an attestation with a bad signature": (f"{_HOLDS}[bad signature of the attestation]",),
    "refuse a proof of possession with another aud": (f"{_HOLDS}[PoP with wrong aud]",),
    "refuse a proof of possession with a bad signature": (
        f"{_ATTESTS}test_pop_with_bad_signature_missing_halves_and_a_foreign_challenge",
    ),
    "refuse a proof of possession by another key": (f"{_HOLDS}[key mismatch]",),
}
VERIFIER: Final[Mapping[str, tuple[str, ...]]] = {
    "happy flow": (
        f"{_ASKS}test_happy_flow",
        f"{_MOBILE}test_a_mobile_document_is_accepted_and_no_more_of_it_is_kept_than_was_asked_for",
    ),
    "refuse a bad issuer signature": (f"{_ASKS}test_refuse_a_bad_issuer_signature",),
    "refuse another aud of the KB-JWT": (f"{_ASKS}test_refuse_a_key_binding_for_another_audience",),
    "refuse another nonce of the KB-JWT": (f"{_ASKS}test_refuse_a_key_binding_for_another_nonce",),
    "refuse a bad signature of the KB-JWT": (f"{_ASKS}test_refuse_a_key_binding_by_another_key",),
    "refuse another sd_hash": (f"{_ASKS}test_refuse_a_key_binding_over_other_disclosures",),
    "refuse an iat of a year ago": (f"{_ASKS}test_refuse_a_key_binding_of_a_year_ago",),
    "refuse an iat of the future": (f"{_ASKS}test_refuse_a_key_binding_of_next_year",),
    "refuse another session transcript of a mobile document": (f"{_MOBILE}test_what_was_signed_for_another_session_is_refused",),
    "accept a minimal cnf.jwk": (f"{_ASKS}test_accept_a_minimal_confirmation_key",),
    "serve request_uri twice": (f"{_ASKS}test_serve_the_request_twice",),
    "request_uri by POST": (f"{_ASKS}test_serve_the_request_to_a_post_with_the_nonce_of_the_wallet",),
}
WALLET: Final[Mapping[str, tuple[str, ...]]] = {
    "ignore unusable encryption keys": (f"{_SHOWS}test_unusable_encryption_keys_are_passed_over",),
    "ignore a mismatching iss": (f"{_SHOWS}test_a_mismatching_iss_is_ignored",),
    "a query without claims discloses nothing": (f"{_SHOWS}test_a_query_without_claims_discloses_nothing",),
    "optional and required credential_sets": (f"{_SHOWS}test_a_required_credential_set_must_be_met_and_an_optional_one_may",),
    "refuse a bad request signature": (f"{_SHOWS}test_a_bad_request_signature_is_refused",),
    "refuse a mismatched client_id": (f"{_SHOWS}test_a_mismatched_client_id_is_refused",),
    "refuse an unknown prefix": (f"{_SHOWS}test_an_unknown_prefix_is_refused",),
    "refuse a missing nonce": (f"{_SHOWS}test_a_missing_nonce_is_refused",),
    "refuse redirect_uri with direct_post": (f"{_SHOWS}test_redirect_uri_with_direct_post_is_refused",),
    "refuse another response_uri than an unsigned client_id": (
        f"{_SHOWS}test_a_response_uri_other_than_the_unsigned_client_id_is_refused",
    ),
    "refuse an unknown transaction_data type": (f"{_SHOWS}test_an_unknown_transaction_data_type_is_refused",),
    "refuse wrong expected_origins": (f"{_SHOWS}test_what_is_for_the_browsers_api_is_refused_whatever_its_expected_origins",),
    "multi-signed requests": (f"{_SHOWS}test_what_several_signed_is_refused_as_it_belongs_to_the_browsers_api",),
    "batch": (f"{_TAKES}test_a_batch_is_asked_for_with_a_key_for_each_copy",),
    "notification": (f"{_TAKES}test_the_issuer_is_notified",),
    "attestation challenge": (f"{_TAKES}test_a_server_that_takes_attested_wallets_alone_is_left_before_its_code_is_used",),
}
PLACES: Final = tuple(chain.from_iterable(chain(ISSUER.values(), VERIFIER.values(), WALLET.values())))


def _functions(file: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}::{inner.name}", inner) for inner in node.body if isinstance(inner, ast.FunctionDef))


@pytest.mark.parametrize("place", PLACES)
def test_a_line_is_staged(place: str) -> None:
    file, _, rest = place.partition("::")
    name, _, case = rest.partition("[")
    functions = dict(_functions(TESTS / file))
    assert name in functions
    named = {node.value for one in functions[name].decorator_list for node in ast.walk(one) if isinstance(node, ast.Constant)}
    assert not case or case.removesuffix("]") in named


def test_as_many_lines_as_the_checklists_have() -> None:
    assert (len(ISSUER), len(VERIFIER), len(WALLET)) == (20, 12, 16)
    assert len(set(PLACES)) == len(PLACES)
