from __future__ import annotations

from typing import Any

import pytest

from issuer_api.errors import InvalidRecordError
from issuer_api.records import Attestation, Record, TrainingProgramme, WorkForm, read_record
from tests.issuer_api.house import read_example

TRAINING = read_example("programmes/caregiving-nc2.json")
WORK = read_example("forms/work-experience.json") | {"kind": "work"}
ATTESTED = {name: value for name, value in read_example("work/yusuf-haddad.json").items() if name not in {"issuer", "form"}}


def changed(record: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    return {name: value for name, value in {**record, **changes}.items() if value is not None}


def test_the_examples_are_records() -> None:
    assert read_record(TrainingProgramme, TRAINING).hours == 786
    assert read_record(WorkForm, {name: value for name, value in WORK.items() if name != "form"}).valid_years == 20
    assert read_record(Attestation, ATTESTED).names == ["Yusuf Haddad", "يوسف حدّاد"]


@pytest.mark.parametrize(
    ("kind", "record", "pointer"),
    [
        pytest.param(TrainingProgramme, changed(TRAINING, hours=None), "/hours", id="missing"),
        pytest.param(TrainingProgramme, changed(TRAINING, hours="786"), "/hours", id="a text for a number"),
        pytest.param(TrainingProgramme, changed(TRAINING, hours=0), "/hours", id="no hours"),
        pytest.param(TrainingProgramme, changed(TRAINING, validYears=101), "/validYears", id="for 101 years"),
        pytest.param(TrainingProgramme, changed(TRAINING, title="Caregiving"), "/title", id="a title without languages"),
        pytest.param(TrainingProgramme, changed(TRAINING, title={"fr": "Soins"}), "/title", id="no English title"),
        pytest.param(TrainingProgramme, changed(TRAINING, title={"en": "A\u202eB"}), "/title/en", id="hidden marks"),
        pytest.param(TrainingProgramme, changed(TRAINING, criteria="a\x00b"), "/criteria", id="control character"),
        pytest.param(TrainingProgramme, changed(TRAINING, qualification="caregiving"), "/qualification", id="no URN"),
        pytest.param(TrainingProgramme, changed(TRAINING, started="2026-3-2"), "/started", id="no day"),
        pytest.param(TrainingProgramme, changed(TRAINING, started="20260302"), "/started", id="a day without hyphens"),
        pytest.param(TrainingProgramme, changed(TRAINING, number="A" * 21), "/number", id="a long number"),
        pytest.param(TrainingProgramme, changed(TRAINING, favouriteColour="blue"), "/favouriteColour", id="unknown member"),
        pytest.param(TrainingProgramme, changed(TRAINING, alignment=[]), "/alignment", id="no alignment"),
        pytest.param(TrainingProgramme, changed(TRAINING, alignment=["ISCO"]), "/alignment/0", id="an alignment that is none"),
        pytest.param(
            TrainingProgramme,
            changed(TRAINING, alignment=[TRAINING["alignment"][0] | {"targetType": "ISCO"}]),
            "/alignment/0/targetType",
            id="unknown framework",
        ),
        pytest.param(WorkForm, changed(WORK, id="Work"), "/id", id="capitals in an id"),
        pytest.param(Attestation, changed(ATTESTED, names="Yusuf"), "/names", id="one name that is no list"),
        pytest.param(Attestation, changed(ATTESTED, names=[]), "/names", id="no name"),
        pytest.param(Attestation, changed(ATTESTED, names=["Yusuf", " "]), "/names/1", id="empty name"),
        pytest.param(Attestation, changed(ATTESTED, names=["Yu\u200bsuf"]), "/names/0", id="hidden letter in a name"),
        pytest.param(Attestation, changed(ATTESTED, country="Calentia"), "/country", id="no code of a state"),
        pytest.param(Attestation, changed(ATTESTED, attestationBasis="hearsay"), "/attestationBasis", id="unknown basis"),
        pytest.param(Attestation, changed(ATTESTED, hoursPerWeek=True), "/hoursPerWeek", id="a truth for a number"),
        pytest.param(Attestation, changed(ATTESTED, type=["Person"]), "/type", id="a member that we set"),
    ],
)
def test_what_is_wrong_is_pointed_at(kind: type[Record], record: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRecordError) as raised:
        read_record(kind, record)
    assert raised.value.pointer == pointer
    assert raised.value.detail.startswith(f"{pointer.rpartition('/')[2]}: ")


def test_names_are_tidied() -> None:
    assert read_record(Attestation, changed(ATTESTED, names=["  Zoe\u0308  X "])).names == ["Zoë X"]


def test_criteria_may_have_lines() -> None:
    assert read_record(TrainingProgramme, changed(TRAINING, criteria="One.\nTwo.")).criteria == "One.\nTwo."
