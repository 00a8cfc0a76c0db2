"""Webhooks: a program is told of every act of an issuer, in their order, each until it was taken.

The history is the queue: an address has the number of the last act that it took, so that nothing is lost with a process.
Messages are those of Standard Webhooks 1.0.0: signed with a secret of each address, and with nothing in them that identifies a
person.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from sqlmodel import Session, col, func, select

from credentials.errors import FetchError, TooLargeError
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import Act, Webhook
from web.fetcher import Message, Reply

MOST: Final = 10
MAX_URL: Final = 500
MOST_AT_ONCE: Final = 50
FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(hours=6)
GIVEN_UP_AFTER: Final = 20
"""Failures in a row, over two and a half days, after which an address is asked no more."""
_SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"
Exchange = Callable[[Message], Reply]


@dataclass(frozen=True, slots=True)
class Address:
    """An address that is told, as it stands.

    Attributes:
        id: names it.
        url: where messages go.
        behind: how many acts it has not taken yet.
        failures: how many attempts failed since the last that was taken.
        ended: whether it is asked no more: it said that it is gone, or failed too often.
    """

    id: str
    url: str
    behind: int
    failures: int
    ended: bool


def add_webhook(issuer: Issuer, slug: str, url: str, *, by: str = COMMAND_LINE) -> tuple[str, str]:
    """Have an address told of every act from now on; return its id, and the secret that is shown once.

    Raises:
        InvalidRecordError: no https address that is short enough.
        ConflictError: there are too many.
        UnknownThingError: there is no such issuer.
    """
    organisation(issuer, slug)
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or len(url) > MAX_URL or not url.isascii():
        raise InvalidRecordError(f"give an https address of at most {MAX_URL} letters", pointer="/url")
    secret, wrapped = secrets.token_bytes(_SECRET_BYTES), issuer.sealer.new_subject_key()
    made = Webhook(
        id=issuer.new_id(),
        organisation=slug,
        url=url,
        wrapped_key=wrapped,
        sealed_secret=b"",
        position=0,
        next_try=issuer.clock(),
        created_at=issuer.clock(),
    )
    made.sealed_secret = issuer.sealer.seal(wrapped, secret, _binding(made.id))
    with issuer.database.write(slug) as session:
        if len(_of(session, slug)) >= MOST:
            raise ConflictError(f"{MOST} addresses are told already; remove one")
        note(issuer, session, slug, by, "webhook-added", made.id)
        session.flush()
        made.position = session.exec(select(func.max(Act.id)).where(Act.organisation == slug)).one() or 0
        session.add(made)
    return made.id, _PREFIX + base64.b64encode(secret).decode()


def webhooks(issuer: Issuer, slug: str) -> tuple[Address, ...]:
    """Return the addresses that are told of an issuer's acts."""
    with issuer.database.session() as session:
        return tuple(
            Address(row.id, row.url, _behind(session, row), row.failures, row.next_try is None) for row in _of(session, slug)
        )


def remove_webhook(issuer: Issuer, slug: str, webhook: str, *, by: str = COMMAND_LINE) -> None:
    """Tell an address nothing more.

    Raises:
        UnknownThingError: this issuer has no such address.
    """
    with issuer.database.write(slug) as session:
        row = session.get(Webhook, webhook)
        if row is None or row.organisation != slug:
            raise UnknownThingError(f"{slug} tells no address {webhook[:40]!r}")
        session.delete(row)
        note(issuer, session, slug, by, "webhook-removed", webhook)


def deliver_due(issuer: Issuer, exchange: Exchange) -> int:
    """Tell every address that is due what it has not taken yet; return how many messages were taken.

    An address that fails is left alone for a while that doubles; the others do not wait for it.
    """
    query = select(Webhook.id).where(col(Webhook.next_try) <= issuer.clock()).order_by(col(Webhook.next_try))
    with issuer.database.session() as session:
        due = session.exec(query).all()
    return sum(_deliver(issuer, webhook, exchange) for webhook in due)


def _deliver(issuer: Issuer, webhook: str, exchange: Exchange) -> int:
    with issuer.database.session() as session:
        row = session.get(Webhook, webhook)
        acts = _waiting(session, row) if row is not None else ()
    if row is None or not acts:
        return 0
    secret, taken = issuer.sealer.open(row.wrapped_key, row.sealed_secret, _binding(row.id)), 0
    for act in acts:
        status = _sent(exchange, row.url, message_of(act, secret, issuer.clock()))
        _record(issuer, row, act, status)
        if not _is_taken(status):
            break
        taken += 1
    return taken


def _waiting(session: Session, row: Webhook) -> Sequence[Act]:
    query = select(Act).where(Act.organisation == row.organisation, col(Act.id) > row.position)
    return session.exec(query.order_by(col(Act.id)).limit(MOST_AT_ONCE)).all()


def _sent(exchange: Exchange, url: str, message: tuple[dict[str, str], bytes]) -> int | None:
    """Return the status that came back, if any did."""
    headers, content = message
    try:
        return exchange(Message(url, headers, content)).status
    except (FetchError, TooLargeError):
        return None


def _is_taken(status: int | None) -> bool:
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _record(issuer: Issuer, sent: Webhook, act: Act, status: int | None) -> None:
    with issuer.database.write(sent.organisation) as session:
        row = session.get(Webhook, sent.id)
        if row is None:
            return  # it was removed meanwhile
        now = issuer.clock()
        if _is_taken(status):
            row.position, row.failures, row.next_try = act.id or row.position, 0, now
            return
        row.failures += 1
        gone = status == HTTPStatus.GONE or row.failures >= GIVEN_UP_AFTER
        row.next_try = None if gone else now + min(FIRST_WAIT * 2 ** (row.failures - 1), LONGEST_WAIT)


def message_of(act: Act, secret: bytes, now: datetime) -> tuple[dict[str, str], bytes]:
    """Return (headers, body) of the message of an act (Standard Webhooks 1.0.0)."""
    told: dict[str, Any] = {
        "type": act.action,
        "timestamp": act.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"issuer": act.organisation, "thing": act.thing},
    }
    content = json.dumps(told, separators=(",", ":")).encode()
    name, moment = f"act_{act.id}", str(int(now.timestamp()))
    signature = hmac.digest(secret, f"{name}.{moment}.".encode() + content, "sha256")
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
    return headers, content


def _of(session: Session, slug: str) -> Sequence[Webhook]:
    return session.exec(select(Webhook).where(Webhook.organisation == slug).order_by(col(Webhook.created_at))).all()


def _behind(session: Session, row: Webhook) -> int:
    query = select(func.count()).select_from(Act).where(col(Act.organisation) == row.organisation, col(Act.id) > row.position)
    return session.exec(query).one()


def _binding(webhook: str) -> bytes:
    return f"webhook {webhook}".encode()
