"""Offers: a certificate held out to a wallet, in a link or a code (OpenID4VCI 1.0 §4).

An offer is known by a random name, of which only the hash is stored. Its code is a keyed hash of the name, so that whoever follows
the link gets the code, and whoever reads the tables does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote

from issuer_api.documents import Award
from issuer_api.errors import ErasedError, InvalidRecordError, UnknownThingError
from issuer_api.history import note_in
from issuer_api.issuing import find_issued, issue
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.openid.configurations import Configuration, configurations
from issuer_api.openid.metadata import AUTHORIZATION_CODE, PRE_AUTHORIZED
from issuer_api.openid.service import OpenID, hash_of, turn_of
from issuer_api.openid.tables import OpenIDOffer
from issuer_api.planning import Request
from issuer_api.programmes import course_start
from issuer_api.subjects import ERASED
from web.statements import inserted

LASTS: Final = timedelta(hours=24)
TX_DIGITS: Final = 6
GRANTS: Final = ("pre-authorized_code", "authorization_code")
_TX_CODE: Final = {"input_mode": "numeric", "length": TX_DIGITS}
_MAX_NUMBER: Final = 40
_MAX_NAMES: Final = 5
_ADD: Final = inserted(OpenIDOffer)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that was just made; nothing of it can be read back.

    Attributes:
        by_value: the link that holds the whole offer.
        by_reference: the link that says where the offer is; short enough for a code that every camera reads.
        content: the offer itself, as who follows `by_reference` gets it.
        tx_code: the number that the worker types into the wallet, told by another way; empty where none is asked for.
    """

    by_value: str
    by_reference: str
    content: Mapping[str, Any] = field(repr=False)
    tx_code: str = field(repr=False, default="")


def make_offer(
    openid: OpenID, slug: str, configuration_id: str, credential: str | None, *, grant: str, tx_code: bool, by: str
) -> Offer:
    """Hold out a certificate to a wallet.

    Args:
        openid: the service.
        slug: the issuer.
        configuration_id: in what form.
        credential: id of the certificate; None where the sign-in says which.
        grant: of `GRANTS`.
        tx_code: whether the wallet must also be given a number that goes another way.
        by: who offers.

    Raises:
        UnknownThingError: no such issuer, configuration or certificate.
        InvalidRecordError: the certificate is of another programme, or the grant is none.
    """
    found = _checked(openid, slug, configuration_id, credential, grant)
    issuer, name = openid.issuer, openid.new_secret()
    code = _code(openid, name)
    digits = f"{int.from_bytes(issuer.randomness(8), 'big') % 10**TX_DIGITS:0{TX_DIGITS}}" if tx_code else ""
    with issuer.database.writing(turn_of(slug)) as writing:
        openid.sweep(writing)
        writing.run(
            _ADD,
            id_hash=hash_of(name),
            organisation=slug,
            configuration=found.id,
            credential=credential,
            grant=grant,
            code_hash=hash_of(code),
            tx_hash=tx_hash(openid, code, digits) if digits else None,
            tries=0,
            used_at=None,
            expires_at=issuer.clock() + LASTS,
        )
        note_in(issuer, writing, slug, by, "certificate-offered", credential or found.programme)
    content = _content(openid, slug, found.id, grant, code, asks_tx=bool(digits))
    reference = f"{openid.url(slug)}/credential-offer/{name}"
    return Offer(
        f"openid-credential-offer://?credential_offer={quote(json.dumps(content, separators=(',', ':')), safe='')}",
        f"openid-credential-offer://?credential_offer_uri={quote(reference, safe='')}",
        content,
        digits,
    )


def _checked(openid: OpenID, slug: str, configuration_id: str, credential: str | None, grant: str) -> Configuration:
    found = configurations(openid, slug).get(configuration_id)
    if found is None:
        raise UnknownThingError(f"{slug} hands out no {configuration_id[:80]!r}", pointer="/credential_configuration_id")
    if grant not in GRANTS:
        raise InvalidRecordError(f"grant is one of: {', '.join(GRANTS)}", pointer="/grant")
    if credential is None and grant == GRANTS[0]:
        raise InvalidRecordError("say which certificate: credential_id or claims", pointer="/credential_id")
    if credential is not None:
        row, _ = find_issued(openid.issuer, slug, credential)
        if row.state == ERASED:
            raise ErasedError("this person's data was erased")
        if row.programme != found.programme:
            raise InvalidRecordError("the certificate is of another programme", pointer="/credential_configuration_id")
    return found


