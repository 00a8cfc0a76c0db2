"""Taking down what others say of a person's work: look at an answer, say what was found out about it, and sign, or do not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from credentials.parsing import parse_json
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.issuing import issue_work
from issuer_api.names import parts, text_problem
from issuer_api.records import WorkAnswer, WorkChecked, read_record
from issuer_api.service import Issuer
from issuer_api.work_asking import ANSWERED, ASKED, REFUSED, SIGNED, Experience, Witness, add_to, experience_of
from issuer_api.work_evidence import Marks, attested, level, weighed
from issuer_api.work_tables import WorkExperience, WorkWitness
from trust.evidence import EvidenceLevel

MAX_REASON = 300
_GROUP = 16


def asked_work(issuer: Issuer, slug: str) -> tuple[Experience, ...]:
    """Return the work of which something is asked or answered at an issuer, the newest first; what was erased is left out."""
    open_ones = select(WorkWitness.experience).where(
        WorkWitness.organisation == slug, col(WorkWitness.state).in_((ASKED, ANSWERED)), col(WorkWitness.sealed) != b""
    )
    query = select(WorkExperience).where(col(WorkExperience.id).in_(open_ones)).order_by(col(WorkExperience.created_at).desc())
    with issuer.database.session() as session:
        return tuple(experience_of(issuer, session, row) for row in session.exec(query.limit(200)).all())


def waiting_answers(issuer: Issuer, slug: str) -> int:
    """Return how many answers wait for an issuer to look at them."""
    query = select(WorkWitness.id).where(WorkWitness.organisation == slug, WorkWitness.state == ANSWERED)
    with issuer.database.session() as session:
        return len(session.exec(query).all())


def witness_of(issuer: Issuer, slug: str, witness_id: str) -> tuple[Experience, Witness]:
    """Return one who was asked, with the work.

    Raises:
        UnknownThingError: this issuer knows no such one.
        ErasedError: the person's data was erased.
    """
    with issuer.database.session() as session:
        row = session.get(WorkWitness, witness_id)
        if row is None or row.organisation != slug:
            raise UnknownThingError("nobody was asked under this name")
        experience = experience_of(issuer, session, session.get_one(WorkExperience, row.experience))
    return experience, experience.witness(witness_id)


def evidence_with(issuer: Issuer, experience: Experience, witness: Witness, checked: WorkChecked) -> EvidenceLevel:
    """Return how well the work would be evidenced with this answer, by everything that is signed of it."""
    told = [
        weighed(one.answer, one.checked, _marks(issuer, experience, one, one.checked))
        for one in experience.witnesses
        if one.state == SIGNED and one.answer and one.checked and one.id != witness.id
    ]
    return level(*told, weighed(_answer(witness), checked, _marks(issuer, experience, witness, checked)))


def sign(issuer: Issuer, slug: str, witness_id: str, found: Mapping[str, Any], *, by: str = COMMAND_LINE) -> str:
    """Sign what somebody said of a person's work, with what was found out about it; return the certificate's id.

    The same again gives the certificate that is there.

    Raises:
        UnknownThingError: this issuer asked nobody under this name.
        ConflictError: there is no answer, or it was refused.
        InvalidRecordError: what was found out is not as it must be; with a pointer.
        VCError: as `issuer_api.issuing.issue_work`.
    """
    checked = read_record(WorkChecked, found)
    experience, witness = witness_of(issuer, slug, witness_id)
    if witness.state == SIGNED and witness.credential:
        return witness.credential
    _keep_checked(issuer, slug, experience, witness_id, checked)
    experience, witness = witness_of(issuer, slug, witness_id)
    kept = witness.checked or checked
    marks = _marks(issuer, experience, witness, kept)
    work = attested(list(experience.asked.names), _answer(witness), kept, marks)
    content = issue_work(issuer, slug, experience.form, work, f"collected {witness_id}", person=experience.subject, by=by)
    credential: str = parse_json(content)["id"]
    with issuer.database.write(slug) as session:
        row = session.get_one(WorkWitness, witness_id)
        row.state, row.credential = SIGNED, credential
    return credential


def _keep_checked(issuer: Issuer, slug: str, experience: Experience, witness_id: str, checked: WorkChecked) -> None:
    """Keep what was found out, once: what is signed after a crash is what was meant to be signed before it."""
    with issuer.database.write(slug) as session:
        row = session.get_one(WorkWitness, witness_id)
        if row.state != ANSWERED:
            raise ConflictError("there is no answer that waits to be signed")
        if experience.witness(witness_id).checked is None:
            add_to(issuer, session, row, experience.subject, {"checked": checked.model_dump(by_alias=True, exclude_none=True)})


def refuse(issuer: Issuer, slug: str, witness_id: str, reason: str, *, by: str = COMMAND_LINE) -> None:
    """Do not sign an answer; the person reads why.

    Raises:
        UnknownThingError: this issuer asked nobody under this name.
        ConflictError: there is no answer that waits.
        InvalidRecordError: there is no reason, or too long a one.
    """
    words = " ".join(reason.split())
    if text_problem(words, MAX_REASON):
        raise InvalidRecordError(f"say why, in at most {MAX_REASON} letters", pointer="/reason")
    experience, _ = witness_of(issuer, slug, witness_id)
    with issuer.database.write(slug) as session:
        row = session.get_one(WorkWitness, witness_id)
        if row.state != ANSWERED:
            raise ConflictError("there is no answer that waits")
        add_to(issuer, session, row, experience.subject, {"reason": words})
        row.state = REFUSED
        note(issuer, session, slug, by, "work-refused", witness_id)


def _answer(witness: Witness) -> WorkAnswer:
    if witness.answer is None:
        raise ConflictError("there is no answer yet")
    return witness.answer


def _marks(issuer: Issuer, experience: Experience, witness: Witness, checked: WorkChecked) -> Marks:
    who = _answer(witness)
    same = "household" if checked.household else " ".join(sorted(parts(who.organisation)))
    group = issuer.sealer.keyed_hash(f"work group\n{experience.id}\n{same}").hex()[:_GROUP]
    return Marks(_name_of(experience), group, _is_reciprocal(issuer, experience, witness))


def _name_of(experience: Experience) -> str:
    """Return the URN of the work, which every certificate about it has."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:comity:work:{experience.organisation}:{experience.id}").urn


def _is_reciprocal(issuer: Issuer, experience: Experience, witness: Witness) -> bool:
    """Return whether the person confirmed the work of who answers, under the names that both gave."""
    query = select(WorkWitness.id).where(
        WorkWitness.experience == WorkExperience.id,
        WorkExperience.organisation == experience.organisation,
        WorkExperience.person_mark == witness.mark,
        WorkWitness.mark == experience.person_mark,
        col(WorkWitness.state).in_((ANSWERED, SIGNED)),
    )
    with issuer.database.session() as session:
        return bool(witness.mark) and session.exec(query).first() is not None


def levels(issuer: Issuer, experience: Experience) -> Sequence[tuple[Witness, EvidenceLevel]]:
    """Return everybody whose answer was signed, with how well it evidences the work alone."""
    return [
        (one, level(weighed(one.answer, one.checked, _marks(issuer, experience, one, one.checked))))
        for one in experience.witnesses
        if one.state == SIGNED and one.answer and one.checked
    ]
