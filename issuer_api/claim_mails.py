"""Claim links by electronic mail: queued for a class, sent in the background, each until it was taken or refused.

The queue holds which certificate, how far it is, and when it is tried next. Address and link are read from what is sealed when a
mail is sent; neither stands in the queue, in the history or in a log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session, select

from issuer_api.cohorts import CohortReport, names_of, open_cells
from issuer_api.contact_cells import address_of
from issuer_api.delivery import DELIVERED, claim_url
from issuer_api.errors import ConflictError, ErasedError, InvalidRecordError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.issuing import find_issued
from issuer_api.mail_rounds import DROPPED, GIVEN_UP, REFUSED, WAITING, send_round
from issuer_api.organisations import organisation
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from issuer_api.standing import VALID, standings
from issuer_api.tables import ClaimMail, Issued, Row, Subject
from web.languages import DEFAULT, LANGUAGES
from web.mailing import Mail

AGAIN: Final = frozenset({REFUSED, GIVEN_UP, DROPPED})
"""States from which a registrar can have a mail sent again."""


@dataclass(frozen=True, slots=True)
class ClassMails:
    """How far the mails of a class are.

    Attributes:
        addressed: how many good certificates have an address.
        open: those of them for which a mail can be queued.
        states: certificate id to the state of its mail.
    """

    addressed: int
    open: tuple[str, ...]
    states: Mapping[str, str]

    @property
    def figures(self) -> Mapping[str, int]:
        """State to how many mails are in it."""
        return Counter(self.states.values())


def class_mails(issuer: Issuer, report: CohortReport) -> ClassMails:
    """Return how far the mails of a class are."""
    signed = {row.credential: row for row in report.rows if row.credential and row.state == DELIVERED}
    standing = standings(issuer, report.organisation, tuple(signed))
    good = [name for name, row in signed.items() if standing[name] == VALID and address_of(row.cells)]
    with issuer.database.session() as session:
        states = {name: mail.state for name, mail in _mails_of(session, report).items()}
    return ClassMails(len(good), tuple(name for name in good if states.get(name, DROPPED) in AGAIN), states)


def queue_mails(issuer: Issuer, report: CohortReport, language: str, *, by: str = COMMAND_LINE) -> int:
    """Queue a mail for every good certificate of a class that has an address and was sent none; return how many.

    Raises:
        ConflictError: this deployment sends no mail.
        InvalidRecordError: a language that there are no words in.
    """
    if issuer.post is None:
        raise ConflictError("this server sends no mail")
    if language not in LANGUAGES:
        raise InvalidRecordError(f"mails are written in {', '.join(LANGUAGES)}", pointer="/language")
    slug, found = report.organisation, class_mails(issuer, report)
    with issuer.database.write(slug) as session:
        before, now = _mails_of(session, report), issuer.clock()
        queued = [name for name in found.open if name not in before or before[name].state in AGAIN]
        for name in queued:
            mail = before.get(name) or ClaimMail(credential=name, organisation=slug, language=language, state=WAITING)
            mail.language, mail.state, mail.attempts, mail.next_try = language, WAITING, 0, now
            session.add(mail)
        if queued:
            note(issuer, session, slug, by, "links-mailed", report.id)
    return len(queued)


def _mails_of(session: Session, report: CohortReport) -> dict[str, ClaimMail]:
    query = select(ClaimMail).where(ClaimMail.credential == Issued.id, Issued.cohort == report.id)
    return {mail.credential: mail for mail in session.exec(query).all()}


def send_due(issuer: Issuer) -> int:
    """Hand over the claim links that are due, some at a time; return how many were taken."""
    return send_round(issuer, ClaimMail, lambda mail: _letter(issuer, mail))


def _letter(issuer: Issuer, mail: ClaimMail) -> Mail | None:
    """Return a mail as it is now, or None where there is nothing to send: no address any more, not valid, erased."""
    slug = mail.organisation
    row, subject = find_issued(issuer, slug, mail.credential)
    if standings(issuer, slug, (row.id,))[row.id] != VALID:
        return None
    try:
        cells, url = _cells_of(issuer, row), claim_url(issuer, row.id, subject)
    except ErasedError:
        return None
    address = address_of(cells)
    return _written(issuer, mail, address, _said(issuer, mail, row, cells, url)) if address else None


def _cells_of(issuer: Issuer, row: Issued) -> dict[str, str]:
    query = select(Row, Subject).where(Row.subject == Subject.id, Row.cohort == row.cohort, Row.number == row.row_number)
    with issuer.database.session() as session:
        found = session.exec(query).first()
    return open_cells(issuer, found[1], found[0]) if found is not None else {}  # another certificate took its place in the class


def _said(issuer: Issuer, mail: ClaimMail, row: Issued, cells: Mapping[str, str], url: str) -> dict[str, Any]:
    """Return what the words of a mail have places for."""
    titles = programme(issuer, mail.organisation, row.programme)["title"]
    return {
        "name": names_of(cells)[0],
        "issuer": organisation(issuer, mail.organisation)[1]["name"],
        "title": titles.get(mail.language) or titles.get(DEFAULT) or next(iter(titles.values())),
        "url": url,
        "base": f"{issuer.base_url}/",
    }


def _written(issuer: Issuer, mail: ClaimMail, address: str, said: Mapping[str, Any]) -> Mail:
    def text(key: str) -> str:
        return issuer.pages.text(mail.language, f"issuer.mail.{key}", **said)

    told = ("hello", "what", "how", "url", "check", "doubt")
    return Mail(
        id=issuer.sealer.keyed_hash(f"mail {mail.credential}").hex(),
        to=address,
        sender=said["issuer"],
        subject=text("subject"),
        plain="\n\n".join(said["url"] if part == "url" else text(part) for part in told) + "\n",
        html=issuer.pages.letter(mail.language, "issuer/mail.html", said=said),
        language=mail.language,
        at=issuer.clock(),
    )
