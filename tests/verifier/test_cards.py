"""What the result page shows of a certificate; what is missing or of another shape is left out."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.model import parse_credential
from tests.trust.world import CARE_SCHOOL, did
from tests.verifier.desk import attestation, certificate, lists, subject_with
from verifier.cards import Card, Name, card_of

PROOF = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "verificationMethod": f"{did(CARE_SCHOOL)}#k1"}


def card(document: dict[str, Any]) -> Card:
    """Return the card of a document whose signature is not the question here."""
    return card_of(parse_credential(document | {"proof": PROOF}), lists())


def test_the_card_of_a_course() -> None:
    shown = card(certificate())
    assert shown.names == (Name("Najma Akter", "bn-Latn", "ltr"), Name("নাজমা আক্তার", "bn", "ltr"))
    assert (shown.title, shown.number, shown.day, shown.hours) == ("Caregiving NC II", "XA-SBC-2026-0001", "2026-11-06", "786")
    assert shown.listed["fr"] == "Aide à la personne NC II"
    assert not shown.work
    assert (shown.period, shown.country, shown.basis, shown.tasks) == (None, "", "", ())


def test_the_card_of_work() -> None:
    shown = card(attestation())
    assert shown.work
    assert shown.names[1] == Name("يوسف حدّاد", "ar", "rtl")
    assert shown.title == "Welder, hull assembly"
    assert shown.period == ("2023-06-01", "2026-09-30")
    assert (shown.country, shown.basis, shown.listed) == ("XC", "payroll", {})
    assert shown.tasks[0] == "apply arc welding techniques"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Sari", (Name("Sari", "", "auto"),)),
        ({"@value": "سارة", "@language": "ar-EG"}, (Name("سارة", "ar-EG", "rtl"),)),
        ({"@value": "Sara", "@language": "ar-Latn"}, (Name("Sara", "ar-Latn", "ltr"),)),
        ({"@value": "Sari", "@language": "und"}, (Name("Sari", "", "auto"),)),
        ({"@value": "Sari\u202e", "@language": '" onload="x'}, (Name("Sari", "", "auto"),)),
        (["Sari", 7, {"@value": "\u200b"}, {"@value": None}], (Name("Sari", "", "auto"),)),
        (None, ()),
    ],
)
def test_names_in_every_shape(name: object, shown: tuple[Name, ...]) -> None:
    assert card(subject_with(certificate(), name=name)).names == shown


@pytest.mark.parametrize(
    ("subject", "member", "shown"),
    [
        ({"volumeOfLearning": "P1Y"}, "hours", ""),
        ({"volumeOfLearning": 786}, "hours", ""),
        ({"licenseNumber": ["A\u202eB"]}, "number", "AB"),
        ({"workExperience": "none"}, "period", None),
        ({"workExperience": {"startDate": "2023-06-01", "endDate": "soon"}}, "period", None),
        ({"workExperience": {"roleName": {"@value": "Nurse"}}}, "title", "Nurse"),
        ({"workExperience": {"alignment": "all"}}, "tasks", ()),
        ({"workExperience": {"alignment": [7, {"targetType": "ext:ESCOSkill", "targetName": "cook"}]}}, "tasks", ("cook",)),
    ],
)
def test_members_of_another_shape_are_left_out(subject: dict[str, object], member: str, shown: object) -> None:
    assert getattr(card(subject_with(certificate(), **subject)), member) == shown


def test_a_day_that_is_no_day_is_left_out_and_the_day_of_issue_stands_in() -> None:
    assert card(certificate(awardedDate="last year")).day == "2026-11-20"
    assert card(certificate(awardedDate=None, validFrom=None)).day == ""
