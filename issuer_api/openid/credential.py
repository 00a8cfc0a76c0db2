"""The endpoints behind an access token: credential, deferred credential, notification (OpenID4VCI 1.0 §8, §9, §11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlmodel import col

from credentials.errors import VCError
from credentials.keys import ALGORITHMS
from issuer_api.handovers import CLAIMED, record_handovers
from issuer_api.history import note_in
from issuer_api.issuing import Entry
from issuer_api.openid.configurations import MSO_MDOC, Configuration, configurations
from issuer_api.openid.dpop import Asked
from issuer_api.openid.encryption import wanted_of
from issuer_api.openid.grants import Grant
from issuer_api.openid.key_proofs import Holder, Shown, check_key_proofs
from issuer_api.openid.nonces import end_of, spend
from issuer_api.openid.releasing import Recipient, copies, held_out, new_name, problem_of, recipients
from issuer_api.openid.service import OpenID, hash_of, turn_of
from issuer_api.openid.tables import OpenIDDeferral, OpenIDNotification
from issuer_api.openid.tokens import access, identifier_of
from web.oauth_errors import OAuthError
from web.statements import Statement, Writing, inserted

EVENTS: Final = ("credential_accepted", "credential_failure", "credential_deleted")
INTERVAL: Final = 2
"""Seconds after which a wallet asks again."""
_KEPT: Final = timedelta(days=90)
_MAX_NAME: Final = 200
_BY: Final = "wallet"
_ADD_NOTIFICATION: Final = inserted(OpenIDNotification)
_ADD_DEFERRAL: Final = inserted(OpenIDDeferral)
_TAKE_DEFERRAL: Final = Statement(
    update(OpenIDDeferral)
    .where(col(OpenIDDeferral.id_hash) == bindparam("which"), col(OpenIDDeferral.used_at).is_(None))
    .values(used_at=bindparam("now"))
)
Answered = tuple[dict[str, Any], int]
"""A response and its HTTP status."""


def credential(openid: OpenID, slug: str, body: Mapping[str, Any], asked: Asked) -> Answered:
    """Return the copies that a wallet asks for, or a name under which they can be had later.

    Raises:
        AccessError: the access token does not hold.
        OAuthError: as OpenID4VCI 1.0 §8.3.1 names it.
    """
    who = access(openid, slug, asked)
    found = _configuration(openid, slug, who.grant, body)
    wanted_of(body)
    algorithms = found.proof_algorithms if found.format == MSO_MDOC else ALGORITHMS
    shown = check_key_proofs(openid, slug, body, who.grant.client_id, compat=openid.is_compat(found.id), algorithms=algorithms)
    entry = held_out(openid, slug, who.grant.credential)
    ready = not openid.is_deferred(found.id)
    name = new_name(openid)
    made_for: tuple[Recipient, ...] = ()
    with openid.issuer.database.writing(turn_of(slug)) as writing:
        who.spend(openid, writing)
        _spend_nonces(writing, shown)
        _note(openid, writing, slug, who.grant, name if ready else None)
        if ready:
            made_for = recipients(openid, writing, slug, entry[0].id, found, shown.holders)
        else:
            _defer(openid, writing, who.grant, found, shown.holders, name)
    if not ready:
        return {"transaction_id": name, "interval": INTERVAL}, 202
    return {"credentials": _copies(openid, slug, entry, found, made_for), "notification_id": name}, 200


def _configuration(openid: OpenID, slug: str, grant: Grant, body: Mapping[str, Any]) -> Configuration:
    """Return what is asked for, by the one member that the token response said is used."""
    by_id, by_configuration = body.get("credential_identifier"), body.get("credential_configuration_id")
    if (by_id is None) == (by_configuration is None):
        raise OAuthError("invalid_credential_request", "send credential_configuration_id or credential_identifier, and not both")
    known, granted = configurations(openid, slug), grant.configurations.split()
    if by_id is not None:
        found = next((name for name in granted if grant.is_identified and identifier_of(name) == by_id), None)
        if found is None or found not in known:
            raise OAuthError("unknown_credential_identifier", "the token response named no such credential_identifier")
        return known[found]
    if grant.is_identified:
        raise OAuthError("invalid_credential_request", "the token response named credential_identifiers: send one of them")
    if not isinstance(by_configuration, str) or by_configuration not in known:
        raise OAuthError("unknown_credential_configuration", "the issuer's metadata has no such configuration")
    if by_configuration not in granted:
        raise OAuthError("credential_request_denied", "the access token is for another configuration")
    return known[by_configuration]


def _spend_nonces(writing: Writing, shown: Shown) -> None:
    """Spend all nonces of a request, or none: on a refusal the transaction is taken back."""
    spent = [spend(writing, f"nonce {nonce}", end_of(nonce)) for nonce in shown.nonces]
    if not all(spent):
        raise OAuthError("invalid_nonce", "the nonce was used before; get another one")


def _note(openid: OpenID, writing: Writing, slug: str, grant: Grant, name: str | None) -> None:
    now = openid.issuer.clock()
    note_in(openid.issuer, writing, slug, _BY, "certificate-fetched", grant.credential)
    record_handovers(openid.issuer, writing.connection, [grant.credential], CLAIMED)
    if name is not None:
        writing.run(_ADD_NOTIFICATION, id_hash=hash_of(name), grant=grant.id, event=None, expires_at=now + _KEPT)


def _defer(openid: OpenID, writing: Writing, grant: Grant, found: Configuration, holders: tuple[Holder, ...], name: str) -> None:
    now = openid.issuer.clock()
    writing.run(
        _ADD_DEFERRAL,
        id_hash=hash_of(name),
        grant=grant.id,
        configuration=found.id,
        holders="\n".join(holder.stored for holder in holders),
        ready_at=now + timedelta(seconds=INTERVAL),
        used_at=None,
        expires_at=now + _KEPT,
    )


def _copies(openid: OpenID, slug: str, entry: Entry, found: Configuration, made_for: tuple[Recipient, ...]) -> list[dict[str, Any]]:
    try:
        return [{"credential": copy} for copy in copies(openid, slug, entry, found, made_for)]
    except OAuthError:
        raise
    except VCError as error:
        if error.could_not_check:
            raise
        raise problem_of(error) from error


def deferred(openid: OpenID, slug: str, body: Mapping[str, Any], asked: Asked) -> Answered:
    """Return copies that were asked for before, or that they are still not there.

    There is no `notification_id` beside them: wallets in the field refuse an answer that has both (@openid4vc 0.4.6).

    Raises:
        AccessError: the access token does not hold.
        OAuthError: `invalid_transaction_id`, also where it is another wallet's, or the copies were fetched.
    """
    who = access(openid, slug, asked)
    wanted_of(body)
    name, now = _name(body, "transaction_id", "invalid_credential_request"), openid.issuer.clock()
    with openid.issuer.database.session() as session:
        row = session.get(OpenIDDeferral, hash_of(name))
    if row is None or row.grant != who.grant.id or row.used_at is not None or row.expires_at <= now:
        raise OAuthError("invalid_transaction_id", "there is no such transaction_id, or its credentials were fetched")
    entry = held_out(openid, slug, who.grant.credential)
    ready, found = row.ready_at <= now, configurations(openid, slug).get(row.configuration)
    if ready and found is None:
        raise OAuthError("credential_request_denied", "the issuer does not hand this out any more")
    holders = tuple(Holder.parse(text) for text in row.holders.splitlines())
    made_for: tuple[Recipient, ...] = ()
    with openid.issuer.database.writing(turn_of(slug)) as writing:
        who.spend(openid, writing)
        if ready and found is not None:
            _take_deferral(openid, writing, row.id_hash)
            made_for = recipients(openid, writing, slug, entry[0].id, found, holders)
    if not ready or found is None:
        return {"transaction_id": name, "interval": INTERVAL}, 202
    return {"credentials": _copies(openid, slug, entry, found, made_for)}, 200


def _take_deferral(openid: OpenID, writing: Writing, id_hash: str) -> None:
    if writing.run(_TAKE_DEFERRAL, which=id_hash, now=openid.issuer.clock()) != 1:
        raise OAuthError("invalid_transaction_id", "the credentials were fetched")


def notify(openid: OpenID, slug: str, body: Mapping[str, Any], asked: Asked) -> None:
    """Note what a wallet did with its copies; the same again changes nothing.

    Raises:
        AccessError: the access token does not hold.
        OAuthError: `invalid_notification_id` or `invalid_notification_request`.
    """
    who = access(openid, slug, asked)
    name, event = _name(body, "notification_id", "invalid_notification_request"), body.get("event")
    if event not in EVENTS:
        raise OAuthError("invalid_notification_request", f"event is one of: {', '.join(EVENTS)}")
    with openid.issuer.database.write(turn_of(slug)) as session:
        who.spend(openid, Writing.within(session))
        row = session.get(OpenIDNotification, hash_of(name))
        if row is None or row.grant != who.grant.id:
            raise OAuthError("invalid_notification_id", "there is no such notification_id")
        row.event = str(event)


def _name(body: Mapping[str, Any], member: str, code: str) -> str:
    name = body.get(member)
    if not isinstance(name, str) or not 1 <= len(name) <= _MAX_NAME:
        raise OAuthError(code, f"{member} is missing")
    return name
