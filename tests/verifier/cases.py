"""One certificate, state and desk for every verdict: the table that the answers, the pages and the browser walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from tests.trust.world import CARE_SCHOOL, NOW, WELDING, Files, bundle_of, did, shipped
from tests.verifier.desk import (
    aged,
    attestation,
    by_stranger,
    certificate,
    desk,
    lists,
    lists_with,
    signed,
    status_url,
    subject_with,
)
from trust.bundle import Bundle
from verifier.service import Verifier

INDEX: Final = 7
JOINT: Final = "urn:comity:joint:q:CARE@2026"


@cache
def good() -> bytes:
    return signed(certificate())


_DOCUMENT: Final = f"://localhost:8000/issuers/{CARE_SCHOOL}/did.json"


@cache
def _some() -> Bundle:
    """Return the lists of XB and XC alone."""
    return bundle_of(shipped(), corridor=("XB", "XC"))


@cache
def worked() -> bytes:
    return signed(attestation())


@dataclass(frozen=True)
class Case:
    """What is shown to whom, and what must come of it: the verdict, and the answers and messages of the first four questions."""

    verdict: str
    answers: str
    messages: tuple[str, ...]
    content: Callable[[], bytes] = good
    state: str | None = "XB"
    verifier: Callable[[], Verifier] = desk


def at_index(index: int) -> dict[str, Any]:
    entries = [entry | {"statusListIndex": str(index)} for entry in certificate()["credentialStatus"]]
    return certificate(credentialStatus=entries)


def rule_of(files: Files, state: str) -> dict[str, Any]:
    rule: dict[str, Any] = files[f"states/{state}/rules.json"]["rules"][0]
    return rule


def care_school(files: Files) -> dict[str, Any]:
    return next(issuer for issuer in files["states/XA/issuers.json"]["issuers"] if issuer["slug"] == CARE_SCHOOL)


def with_rule(state: str = "XB", **changes: object) -> Callable[[], Verifier]:
    return lambda: desk(bundle=lists_with(lambda files: rule_of(files, state).update(changes)))


def with_lists(change: Callable[[Files], Any]) -> Callable[[], Verifier]:
    return lambda: desk(bundle=lists_with(change))


def stopped_by(state: str) -> Callable[[], Verifier]:
    record = {
        "id": f"urn:comity:{state}:suspension:1",
        "of": {"issuer": did(CARE_SCHOOL)},
        "from": "2026-11-19",
        "until": None,
        "recordedAt": "2026-11-19",
        "affectsIssuedBefore": True,
        "reason": "the records of the course are missing",
        "reviewBy": "2027-02-01",
    }
    return with_lists(lambda files: files.update({f"states/{state}/suspensions.json": {"suspensions": [record]}}))


def _compromise(files: Files) -> None:
    care_school(files)["keys"][0]["compromisedSince"] = "2026-11-01"


def _end_approval(files: Files) -> None:
    care_school(files)["accreditations"][0]["periods"][0]["until"] = "2026-11-20"


def _leave(files: Files) -> None:
    files["partnership/parties.json"]["parties"][1]["until"] = "2026-10-31"


def _no_approval(files: Files) -> None:
    care_school(files)["accreditations"] = []


def _no_rule_and_nobody(files: Files) -> None:
    files["states/XB/rules.json"]["rules"] = []
    files["states/XB/authorities.json"]["authorities"] = []


def _other_occupation(files: Files) -> None:
    files["states/XC/issuers.json"]["issuers"][0]["accreditations"][0]["scope"] = {"occupations": ["9"]}


def _no_attesting(files: Files) -> None:
    files["states/XC/issuers.json"]["issuers"][0]["accreditations"] = []


def _define_together(files: Files) -> None:
    together = {"id": JOINT, "states": ["XA", "XB"], "names": {"en": "Care"}, "field": "0921", "nqf": "2", "isco": "5322"}
    files["partnership/qualifications.json"] = {"qualifications": [together]}
    care_school(files)["accreditations"][0]["scope"]["qualifications"] = [JOINT]


def of_course(qualification: str) -> bytes:
    """Return a certificate of another course than the school's own."""
    achievement = certificate()["credentialSubject"]["achievement"] | {"id": qualification}
    return signed(subject_with(certificate(), achievement=achievement))


def _other_key(files: Files) -> None:
    care_school(files)["keys"][0]["id"] = "#k2"


