"""The copy that a wallet receives: the record of a certificate that was issued and logged, bound to the wallet's key.

The document, its days and its place in the status lists are those of the record; only the format and the holder are new. Every
copy is checked as a verifier would check it before it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from credentials import rdf
from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.keys import Signer
from credentials.mdoc import Validity, issue_mdoc
from credentials.parsing import parse_json
from credentials.sd_jwt_vc import NOT_SELECTIVE, claims_of_credential, issue_sd_jwt_vc
from credentials.securing import VC, SecuringOptions, secure
from credentials.vc_jwt import VC_JWT
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.certified_keys import certified_signer, check_in_force, check_not_stolen
from issuer_api.copies import CopyPlace, take_places
from issuer_api.issuing import Entry, find_issued
from issuer_api.keys import check_still_signs, signing_key
from issuer_api.openid.configurations import LDP_VC, MSO_MDOC, NAMESPACE, SD_JWT_VC, Configuration
from issuer_api.openid.key_proofs import Holder, key_of
from issuer_api.openid.service import OpenID
from issuer_api.organisations import public_keys
from issuer_api.service import CertifiedSigner, Issuer, Purpose
from issuer_api.standing import standings
from issuer_api.subjects import ERASED, open_document
from issuer_api.token_status import copies_url
from web.oauth_errors import OAuthError
from web.statements import Writing

SEEN_BY_ALL: Final = frozenset({"achievement", "volumeOfLearning", "sub", "iat"}) | NOT_SELECTIVE
"""Claims that every verifier sees: what the qualification is, and what shows that it holds. The holder may keep back all others.

The certificate's number (`jti`) is among those others: its copies would else have it in common.
"""
BESIDE: Final = frozenset({"iss", "vct", "iat", "nbf", "exp", "sub"})
"""Claims that are no elements of a mobile document: its security object says the same, or its certificate."""
WITH_PLACES: Final = (SD_JWT_VC, MSO_MDOC)
"""Formats whose copies have places of their own in the status lists; in the others the proof is over the certificate's."""
_CHECKS: Final = frozenset({"proof", "issuer-key", "schema"})


def held_out(openid: OpenID, slug: str, credential: str) -> Entry:
    """Return a certificate and its person; copies may leave once it is delivered, which means signed and logged.

    Raises:
        OAuthError: there is nothing to hand out any more: the person's data was erased, or the certificate was withdrawn.
    """
    row, subject = find_issued(openid.issuer, slug, credential)
    if row.state == ERASED or standings(openid.issuer, slug, (credential,))[credential] == "withdrawn":
        raise OAuthError("credential_request_denied", "this certificate is not handed out any more")
    return row, subject


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a copy is made for.

    Attributes:
        holder: the wallet's key.
        place: the copy's own in the status lists; None where it points to that of the certificate.
    """

    holder: Holder
    place: CopyPlace | None


def recipients(
    openid: OpenID, writing: Writing, slug: str, credential: str, configuration: Configuration, holders: tuple[Holder, ...]
) -> tuple[Recipient, ...]:
    """Return the recipients of copies, each with a place in the status lists where its format has one."""
    if configuration.format not in WITH_PLACES:
        return tuple(Recipient(holder, None) for holder in holders)
    places = take_places(openid.issuer, writing, slug, credential, len(holders))
    return tuple(map(Recipient, holders, places))


def copies(openid: OpenID, slug: str, entry: Entry, configuration: Configuration, made_for: tuple[Recipient, ...]) -> list[Any]:
    """Return one copy of a delivered certificate for each recipient, in the form that the credential response has it.

    Raises:
        NoSigningKeyError, KeyRetiredError, KeyCompromisedError: the key may not sign; nothing leaves.
        CertificateEndedError: its certificate is not in force; nothing leaves.
        VCError: a copy would not verify; nothing leaves.
    """
    issuer, (row, subject) = openid.issuer, entry
    document = parse_json(open_document(issuer, subject, row))
    record = {name: value for name, value in document.items() if name != "proof"}
    _check_named(record, [one.holder for one in made_for])
    certified = _certified(issuer, slug, configuration)
    if certified:
        check_in_force(certified, issuer.clock())
    signer = certified.signer if certified else signing_key(issuer, slug)
    x5c = certified.x5c if certified else ()
    made = [_secured(openid, slug, record, configuration, one, signer, x5c) for one in made_for]
    did, keys = public_keys(issuer, slug)
    options = VerificationOptions(
        now=issuer.clock(),
        fetcher=issuer.fetcher,
        canonicalize=rdf.canonicalize,
        checks=_CHECKS,
        known_keys={f"{did}#{fragment}": key for fragment, key in keys.items()},
    )
    for content in made:
        verify_credential(content, options).require()
    if certified:
        check_not_stolen(issuer, slug, certified.fragment)
    else:
        check_still_signs(issuer, slug, signer.verification_method.partition("#")[2])
    return [parse_json(content) if configuration.format == LDP_VC else content.decode() for content in made]


def _certified(issuer: Issuer, slug: str, configuration: Configuration) -> CertifiedSigner | None:
    """Return the certified key that signs copies of this configuration; None where the issuer's own key does."""
    if configuration.format == MSO_MDOC:
        found = certified_signer(issuer, slug, Purpose.MOBILE_DOCUMENTS)
        if found is None:
            raise OAuthError("credential_request_denied", "the issuer does not hand this out any more")
        return found
    return certified_signer(issuer, slug, Purpose.TOKENS) if configuration.format == SD_JWT_VC else None


