"""Prior learning recognised: credentials of other systems, mapped by a person to what a programme teaches, and the certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from credentials.verify import VerificationOptions
from issuer_api.direct import MAX_NUMBER
from issuer_api.documents import Award
from issuer_api.errors import InvalidRecordError
from issuer_api.foreign_badges import Foreign, Found, read_foreign
from issuer_api.history import COMMAND_LINE
from issuer_api.issuing import issue
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.organisations import organisation
from issuer_api.planning import Request
from issuer_api.programmes import programme
from issuer_api.second_person import is_needed
from issuer_api.service import Issuer
from web.approvals import SecondPersonError

MOST_EVIDENCE: Final = 5
_GENRES: Final[Mapping[str, str]] = {
    "open-badges-3": "Open Badges 3.0",
    "open-badges-2": "Open Badges 2.0",
    "elm": "European Learning Model",
}
_SAID: Final[Mapping[Found, str]] = {
    Found.YES: "Checked: it is genuine.",
    Found.UNKNOWN: "Whether it is genuine could not be checked.",
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A file, and the codes of what it shows was learned, as a person decided."""

    content: bytes
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorAward:
    """Whom a certificate for prior learning is for, and what it rests on."""

    names: tuple[str, ...]
    awarded: date
    number: str
    evidence: tuple[Mapped, ...]


def read_evidence(issuer: Issuer, content: bytes) -> Foreign:
    """Return what a credential of another system says, and what could be checked of it.

    Raises:
        FileUnreadableError: it is too large, or no such credential.
    """
    options = VerificationOptions(now=issuer.clock(), fetcher=issuer.fetcher, canonicalize=issuer.canonicalize, accepts_1_1=True)
    return read_foreign(content, options)


def outcomes_of(course: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """Return what a programme teaches: its skills, or whatever it is aligned to where it names none."""
    skills = [entry for entry in course["alignment"] if entry["targetType"] == "ext:ESCOSkill"]
    return skills or list(course["alignment"])


def award_prior_learning(
    issuer: Issuer, slug: str, programme_id: str, award: PriorAward, key: str, *, by: str = COMMAND_LINE
) -> bytes:
    """Issue a certificate for prior learning, by the route RPL, with its evidence named; return the secured bytes.

    Args:
        issuer: the house.
        slug: the issuer.
        programme_id: its programme.
        award: for whom, and what it rests on.
        key: idempotency key.
        by: who recognises it.

    Raises:
        InvalidRecordError: something is missing, evidence is not genuine, or shows nothing that is taught; with a pointer.
        SecondPersonError: this issuer signs nothing without a second person.
        VCError: as `read_evidence` and `issuer_api.issuing.issue`.
    """
    course = programme(issuer, slug, programme_id)
    if course["kind"] != "training":
        raise InvalidRecordError("this is a form for work, not a training programme", pointer="/programme")
    if is_needed(organisation(issuer, slug)[1]):
        raise SecondPersonError("this issuer signs only what somebody else approved; bring the person in a class's list")
    names = tuple(tidy(name) for name in award.names)
    if not 1 <= len(names) <= 2 or any(name_problem(name) for name in names):  # noqa: PLR2004  # Latin and own script
        raise InvalidRecordError("name the person: one name or two, without control characters", pointer="/names")
    if text_problem(award.number, MAX_NUMBER):
        raise InvalidRecordError(f"give the certificate's number, 1 to {MAX_NUMBER} letters", pointer="/number")
    if not 1 <= len(award.evidence) <= MOST_EVIDENCE:
        raise InvalidRecordError(f"name what it rests on: 1 to {MOST_EVIDENCE} credentials", pointer="/evidence")
    taught = {entry["targetCode"]: entry["targetName"] for entry in outcomes_of(course)}
    evidence = tuple(_named(issuer, place, one, taught) for place, one in enumerate(award.evidence))
    made = Award(names, award.awarded, award.number, evidence=evidence)
    return issue(issuer, slug, Request(programme_id, made, f"prior {key}"), by=by).content


def _named(issuer: Issuer, place: int, mapped: Mapped, taught: Mapping[str, str]) -> Mapping[str, str]:
    """Return evidence as the certificate names it: what and whose it is, what it was accepted for, and whether it was checked."""
    found = read_evidence(issuer, mapped.content)
    if Found.NO in (found.genuine, found.current):
        raise InvalidRecordError("this credential is not genuine, or does not hold any more", pointer=f"/evidence/{place}")
    if not mapped.outcomes or not set(mapped.outcomes) <= taught.keys():
        raise InvalidRecordError("say what of the programme it shows", pointer=f"/evidence/{place}/outcomes")
    accepted = ", ".join(taught[code] for code in dict.fromkeys(mapped.outcomes))
    awarded = f", {found.awarded}" if found.awarded else ""
    return {
        "id": found.name,
        "name": found.title or _GENRES[found.kind],
        "genre": _GENRES[found.kind],
        "narrative": f"{found.issuer or 'Unnamed issuer'}{awarded}. Accepted for: {accepted}.",
        "description": _SAID[found.genuine],
    }