def _late_key(files: Files) -> None:
    care_school(files)["keys"][0]["from"] = "2026-11-30"


CONDITIONS: Final = {
    "allOf": [
        {"id": "language-b1", "qualifications": ["urn:x:language"], "texts": {"en": "the language at level B1"}},
        {
            "id": "adaptation",
            "options": [{"en": "a test"}, {"en": "a period of adaptation"}],
            "texts": {"en": "a compensation measure"},
        },
        {
            "anyOf": [
                {"id": "a", "qualifications": ["urn:x:a"], "texts": {"en": "a first-aid course"}},
                {"id": "b", "qualifications": ["urn:x:b"], "texts": {"en": "a year in a home"}},
            ]
        },
    ]
}
YES_3: Final = ("genuine.yes", "current.yes", "entitled.yes")
LIST: Final = status_url(CARE_SCHOOL, "revocation")

CASES: Final[dict[str, Case]] = {
    "recognised": Case("recognized", "yes yes yes yes", (*YES_3, "recognised.yes")),
    "defined together": Case(
        "recognized",
        "yes yes yes yes",
        (*YES_3, "recognised.joint"),
        content=lambda: of_course(JOINT),
        verifier=with_lists(_define_together),
    ),
    "at home": Case("recognized", "yes yes yes yes", (*YES_3, "recognised.home"), state="XA"),
    "work at home": Case(
        "recognized", "yes yes yes yes", (*YES_3[:2], "entitled.yes.work", "recognised.home.work"), content=worked, state="XC"
    ),
    "work elsewhere": Case(
        "recognized", "yes yes yes yes", (*YES_3[:2], "entitled.yes.work", "recognised.yes"), content=worked, state="XA"
    ),
    "partly": Case("partly", "yes yes yes partly", (*YES_3, "recognised.partly"), state="XC"),
    "partly, several things": Case(
        "partly", "yes yes yes partly", (*YES_3, "recognised.partly"), verifier=with_rule(mode="conditional", requires=CONDITIONS)
    ),
    "level only": Case("level-only", "yes yes yes partly", (*YES_3, "recognised.level"), verifier=with_rule(mode="levelOnly")),
    "undecided": Case(
        "undecided", "yes yes yes undecided", (*YES_3[:2], "entitled.yes.work", "recognised.undecided"), content=worked
    ),
    "case by case": Case(
        "undecided", "yes yes yes undecided", (*YES_3, "recognised.case-by-case"), verifier=with_rule(mode="caseByCase")
    ),
    "undecided, nobody to ask": Case(
        "undecided",
        "yes yes yes undecided",
        (*YES_3, "recognised.undecided.nobody"),
        verifier=with_lists(_no_rule_and_nobody),
    ),
    "refused": Case("refused", "yes yes yes no", (*YES_3, "recognised.refused"), verifier=with_rule(mode="none")),
    "stopped here": Case("refused", "yes yes yes no", (*YES_3, "recognised.stopped-here"), verifier=stopped_by("XB")),
    "stopped at home": Case(
        "stopped", "yes yes unknown no", (*YES_3[:2], "entitled.unproven", "recognised.stopped"), verifier=stopped_by("XA")
    ),
    "stopped at home, no state": Case(
        "stopped",
        "yes yes unknown no",
        (*YES_3[:2], "entitled.unproven", "recognised.stopped"),
        state=None,
        verifier=stopped_by("XA"),
    ),
    "no state": Case("genuine", "yes yes yes not-asked", (*YES_3, "recognised.no-state"), state=None),
    "no end": Case(
        "recognized",
        "yes yes yes yes",
        ("genuine.yes", "current.yes-no-end", "entitled.yes", "recognised.yes"),
        content=lambda: signed(certificate(validUntil=None, credentialSchema=None)),
    ),
    "names nobody": Case(
        "recognized",
        "yes yes yes yes",
        (*YES_3, "recognised.yes"),
        content=lambda: signed(subject_with(certificate(credentialSchema=None), name=None)),
    ),
    "withdrawn": Case(
        "withdrawn",
        "yes no yes not-asked",
        ("genuine.yes", "current.withdrawn", "entitled.yes", "recognised.not-asked"),
        verifier=lambda: desk(withdrawn={INDEX}),
    ),
    "replaced": Case(
        "replaced",
        "yes no yes not-asked",
        ("genuine.yes", "current.replaced", "entitled.yes", "recognised.not-asked"),
        verifier=lambda: desk(withdrawn={INDEX}, replaced={INDEX}),
    ),
    "withdrawn and ended": Case(
        "withdrawn",
        "yes no yes not-asked",
        ("genuine.yes", "current.withdrawn", "entitled.yes", "recognised.not-asked"),
        content=lambda: signed(certificate(validFrom="2025-11-20T00:00:00Z", validUntil="2026-01-01T00:00:00Z")),
        verifier=lambda: desk(withdrawn={INDEX}),
    ),
    "on hold": Case(
        "held",
        "yes held yes not-asked",
        ("genuine.yes", "current.held", "entitled.yes", "recognised.not-asked"),
        verifier=lambda: desk(held={INDEX}),
    ),
    "ended": Case(
        "ended",
        "yes no yes not-asked",
        ("genuine.yes", "current.ended", "entitled.yes", "recognised.not-asked"),
        content=lambda: signed(certificate(validFrom="2025-11-20T00:00:00Z", validUntil="2026-01-01T00:00:00Z")),
    ),
    "not yet": Case(
        "not-yet",
        "yes no yes not-asked",
        ("genuine.yes", "current.not-yet", "entitled.yes", "recognised.not-asked"),
        content=lambda: signed(certificate(validFrom="2026-12-24T00:00:00Z")),
    ),
    "forged": Case(
        "forged",
        "no not-asked not-asked not-asked",
        ("genuine.no", *["not-asked"] * 3),
        content=lambda: good().replace(b"Najma Akter", b"Somebody Else"),
    ),
    "signed by somebody else": Case(
        "forged",
        "no not-asked not-asked not-asked",
        ("genuine.no", *["not-asked"] * 3),
        content=lambda: signed(certificate(), slug="tarimba-welding"),
    ),
    "no certificate": Case(
        "forged",
        "no not-asked not-asked not-asked",
        ("genuine.not-a-certificate", *["not-asked"] * 3),
        content=lambda: b'{"hello": "Somebody Else"}',
    ),
    "not of its form": Case(
        "forged",
        "no not-asked not-asked not-asked",
        ("genuine.no-form", *["not-asked"] * 3),
        content=lambda: signed(subject_with(certificate(), licenseNumber=None)),
    ),
    "form that we do not know": Case(
        "unknown",
        "unknown not-asked not-asked not-asked",
        ("genuine.form-unknown", *["not-asked-yet"] * 3),
        content=lambda: signed(certificate(credentialSchema={"id": "https://schemas.example/1", "type": "JsonSchema"})),
    ),
    "key that cannot be had": Case(
        "unknown",
        "unknown not-asked not-asked not-asked",
        ("genuine.unknown", *["not-asked-yet"] * 3),
        content=lambda: good().replace(b"issuers:sunder-bay-care", b"issuers:nobody-here"),
    ),
    "key that is not listed": Case(
        "unknown",
        "unknown not-asked not-asked not-asked",
        ("genuine.key-unknown", *["not-asked-yet"] * 3),
        verifier=with_lists(_other_key),
    ),
    "key that was not in use": Case(
        "unknown",
        "unknown not-asked not-asked not-asked",
        ("genuine.key-unknown", *["not-asked-yet"] * 3),
        verifier=with_lists(_late_key),
    ),
    "key that was stolen": Case(
        "unknown",
        "unknown not-asked not-asked not-asked",
        ("genuine.key-stolen", *["not-asked-yet"] * 3),
        verifier=with_lists(_compromise),
    ),
    "clock that was set back": Case(
        "partly-unknown",
        "yes yes yes unknown",
        ("genuine.yes", "current.yes", "entitled.yes", "recognised.clock"),
        verifier=lambda: desk(bundle=aged(lists(), -3)),
    ),
    "centre in lists that are not kept": Case(
        "partly-unknown",
        "yes yes unknown not-asked",
        ("genuine.yes-unregistered", "current.yes", "entitled.not-kept", "recognised.not-asked"),
        verifier=lambda: desk(bundle=_some()),
    ),
    "centre in lists that are not kept, whose key cannot be had": Case(
        "unknown",
        "unknown not-asked not-asked not-asked",
        ("genuine.not-kept", *["not-asked-yet"] * 3),
        verifier=lambda: desk(bundle=_some(), missing=tuple(f"{scheme}{_DOCUMENT}" for scheme in ("http", "https"))),
    ),
    "stranger": Case(
        "not-in-register",
        "yes yes no not-asked",
        ("genuine.yes-unregistered", "current.yes", "entitled.not-in-register", "recognised.not-asked"),
        content=lambda: by_stranger(certificate(credentialStatus=None, credentialSchema=None), "Ministry of \u202eeurT"),
    ),
    "stranger, no state": Case(
        "not-in-register",
        "yes yes no not-asked",
        ("genuine.yes-unregistered", "current.yes", "entitled.not-in-register", "recognised.no-state"),
        content=lambda: by_stranger(certificate(credentialStatus=None, credentialSchema=None), "A School"),
        state=None,
    ),
    "another course": Case(
        "not-entitled",
        "yes yes no not-asked",
        (*YES_3[:2], "entitled.no", "recognised.not-asked"),
        content=lambda: of_course(WELDING),
    ),
    "no approval at all": Case(
        "not-entitled",
        "yes yes no not-asked",
        (*YES_3[:2], "entitled.none", "recognised.not-asked"),
        verifier=with_lists(_no_approval),
    ),
    "another occupation": Case(
        "not-entitled",
        "yes yes no not-asked",
        (*YES_3[:2], "entitled.no.work", "recognised.not-asked"),
        content=worked,
        verifier=with_lists(_other_occupation),
    ),
    "no approval to attest": Case(
        "not-entitled",
        "yes yes no not-asked",
        (*YES_3[:2], "entitled.none.work", "recognised.not-asked"),
        content=worked,
        verifier=with_lists(_no_attesting),
    ),
    "approved by somebody without a mandate": Case(
        "not-entitled",
        "yes yes no not-asked",
        (*YES_3[:2], "entitled.no-mandate", "recognised.not-asked"),
        verifier=with_lists(lambda files: files["states/XA/authorities.json"]["authorities"][0].update(mandates=[])),
    ),
    "state was no party": Case(
        "not-entitled",
        "yes yes no not-asked",
        (*YES_3[:2], "entitled.not-a-party", "recognised.not-asked"),
        verifier=with_lists(lambda files: files["partnership/parties.json"]["parties"][0].update({"from": "2026-11-21"})),
    ),
    "approval has ended": Case(
        "partly-unknown",
        "yes yes unknown not-asked",
        (*YES_3[:2], "entitled.unproven", "recognised.not-asked"),
        verifier=lambda: desk(bundle=lists_with(_end_approval), now=datetime(2026, 11, 22, tzinfo=UTC)),
    ),
    "no day": Case(
        "partly-unknown",
        "yes yes unknown not-asked",
        ("genuine.yes-undated", "current.yes", "entitled.no-day", "recognised.not-asked"),
        content=lambda: signed(certificate(validFrom=None, credentialSchema=None)),
    ),
    "no status list": Case(
        "partly-unknown",
        "yes unknown yes not-asked",
        ("genuine.yes", "current.unknown", "entitled.yes", "recognised.not-asked"),
        verifier=lambda: desk(missing=(LIST,)),
    ),
    "status list that has run out": Case(
        "partly-unknown",
        "yes unknown yes not-asked",
        ("genuine.yes", "current.unknown", "entitled.yes", "recognised.not-asked"),
        verifier=lambda: desk(lists_until=NOW - timedelta(hours=1)),
    ),
    "place beyond the status list": Case(
        "partly-unknown",
        "yes unknown yes not-asked",
        ("genuine.yes", "current.list-bad", "entitled.yes", "recognised.not-asked"),
        content=lambda: signed(at_index(131_072)),
    ),
    "old lists": Case(
        "partly-unknown",
        "yes yes yes unknown",
        (*YES_3, "recognised.old-lists"),
        verifier=lambda: desk(bundle=aged(lists(), 60)),
    ),
    "old lists, no state": Case(
        "partly-unknown",
        "yes yes yes unknown",
        (*YES_3, "recognised.old-lists"),
        state=None,
        verifier=lambda: desk(bundle=aged(lists(), 60)),
    ),
    "state that has left": Case(
        "partly-unknown", "yes yes yes unknown", (*YES_3, "recognised.not-a-party"), verifier=with_lists(_leave)
    ),
}
