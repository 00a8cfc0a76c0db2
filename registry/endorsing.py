"""A party's endorsement of one award: how several states certify what one of them awarded.

An authority signs it with its own key and DID, which the lists name, in the form of Open Badges 3.0. It is bound to the award by
its digest. What is issued is what `trust.endorsements` counts: it is checked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import schemas
from credentials.data_integrity import add_proof_set
from credentials.errors import MalformedValueError
from credentials.fetching import NoNetwork
from credentials.model import parse_credential
from credentials.schema import check_schemas
from credentials.verify import CHECKS, VerificationOptions, VerificationResult, verify_credential
from registry.deciding import Signing, key_in_use, whole_second
from trust.bundle import Bundle
from trust.decisions import digest_multibase
from trust.endorsements import co_certification, may_certify
from trust.keys import ListedKey
from trust.recognition import Dossier
from trust.records import Authority

NOT_COUNTED: Final = (
    "this would not be counted: an award is endorsed by another party than the one that made it, when the centre was approved for "
    "it and neither state has stopped it"
)


def issue_endorsement(
    award: Mapping[str, Any],
    authority_id: str,
    bundle: Bundle,
    signing: Signing,
    comment: str = "",
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an authority's endorsement of an award.

    Args:
        award: the secured award, exactly as received.
        authority_id: who endorses; the lists name its DID and keys.
        bundle: the lists in force.
        signing: keys, outside, clock, ids.
        comment: what the authority says of it, in words; may be empty.
        status: the entry by which it can be withdrawn; None for one that cannot.

    Raises:
        MalformedValueError: the lists know no such authority that signs, or the endorsement would not be counted.
        VCError: the award is not genuine or not valid.
    """
    options = VerificationOptions(
        now=signing.now,
        fetcher=signing.fetcher,
        known_keys=bundle.listed_keys(),
        status_authorities=bundle.status_authorities,
        is_stolen=bundle.is_stolen,
    )
    return endorse_verified(verify_credential(award, options), authority_id, bundle, signing, comment, status)


def endorse_verified(
    main: VerificationResult,
    authority_id: str,
    bundle: Bundle,
    signing: Signing,
    comment: str = "",
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an authority's endorsement of an award that was verified before; nothing is fetched.

    Raises:
        MalformedValueError, VCError: as `issue_endorsement`.
    """
    authority, key, document = _drafted(main, authority_id, bundle, signing, comment)
    document |= {"credentialStatus": dict(status)} if status else {}
    method = authority.did + key.id
    secured = add_proof_set(document, signing.keys.signer(method), created=signing.now)
    options = VerificationOptions(
        now=signing.now,
        fetcher=NoNetwork(),
        known_keys={method: key.public_key},
        checks=frozenset(CHECKS) - {"status"},  # nobody has withdrawn what is issued now
    )
    result = verify_credential(secured, options)
    result.require()
    found = co_certification(Dossier(main, (result,)), signing.now, bundle=bundle, now=signing.now)
    if found is None or authority.state not in found.certified[1:]:
        raise MalformedValueError(NOT_COUNTED)
    return secured


def check_endorsement(main: VerificationResult, authority_id: str, bundle: Bundle, signing: Signing, comment: str = "") -> None:
    """Raise where `endorse_verified` would, before anybody is asked to approve it; nothing is signed.

    Raises:
        MalformedValueError, VCError: as `issue_endorsement`.
    """
    authority, _, _ = _drafted(main, authority_id, bundle, signing, comment)
    if not may_certify(main, authority.state, signing.now, bundle=bundle, now=signing.now):
        raise MalformedValueError(NOT_COUNTED)


def _drafted(
    main: VerificationResult, authority_id: str, bundle: Bundle, signing: Signing, comment: str
) -> tuple[Authority, ListedKey, dict[str, Any]]:
    authority = bundle.authorities.get(authority_id)
    if authority is None or not authority.did:
        raise MalformedValueError(f"the lists name no authority {authority_id!r} that signs", pointer="/authority")
    document = _document(main.require().document, authority, signing, comment)
    check_schemas(parse_credential(document))
    return authority, key_in_use(authority, signing.now), document


def _document(award: Mapping[str, Any], authority: Authority, signing: Signing, comment: str) -> dict[str, Any]:
    name = authority.names.get("en") or next(iter(authority.names.values()))
    if not isinstance(award.get("id"), str):
        raise MalformedValueError("an award without an id cannot be endorsed", pointer="/id")
    subject = {"id": award["id"], "type": ["EndorsementSubject"], "digestMultibase": digest_multibase(award)}
    return {
        "@context": [schemas.CREDENTIALS_V2, schemas.OPEN_BADGES_CONTEXT],
        "id": f"urn:uuid:{signing.new_id()}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement of an award",
        "issuer": {"id": authority.did, "type": ["Profile"], "name": name},
        "validFrom": whole_second(signing.now),
        "credentialSubject": {**subject, **({"endorsementComment": comment} if comment else {})},
        "credentialSchema": {"id": schemas.ENDORSEMENT_SCHEMA, "type": "JsonSchema"},
    }
