"""Holders ask to have a certificate corrected, and the centre answers: corrects it, refuses with a reason, or asks back.

Whoever asks has shown that they hold the certificate (`issuer_api.holder_proofs`). What is asked and answered is sealed under the
person's key. The request's id follows from the holder's idempotency key: nobody else guesses it, and whoever has it reads the
answer. A request is corrected once a certificate took the place of the one that it is about, by whichever way that came.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session, and_, col, not_, select

from issuer_api.delivery import claim_url
from issuer_api.direct import MAX_NUMBER
from issuer_api.errors import ConflictError, InvalidRecordError, KeyReusedError, UnknownThingError
from issuer_api.history import note
from issuer_api.issuing import find_issued
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.replacing import MOST_NAMES, Said, corrected_by
from issuer_api.service import Issuer
from issuer_api.standing import standings
from issuer_api.subjects import wrapped_key
from issuer_api.tables import AskedCorrection, Issued, Subject

WAITING: Final = "waiting"
ASKED_BACK: Final = "asked-back"
REFUSED: Final = "refused"
CORRECTED: Final = "corrected"
WITHDRAWN: Final = "withdrawn"
HOLDER: Final = "holder"
CENTRE: Final = "centre"
MOST_WAITING: Final = 500
MOST_WORDS: Final = 1000
MOST_EVIDENCE: Final = 256 * 1024
MOST_ANSWERED: Final = 50
KINDS: Final = {b"%PDF-": ("application/pdf", "pdf"), b"\x89PNG\r\n": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}
"""What a file begins with, to what it is."""
QUERY: Final = select(AskedCorrection, Subject).where(
    AskedCorrection.credential == Issued.id, Issued.subject == Subject.id, col(Subject.wrapped_key).is_not(None)
)
_REPLACED: Final = select(Issued.replaces).where(col(Issued.replaces).is_not(None))
_UNDONE: Final = col(AskedCorrection.credential).not_in(_REPLACED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a certificate should say; what is empty is not asked for.

    Attributes:
        names: Latin form first.
        awarded_on: the day of the award, as an ISO date.
        number: the certificate's number.
        words: why, or what else is wrong.
    """

    names: tuple[str, ...] = ()
    awarded_on: str = ""
    number: str = ""
    words: str = ""

    def said(self, before: Said) -> Said:
        """Return what the certificate will say if this is done."""
        awarded = date.fromisoformat(self.awarded_on) if self.awarded_on else before.awarded
        return Said(self.names or before.names, awarded, self.number or before.number)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said after the request: `by` is `holder` or `centre`."""

    by: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands.

    Attributes:
        id: names it; nobody guesses it.
        slug: the issuer.
        credential: that is to be corrected.
        state: `waiting`, `asked-back`, `refused`, `corrected` or `withdrawn`.
        asked_at: when it came.
        answered_at: when it was answered last, or None.
        wanted: what is asked.
        turns: what was said since.
        replacement: id of the certificate that took its place, or None.
        evidence: media type and ending of the file that came with it, or None.
    """

    id: str
    slug: str
    credential: str
    state: str
    asked_at: datetime
    answered_at: datetime | None
    wanted: Wanted
    turns: tuple[Turn, ...] = field(default=())
    replacement: str | None = None
    evidence: tuple[str, str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for the centre."""
        return self.state == WAITING

    @property
    def certificate(self) -> str:
        """The certificate's id as addresses have it."""
        return self.credential.removeprefix("urn:uuid:")


def kind_of(evidence: bytes) -> tuple[str, str] | None:
    """Return media type and ending of a file that is taken, or None."""
    return next((kind for begin, kind in KINDS.items() if evidence.startswith(begin)), None)


def tidied(wanted: Wanted) -> Wanted:
    """Return what is asked, tidy and within its bounds.

    Raises:
        InvalidRecordError: nothing is asked, or what cannot be written on a certificate; points at it.
    """
    names = tuple(filter(None, map(tidy, wanted.names)))
    words = wanted.words.strip()
    if len(names) > MOST_NAMES or any(name_problem(name) for name in names):
        raise InvalidRecordError("one name or two, without control characters", pointer="/names")
    if wanted.number and text_problem(wanted.number, MAX_NUMBER):
        raise InvalidRecordError(f"a number has at most {MAX_NUMBER} letters", pointer="/number")
    if len(words) > MOST_WORDS:
        raise InvalidRecordError(f"write at most {MOST_WORDS} letters", pointer="/words")
    if wanted.awarded_on:
        try:
            date.fromisoformat(wanted.awarded_on)
        except ValueError as error:
            raise InvalidRecordError("the day of the award is no date", pointer="/awardedOn") from error
    if not (names or wanted.awarded_on or wanted.number or words):
        raise InvalidRecordError("say what is wrong", pointer="/words")
    return Wanted(names, wanted.awarded_on, " ".join(wanted.number.split()), words)


def ask(issuer: Issuer, slug: str, credential: str, wanted: Wanted, *, evidence: bytes = b"", key: str) -> str:
    """Keep a request of somebody who holds the certificate, and return its id; the same again with the same key is one request.

    Raises:
        InvalidRecordError: as `tidied`, or the file is none that is taken.
        KeyReusedError: another request came with this key.
        ConflictError: a request waits for this certificate already, it holds no more, or too many wait.
        ErasedError: the person's data was erased.
    """
    wanted = tidied(wanted)
    if evidence and (len(evidence) > MOST_EVIDENCE or kind_of(evidence) is None):
        raise InvalidRecordError(f"a file is PDF, PNG or JPEG, of at most {MOST_EVIDENCE // 1024} KiB", pointer="/evidence")
    row, subject = find_issued(issuer, slug, credential)
    name, wrapped = issuer.sealer.keyed_hash(f"asked correction {key}").hex(), wrapped_key(subject)
    holds = standings(issuer, slug, (credential,))[credential] != WITHDRAWN
    with issuer.database.write(slug) as session:
        before = session.get(AskedCorrection, name)
        if before is not None:
            return _same(issuer, before, wrapped, credential, wanted, evidence)
        if not holds:
            raise ConflictError("this certificate is withdrawn or was corrected already")
        _check_room(session, slug, credential)
        session.add(
            AskedCorrection(
                id=name,
                organisation=slug,
                credential=row.id,
                state=WAITING,
                sealed=sealed(issuer, wrapped, name, wanted, ()),
                sealed_evidence=issuer.sealer.seal(wrapped, evidence, _file_of(name)) if evidence else None,
                asked_at=issuer.clock(),
            )
        )
        note(issuer, session, slug, HOLDER, "correction-requested", credential)
    return name


def _same(issuer: Issuer, row: AskedCorrection, wrapped: bytes, credential: str, wanted: Wanted, evidence: bytes) -> str:
    known = issuer.sealer.open(wrapped, row.sealed_evidence, _file_of(row.id)) if row.sealed_evidence else b""
    if row.credential != credential or known != evidence or opened(issuer, row, wrapped)[0] != wanted:
        raise KeyReusedError("this idempotency key came before with another request")
    return row.id


def _check_room(session: Session, slug: str, credential: str) -> None:
    pending = select(AskedCorrection.id).where(AskedCorrection.organisation == slug, col(AskedCorrection.state) != REFUSED)
    if session.exec(pending.where(AskedCorrection.credential == credential)).first() is not None:
        raise ConflictError("a request waits for this certificate already")
    waiting = pending.where(AskedCorrection.state == WAITING, _UNDONE).limit(MOST_WAITING)
    if len(session.exec(waiting).all()) >= MOST_WAITING:
        raise ConflictError("too many requests wait; ask again later, or write to the centre")


def standing(issuer: Issuer, name: str, slug: str = "") -> Asked:
    """Return a request as it stands; with a slug, only one of that issuer.

    Raises:
        UnknownThingError: there is none.
    """
    with issuer.database.session() as session:
        found = session.exec(QUERY.where(AskedCorrection.id == name)).first()
    if found is None or (slug and found[0].organisation != slug):
        raise UnknownThingError("there is no such request")
    return _standing(issuer, *found)


def listed(issuer: Issuer, slug: str) -> tuple[Asked, ...]:
    """Return an issuer's requests: those that wait, the oldest first; then the others, the newest first."""
    mine, waits = QUERY.where(AskedCorrection.organisation == slug), and_(col(AskedCorrection.state) == WAITING, _UNDONE)
    with issuer.database.session() as session:
        rows = [*session.exec(mine.where(waits).order_by(col(AskedCorrection.asked_at)).limit(MOST_WAITING)).all()]
        rows += session.exec(mine.where(not_(waits)).order_by(col(AskedCorrection.asked_at).desc()).limit(MOST_ANSWERED)).all()
    found = [_standing(issuer, *row) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.is_open))


