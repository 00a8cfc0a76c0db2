"""Notices to the people of certificates by electronic mail: withdrawn, on hold, released, replaced.

A notice says what happened, why, what follows and what can be done. Nothing of a person stands in its subject; what is not so any
more when it is sent is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, func, select

from credentials.parsing import parse_json
from issuer_api.delivery import claim_url
from issuer_api.errors import ErasedError, UnknownThingError
from issuer_api.issuing import find_issued
from issuer_api.mail_rounds import GIVEN_UP, REFUSED, WAITING, send_round
from issuer_api.notice_queue import NO_ADDRESS, ON_HOLD, RELEASED, WITHDRAWN, address_in
from issuer_api.organisations import organisation
from issuer_api.programmes import programme_version
from issuer_api.replacing import corrected_by
from issuer_api.service import Issuer
from issuer_api.standing import VALID, standings
from issuer_api.status import status_changes
from issuer_api.status_acts import reason_read
from issuer_api.status_changes import REPLACED
from issuer_api.subjects import open_document
from issuer_api.tables import Issued, Notice, Subject
from web.languages import DEFAULT
from web.mailing import Mail

NOT_REACHED: Final = (NO_ADDRESS, REFUSED, GIVEN_UP)
AGAIN: Final = (REFUSED, GIVEN_UP)
"""States from which a registrar can have a notice sent again."""
MOST: Final = 200
_PURPOSES: Final = {WITHDRAWN: "revocation", ON_HOLD: "suspension", RELEASED: "suspension"}
_HOLDS: Final = {WITHDRAWN: "withdrawn", REPLACED: "withdrawn", ON_HOLD: "on-hold", RELEASED: VALID}


@dataclass(frozen=True, slots=True)
class NoticeNow:
    """A notice: which certificate, what it tells, how far it is, and when it was made."""

    id: str
    credential: str
    kind: str
    state: str
    at: datetime


def notices_of(issuer: Issuer, slug: str, credential: str) -> tuple[NoticeNow, ...]:
    """Return the notices of a certificate, the newest first.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    find_issued(issuer, slug, credential)
    return _listed(issuer, select(Notice).where(Notice.credential == credential))


def not_reached(issuer: Issuer, slug: str) -> tuple[NoticeNow, ...]:
    """Return an issuer's notices that reached nobody, the newest first; at most 200."""
    return _listed(issuer, select(Notice).where(Notice.organisation == slug, col(Notice.state).in_(NOT_REACHED)))


def count_not_reached(issuer: Issuer, slug: str) -> int:
    """Return how many of an issuer's notices reached nobody."""
    query = select(func.count()).where(col(Notice.organisation) == slug, col(Notice.state).in_(NOT_REACHED))
    with issuer.database.session() as session:
        return session.exec(query).one()


def _listed(issuer: Issuer, query: Any) -> tuple[NoticeNow, ...]:  # noqa: ANN401  # SQLModel's select of notices
    with issuer.database.session() as session:
        rows: Sequence[Notice] = session.exec(query.order_by(col(Notice.at).desc(), col(Notice.id)).limit(MOST)).all()
    return tuple(NoticeNow(row.id, row.credential, row.kind, row.state, row.at) for row in rows)


def send_again(issuer: Issuer, slug: str, notice: str) -> str:
    """Have a notice sent once more that was refused or given up, and return its certificate; another one stays as it is.

    Raises:
        UnknownThingError: this issuer has no such notice.
    """
    with issuer.database.write(slug) as session:
        row = session.get(Notice, notice)
        if row is None or row.organisation != slug:
            raise UnknownThingError("there is no such notice")
        if row.state in AGAIN:
            row.state, row.attempts, row.next_try = WAITING, 0, issuer.clock()
        return row.credential


def send_notices(issuer: Issuer) -> int:
    """Hand over the notices that are due, some at a time; return how many were taken."""
    return send_round(issuer, Notice, lambda notice: _letter(issuer, notice))


def _letter(issuer: Issuer, notice: Notice) -> Mail | None:
    """Return a notice as it is now, or None where it is not so any more, or nobody can be told."""
    slug = notice.organisation
    row, subject = find_issued(issuer, slug, notice.credential)
    if standings(issuer, slug, (row.id,))[row.id] != _HOLDS.get(notice.kind, VALID):
        return None
    try:
        with issuer.database.session() as session:
            address = _address(issuer, session, row, subject)
        return _written(issuer, notice, address, row, subject) if address else None
    except ErasedError:
        return None


def _address(issuer: Issuer, session: Session, row: Issued, subject: Subject) -> str | None:
    return address_in(issuer, session, row, subject) if subject.wrapped_key is not None else None


def _written(issuer: Issuer, notice: Notice, address: str, row: Issued, subject: Subject) -> Mail:
    said = _said(issuer, notice, row, subject)
    url = _link(issuer, notice, subject)

    def text(key: str) -> str:
        return issuer.pages.text(notice.language, f"issuer.{key}", **said)

    reason = _reason(issuer, notice)
    lines = [text("mail.hello"), text(f"notice.{notice.kind}.what")]
    lines += [issuer.pages.text(notice.language, "issuer.notice.reason", reason=reason)] if reason else []
    lines += [text(f"notice.{notice.kind}.then"), text(f"notice.{notice.kind}.do")]
    lines += [url, text("mail.check")] if url else [text("notice.safe")]
    return Mail(
        id=issuer.sealer.keyed_hash(f"notice {notice.id}").hex(),
        to=address,
        sender=said["issuer"],
        subject=text("notice.subject"),
        plain="\n\n".join(lines) + "\n",
        html=issuer.pages.letter(notice.language, "issuer/notice.html", subject=text("notice.subject"), lines=lines, url=url),
        language=notice.language,
        at=issuer.clock(),
    )


def _said(issuer: Issuer, notice: Notice, row: Issued, subject: Subject) -> dict[str, Any]:
    """Return what the words of a notice have places for."""
    _, course = programme_version(issuer, notice.organisation, row.programme, row.programme_version)
    titles, document = course["title"], parse_json(open_document(issuer, subject, row))
    return {
        "name": document["credentialSubject"]["name"][0]["@value"],
        "issuer": organisation(issuer, notice.organisation)[1]["name"],
        "title": titles.get(notice.language) or titles.get(DEFAULT) or next(iter(titles.values())),
        "date": issuer.pages.day(notice.at, notice.language),
        "until": issuer.pages.day(document["validUntil"][:10], notice.language),
        "base": f"{issuer.base_url}/",
    }


def _link(issuer: Issuer, notice: Notice, subject: Subject) -> str:
    """Return the claim link of the certificate that took the place of one, where a notice tells of that."""
    newer = corrected_by(issuer, notice.credential) if notice.kind == REPLACED else None
    return claim_url(issuer, newer, subject) if newer else ""


def _reason(issuer: Issuer, notice: Notice) -> str:
    purpose = _PURPOSES.get(notice.kind)
    changes = status_changes(issuer, notice.organisation, notice.credential)
    kept = next((one.reason for one in reversed(changes) if one.purpose == purpose), "")
    key, words = reason_read(kept)
    named = issuer.pages.text(notice.language, f"issuer.reason.{key}") if key and key != "other" else ""
    return ": ".join(filter(None, (named, words)))