def _check_named(record: Mapping[str, Any], holders: Sequence[Holder]) -> None:
    """Raise where the centre made the certificate out to one key, and another asks: whoever found the link has not the phone."""
    named = record["credentialSubject"].get("id")
    if named is not None and any(holder.key != key_of(named) for holder in holders):
        raise OAuthError("credential_request_denied", "this certificate is made out to another key; the centre can issue it anew")


def _secured(
    openid: OpenID,
    slug: str,
    record: Mapping[str, Any],
    configuration: Configuration,
    made_for: Recipient,
    signer: Signer,
    x5c: tuple[str, ...],
) -> bytes:
    issuer, holder = openid.issuer, made_for.holder
    if configuration.format == SD_JWT_VC:
        claims = claims_of_credential(_plain(record), vct=configuration.vct, issued_at=issuer.clock())
        claims["status"] = _status(issuer, slug, made_for.place)
        selective = [(name,) for name in claims if name not in SEEN_BY_ALL]
        return issue_sd_jwt_vc(claims, signer, entropy=issuer.randomness, selective=selective, holder=holder.key, x5c=x5c)
    if configuration.format == MSO_MDOC:
        return _mobile(openid, slug, record, configuration, made_for, signer, x5c)
    bound = {**record, "credentialSubject": {**record["credentialSubject"], "id": holder.did}}
    options = SecuringOptions(issuer.clock().replace(microsecond=0), canonicalize=issuer.canonicalize)
    return secure(bound, signer, VC if configuration.format == LDP_VC else VC_JWT, options)


def _status(issuer: Issuer, slug: str, place: CopyPlace | None) -> dict[str, Any]:
    assert place is not None  # noqa: S101  # `recipients` gave it one
    return {"status_list": {"idx": place.index, "uri": copies_url(issuer, slug, place.number)}}


def _mobile(
    openid: OpenID,
    slug: str,
    record: Mapping[str, Any],
    configuration: Configuration,
    made_for: Recipient,
    signer: Signer,
    x5c: tuple[str, ...],
) -> bytes:
    """Return a mobile document, from now on valid, as the credential response has it (OpenID4VCI 1.0 Appendix A.2.4)."""
    issuer = openid.issuer
    now = issuer.clock().replace(microsecond=0)
    claims = claims_of_credential(_plain(record), vct=configuration.doctype, issued_at=now)
    elements = {name: value for name, value in claims.items() if name not in BESIDE}
    content = issue_mdoc(
        configuration.doctype,
        {NAMESPACE: elements},
        signer,
        entropy=issuer.randomness,
        holder=made_for.holder.key,
        validity=Validity(now, now, datetime.fromtimestamp(claims["exp"], UTC)),
        x5c=x5c,
        status=_status(issuer, slug, made_for.place),
    )
    return b64url_encode(content).encode()


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with the person's names as plain claims, and without the words of JSON-LD that have no meaning there."""
    subject = {name: value for name, value in record["credentialSubject"].items() if name != "type"}
    names = [entry["@value"] for entry in subject["name"]]
    subject["name"] = names[0]
    if len(names) > 1:
        subject["native_name"] = names[1]
    return {**record, "credentialSubject": subject}


def problem_of(error: VCError) -> OAuthError:
    """Return what a wallet is told where a copy could not be made."""
    return OAuthError("credential_request_denied", f"the certificate could not be handed out: {error.detail}")


def new_name(openid: OpenID) -> str:
    """Return a random name of 128 bits, for what a wallet comes back to."""
    return b64url_encode(openid.issuer.randomness(16))
