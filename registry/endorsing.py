"""A party's endorsement of one award: how several states certify what one of them awarded.

An authority signs it with its own key and DID, which the lists name, in the form of Open Badges 3.0. It is bound to the award by
its digest. What is issued is what `trust.endorsements` counts: it is checked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemas
from credentials.data_integrity import add_proof_set
from credentials.errors import MalformedValueError
from credentials.model import parse_credential
from credentials.schema import check_schemas
from credentials.verify import VerificationOptions, verify_credential
from registry.deciding import Signing, key_in_use, whole_second
from trust.bundle import Bundle
from trust.decisions import digest_multibase
from trust.endorsements import co_certification
from trust.recognition import Dossier
from trust.records import Authority


def issue_endorsement(
    award: Mapping[str, Any], authority_id: str, bundle: Bundle, signing: Signing, comment: str = ""
) -> dict[str, Any]:
    """Return an authority's endorsement of an award.

    Args:
        award: the secured award, exactly as received.
        authority_id: who endorses; the lists name its DID and keys.
        bundle: the lists in force.
        signing: keys, outside, clock, ids.
        comment: what the authority says of it, in words; may be empty.

    Raises:
        MalformedValueError: the lists know no such authority that signs, or the endorsement would not be counted.
        VCError: the award is not genuine or not valid.
    """
    authority = bundle.authorities.get(authority_id)
    if authority is None or not authority.did:
        raise MalformedValueError(f"the lists name no authority {authority_id!r} that signs", pointer="/authority")
    options = VerificationOptions(now=signing.now, fetcher=signing.fetcher, known_keys=bundle.listed_keys())
    main = verify_credential(award, options)
    main.require()
    document = _document(award, authority, signing, comment)
    check_schemas(parse_credential(document))
    method = authority.did + key_in_use(authority, signing.now).id
    secured = add_proof_set(document, signing.keys.signer(method), created=signing.now)
    result = verify_credential(secured, options)
    result.require()
    found = co_certification(Dossier(main, (result,)), signing.now, bundle=bundle, now=signing.now)
    if found is None or authority.state not in found.certified[1:]:
        raise MalformedValueError(
            "this would not be counted: an award is endorsed by another party than the one that made it, when the centre was "
            "approved for it and neither state has stopped it"
        )
    return secured


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
