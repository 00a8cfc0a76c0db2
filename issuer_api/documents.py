"""Builds the unsigned documents: from a programme and one person's cells, or from an attestation of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import schemas
from credentials import rdf
from credentials.identifiers import credential_id
from credentials.model import parse_credential
from credentials.passports import Passport, identity_of
from credentials.schema import check_schemas
from issuer_api.names import language_of

RIGHT_TO_LEFT: Final = frozenset({"ar"})
RPL: Final = "RPL"
"""The route of an award for prior learning, as the rules of states name it."""
PURPOSES: Final = ("revocation", "suspension")


@dataclass(frozen=True, slots=True)
class Award:
    """What is said of one person.

    Attributes:
        names: as given, Latin form first where there is one.
        awarded: the day of the award.
        number: the certificate's number.
        started: the course's first day, or None.
        work: the attestation's fields for work experience, else None.
        passport: that the centre saw; only a commitment to it is said.
        holder: DID of the key in the person's phone, or None.
        until: the day on which it ends, or None for as long as its programme says.
        evidence: what prior learning was recognised by; empty for a course.
    """

    names: tuple[str, ...]
    awarded: date
    number: str
    started: date | None = None
    work: Mapping[str, Any] | None = None
    passport: Passport | None = None
    holder: str | None = None
    until: date | None = None
    evidence: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the credential's status stands: the pair of lists (their common stem) and the index."""

    stem: str
    index: int

    def list_url(self, purpose: str) -> str:
        """Return the address of the list for a purpose."""
        return f"{self.stem}-{purpose}"


def whole_day(day: date) -> str:
    """Return a day as the moment of its midnight in UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def build(did: str, issuer_name: str, programme: Mapping[str, Any], award: Award, place: Place, issued: date) -> dict[str, Any]:
    """Return the unsigned credential of one person.

    Args:
        did: the issuer's DID.
        issuer_name: its name.
        programme: the programme's or the form's record.
        award: what is said of the person.
        place: its status lists and index; the credential's id follows from it.
        issued: the day of issue.
    """
    until = award.until or _later(issued, int(programme["validYears"]))
    work = programme["kind"] == "work"
    contexts = [schemas.CREDENTIALS_V2, schemas.COMITY_CONTEXT]
    if not work:
        contexts.insert(1, schemas.OPEN_BADGES_CONTEXT)
    name = credential_id(did, place.stem, place.index)
    return {
        "@context": contexts,
        "id": name,
        "type": ["VerifiableCredential", "WorkExperienceCredential" if work else "OpenBadgeCredential"],
        "name": programme["title"]["en"],
        "issuer": {"id": did, "name": issuer_name} | ({} if work else {"type": ["Profile"]}),
        "validFrom": whole_day(issued),
        "validUntil": whole_day(until),
        **({} if work else {"awardedDate": whole_day(award.awarded)}),
        "credentialSubject": _worker(award) if work else _graduate(programme, award, name),
        **({"evidence": [{"type": ["Evidence"], **one} for one in award.evidence]} if award.evidence else {}),
        "credentialStatus": [_status_entry(place, purpose) for purpose in PURPOSES],
        "credentialSchema": {
            "id": schemas.WORK_EXPERIENCE_SCHEMA if work else schemas.TRAINING_SCHEMA,
            "type": "JsonSchema",
        },
    }


def check(document: Mapping[str, Any], canonicalize: rdf.Canonicalizer) -> None:
    """Raise unless an unsigned document fits its schema and every part of it would be signed.

    Raises:
        SchemaError, MalformedValueError: it does not fit; with a pointer.
        DataLossError: something would be dropped.
        ComplexityLimitError: it is too intricate.
    """
    check_schemas(parse_credential(document))
    canonicalize(document)


def _later(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29  # noqa: PLR2004  # 29 February
    return date(day.year + years, day.month, 28 if leap else day.day)


def _names(names: Sequence[str]) -> list[dict[str, str]]:
    native = next((tag for tag in (language_of(name, "") for name in names) if tag), "")
    latin = f"{native}-Latn" if native else "und-Latn"
    tagged = [(name, language_of(name, latin)) for name in names]
    return [{"@value": name, "@language": tag} | ({"@direction": "rtl"} if tag in RIGHT_TO_LEFT else {}) for name, tag in tagged]


def _graduate(programme: Mapping[str, Any], award: Award, credential: str) -> dict[str, Any]:
    started = {"activityStartDate": award.started.isoformat()} if award.started else {}
    return {
        **({"id": award.holder} if award.holder else {}),
        "type": ["AchievementSubject"],
        "name": _names(award.names),
        **started,
        "activityEndDate": award.awarded.isoformat(),
        "licenseNumber": award.number,
        "volumeOfLearning": f"PT{int(programme['hours'])}H",
        **({"assessmentRoute": RPL} if award.evidence else {}),
        **({"identifier": [identity_of(award.passport, credential)]} if award.passport else {}),
        "achievement": {
            "id": programme["qualification"],
            "type": ["Achievement"],
            "achievementType": "Certificate",
            "name": programme["title"]["en"],
            "description": programme.get("description", programme["title"]["en"]),
            "criteria": {"narrative": programme["criteria"]},
            "alignment": [{"type": ["Alignment"], **entry} for entry in programme["alignment"]],
        },
    }


def _worker(award: Award) -> dict[str, Any]:
    work = dict(award.work or {})
    alignment = [{"type": ["ClassificationEntry"], **entry} for entry in work.pop("alignment")]
    if "attestation" in work:
        work["attestation"] = _testimony(work["attestation"])
    return {
        "type": ["Worker"],
        "name": _names(award.names),
        "workExperience": {"type": ["EmployeeRole"], **work, "alignment": alignment},
    }


def _testimony(told: Mapping[str, Any]) -> dict[str, Any]:
    papers = [{"type": ["WorkPaper"], **paper} for paper in told.get("evidence", ())]
    return {"type": ["WorkAttestation"], **told} | ({"evidence": papers} if papers else {})


def _status_entry(place: Place, purpose: str) -> dict[str, str]:
    url = place.list_url(purpose)
    return {
        "id": f"{url}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(place.index),
        "statusListCredential": url,
    }