def _code(openid: OpenID, name: str) -> str:
    """Return the code, or the `issuer_state`, of the offer of a name."""
    return openid.issuer.sealer.keyed_hash(f"offer code\n{name}").hex()


def tx_hash(openid: OpenID, code: str, digits: str) -> str:
    """Return what is stored of the transaction code that belongs to a code: keyed, because six digits can be guessed."""
    return openid.issuer.sealer.keyed_hash(f"tx code {code}\n{digits}").hex()


def _content(openid: OpenID, slug: str, configuration: str, grant: str, code: str, *, asks_tx: bool) -> dict[str, Any]:
    if grant == GRANTS[1]:
        grants: dict[str, Any] = {AUTHORIZATION_CODE: {"issuer_state": code}}
    else:
        grants = {PRE_AUTHORIZED: {"pre-authorized_code": code} | ({"tx_code": _TX_CODE} if asks_tx else {})}
    return {"credential_issuer": openid.url(slug), "credential_configuration_ids": [configuration], "grants": grants}


def offer_content(openid: OpenID, slug: str, name: str) -> dict[str, Any]:
    """Return the offer behind a link, as long as it is open.

    Raises:
        UnknownThingError: there is none, or it was taken, or it has run out.
    """
    with openid.issuer.database.session() as session:
        row = session.get(OpenIDOffer, hash_of(name))
    if row is None or row.organisation != slug or row.used_at is not None or row.expires_at <= openid.issuer.clock():
        raise UnknownThingError("there is no such offer, or it was taken or has run out")
    return _content(openid, slug, row.configuration, row.grant, _code(openid, name), asks_tx=row.tx_hash is not None)


def issue_claims(openid: OpenID, slug: str, configuration_id: str, claims: Mapping[str, Any], key: str, *, by: str) -> str:
    """Issue a certificate for what is said of a person, and return its id; it goes through every issuing step.

    Args:
        openid: the service.
        slug: the issuer.
        configuration_id: of a training programme.
        claims: `name` (a text, or up to five), and perhaps `awarded_on` and `number`.
        key: idempotency key.
        by: who asks.

    Raises:
        UnknownThingError: no such issuer or configuration.
        InvalidRecordError: a claim that is missing, unknown or not as it must be.
        VCError: as `issuer_api.issuing.issue`.
    """
    found = configurations(openid, slug).get(configuration_id)
    if found is None or found.course["kind"] != "training":
        raise UnknownThingError(f"{slug} has no training {configuration_id[:80]!r}", pointer="/credential_configuration_id")
    unknown = sorted(set(claims) - {"name", "awarded_on", "number"})
    if unknown:
        raise InvalidRecordError(f"claims are name, awarded_on and number, not {unknown[0][:40]}", pointer="/claims")
    awarded = _day(claims.get("awarded_on", openid.issuer.clock().date().isoformat()))
    number = claims.get("number", f"{found.course['number']}-{awarded.year}-{hash_of(key)[:8].upper()}")
    if not isinstance(number, str) or text_problem(number, _MAX_NUMBER):
        raise InvalidRecordError(f"number is a text of at most {_MAX_NUMBER} letters", pointer="/claims/number")
    award = Award(_names(claims.get("name")), awarded, number, course_start(found.course))
    return issue(openid.issuer, slug, Request(found.programme, award, f"offer {key}"), by=by).id


def _names(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    names = tuple(tidy(name) for name in listed if isinstance(name, str))
    if not 1 <= len(listed) <= _MAX_NAMES or len(names) != len(listed) or any(map(name_problem, names)):
        raise InvalidRecordError("name is a name, or a list of up to five", pointer="/claims/name")
    return names


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidRecordError("awarded_on is a day such as 2026-11-13", pointer="/claims/awarded_on") from error
