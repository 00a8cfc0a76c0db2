from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from credentials.model import parse_credential
from wallet.cards import Card, card_of
from wallet.texts import Text, for_reader, texts

TRAINING: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:0b7e9ad0-7a5c-8c1d-9c7e-0a54dbd2a3b5",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:centre.example", "name": "Sunder Bay Care Training Centre"},
    "validFrom": "2025-05-08T00:00:00Z",
    "validUntil": "2030-05-07T00:00:00Z",
    "credentialSubject": {
        "name": [
            {"@value": "Najma Akter", "@language": "bn-Latn"},
            {"@value": "নাজমা আক্তার", "@language": "bn"},
        ],
        "licenseNumber": "XA-SBC-2026-0001",
        "volumeOfLearning": "PT786H",
        "activityStartDate": "2024-09-02T00:00:00Z",
        "activityEndDate": "2025-05-02T00:00:00Z",
        "achievement": {
            "name": [
                {"@value": "Caregiving NC II", "@language": "en"},
                {"@value": "رعاية", "@language": "ar"},
            ],
            "alignment": [
                {"targetFramework": "ESCO", "targetName": "home care aide"},
                {"targetFramework": "ISCED-F 2013"},
                {"targetName": "Level 2"},
            ],
        },
    },
}


def face(language: str = "en", **changes: object) -> Card:
    return card_of(parse_credential(TRAINING | changes), language)


def test_a_training_certificate_has_its_face() -> None:
    card = face()
    assert card.kind == "training"
    assert card.title == Text("Caregiving NC II", "en")
    assert card.centre == Text("Sunder Bay Care Training Centre")
    assert card.awarded == datetime(2025, 5, 8, tzinfo=UTC)
    assert card.until == datetime(2030, 5, 7, tzinfo=UTC)
    assert (card.began, card.finished) == (date(2024, 9, 2), date(2025, 5, 2))


def test_the_day_of_the_award_is_the_one_that_stands_on_the_paper() -> None:
    assert face(awardedDate="2025-05-02T00:00:00Z").awarded == date(2025, 5, 2)
    assert face(awardedDate="soon").awarded == datetime(2025, 5, 8, tzinfo=UTC)


def test_the_lists_are_named_with_their_words() -> None:
    assert face().codes == (("ESCO", Text("home care aide")),)


def test_hours_and_number_are_read() -> None:
    assert (face().hours, face().number) == (786, "XA-SBC-2026-0001")
    subject = TRAINING["credentialSubject"] | {"volumeOfLearning": "P1Y", "licenseNumber": ""}
    other = face(credentialSubject=subject)
    assert (other.hours, other.number) == (None, TRAINING["id"])


def test_every_name_keeps_its_script_and_the_own_script_comes_first() -> None:
    assert [(name.value, name.language, name.direction) for name in face().names] == [
        ("নাজমা আক্তার", "bn", "ltr"),
        ("Najma Akter", "bn-Latn", "ltr"),
    ]


def test_the_title_is_in_the_readers_language_where_the_certificate_has_it() -> None:
    assert face("ar").title == Text("رعاية", "ar")
    assert face("ar").title.direction == "rtl"
    assert face("fr").title.language == "en"


def test_without_the_readers_language_and_english_the_first_is_taken() -> None:
    assert for_reader((Text("Pag-aalaga", "tl"), Text("যত্ন", "bn")), "fr") == Text("Pag-aalaga", "tl")
    assert for_reader((), "fr") is None


@pytest.mark.parametrize("value", [None, 3, {"@value": 4}, {"en": "x"}, []])
def test_what_is_no_text_has_no_words(value: object) -> None:
    assert texts(value) == ()


def test_a_text_without_a_language_lets_the_browser_find_the_direction() -> None:
    assert texts({"@value": "x", "@language": 5}) == (Text("x"),)
    assert Text("x").direction == "auto"


def test_the_direction_follows_the_certificate_then_the_script() -> None:
    assert Text("يوسف", "ar").direction == "rtl"
    assert Text("Yusuf", "ar-Latn").direction == "ltr"
    assert texts({"@value": "x", "@language": "ar", "@direction": "ltr"})[0].direction == "ltr"


def test_one_classification_alone_and_an_empty_list_are_read() -> None:
    subject = {"name": "Sari", "workExperience": {"alignment": {"targetFramework": "ESCO", "targetName": "welder"}}}
    assert face(credentialSubject=subject).codes == (("ESCO", Text("welder")),)
    assert face(credentialSubject={"name": "Sari", "achievement": []}).kind == "work"


def test_a_certificate_of_another_shape_still_has_a_face() -> None:
    card = face(issuer="did:web:centre.example", credentialSubject=[{"id": "did:example:1"}])
    assert card.kind == "work"
    assert card.title == Text("OpenBadgeCredential")
    assert card.centre == Text("did:web:centre.example")
    assert card.names == ()
    assert card.began is None
    assert card.codes == ()


def test_a_day_that_is_none_is_left_out() -> None:
    subject = TRAINING["credentialSubject"] | {"activityStartDate": "soon"}
    assert face(credentialSubject=subject).began is None