def count_waiting(issuer: Issuer, slug: str) -> int:
    """Return how many requests wait for the centre."""
    query = select(AskedCorrection.credential).where(
        AskedCorrection.organisation == slug, AskedCorrection.state == WAITING, _UNDONE
    )
    with issuer.database.session() as session:
        credentials = tuple(session.exec(query.limit(MOST_WAITING)).all())
    return sum(state != WITHDRAWN for state in standings(issuer, slug, credentials).values())


def evidence_of(issuer: Issuer, slug: str, name: str) -> tuple[bytes, str, str]:
    """Return the file that came with a request, its media type and its ending.

    Raises:
        UnknownThingError: there is no such request, or no file came with it.
    """
    with issuer.database.session() as session:
        found = session.exec(QUERY.where(AskedCorrection.id == name, AskedCorrection.organisation == slug)).first()
    if found is None or found[0].sealed_evidence is None:
        raise UnknownThingError("no file came with this request")
    content = issuer.sealer.open(wrapped_key(found[1]), found[0].sealed_evidence, _file_of(name))
    return (content, *(kind_of(content) or ("application/octet-stream", "bin")))


def claim_of_replacement(issuer: Issuer, asked: Asked) -> str:
    """Return the claim link of the certificate that took the place of a request's; empty while there is none."""
    if asked.replacement is None:
        return ""
    _, subject = find_issued(issuer, asked.slug, asked.replacement)
    return claim_url(issuer, asked.replacement, subject)


def _standing(issuer: Issuer, row: AskedCorrection, subject: Subject) -> Asked:
    wrapped = wrapped_key(subject)
    wanted, turns = opened(issuer, row, wrapped)
    state, new = row.state, None
    if state != REFUSED and standings(issuer, row.organisation, (row.credential,))[row.credential] == WITHDRAWN:
        new = corrected_by(issuer, row.credential)
        state = CORRECTED if new else WITHDRAWN
    evidence = issuer.sealer.open(wrapped, row.sealed_evidence, _file_of(row.id)) if row.sealed_evidence else b""
    told = (row.asked_at, row.answered_at, wanted, turns, new, kind_of(evidence))
    return Asked(row.id, row.organisation, row.credential, state, *told)


def _file_of(name: str) -> bytes:
    return f"evidence for {name}".encode()


def sealed(issuer: Issuer, wrapped: bytes, name: str, wanted: Wanted, turns: Sequence[Turn]) -> bytes:
    """Return a request and what was said since, sealed under the person's key."""
    told = {"wanted": asdict(wanted), "turns": [[one.by, one.words, one.at.isoformat()] for one in turns]}
    return issuer.sealer.seal(wrapped, json.dumps(told, ensure_ascii=False).encode(), f"asked correction {name}".encode())


def opened(issuer: Issuer, row: AskedCorrection, wrapped: bytes) -> tuple[Wanted, tuple[Turn, ...]]:
    """Return what is asked, and what was said since."""
    told: dict[str, Any] = json.loads(issuer.sealer.open(wrapped, row.sealed, f"asked correction {row.id}".encode()))
    wanted = told["wanted"]
    turns = tuple(Turn(by, words, datetime.fromisoformat(at)) for by, words, at in told["turns"])
    return Wanted(**{**wanted, "names": tuple(wanted["names"])}), turns
