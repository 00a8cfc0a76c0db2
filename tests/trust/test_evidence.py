from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.model import parse_credential
from tests.trust.world import work
from trust.evidence import Attestation, EvidenceLevel, evidence_of, level_of, months_of, read_attestation

JOB = Attestation("urn:job", "7112", date(2019, 3, 1), date(2022, 2, 28), "co-worker", "saw-daily", "household-1", False, False)  # noqa: FBT003
UNION = replace(JOB, role="union", group="union-1")
ROLES = st.sampled_from(["employer", "supervisor", "co-worker", "client", "union", "self", "stranger"])
TOLD = st.lists(
    st.builds(
        Attestation,
        st.sampled_from(["urn:job", "urn:other"]),
        st.sampled_from(["7112", "7212"]),
        st.dates(date(2019, 1, 1), date(2020, 6, 1)),
        st.dates(date(2020, 6, 1), date(2022, 1, 1)),
        ROLES,
        st.sampled_from(["saw-daily", "payroll"]),
        st.sampled_from(["a", "b", "c"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ([replace(JOB, role="self")], EvidenceLevel.E0),
        ([replace(JOB, role="self", basis="payroll")], EvidenceLevel.E0),
        ([JOB], EvidenceLevel.E1),
        ([JOB, replace(UNION, group=JOB.group)], EvidenceLevel.E1),
        ([JOB, replace(JOB, group="household-2")], EvidenceLevel.E1),
        ([JOB, replace(UNION, is_reciprocal=True)], EvidenceLevel.E1),
        ([JOB, UNION], EvidenceLevel.E2),
        ([JOB, replace(UNION, has_papers=True)], EvidenceLevel.E3),
        ([replace(JOB, role="employer")], EvidenceLevel.E3),
        ([replace(JOB, basis="contract")], EvidenceLevel.E3),
    ],
)
def test_a_level_is_a_category_with_a_reason(told: list[Attestation], level: EvidenceLevel) -> None:
    assert level_of(told) is level
    assert evidence_of(told) == {"urn:job": level}


def test_three_witnesses_of_whom_one_is_reciprocal_from_one_household_are_one_witness() -> None:
    household = replace(JOB, role="client")
    assert level_of([JOB, household, replace(UNION, is_reciprocal=True)]) is EvidenceLevel.E1


def test_days_that_overlap_count_once_and_only_where_they_are_evidenced_so_well() -> None:
    assert months_of([JOB], "7112", EvidenceLevel.E1) == 36
    assert months_of([JOB, replace(JOB, experience="urn:second")], "7112", EvidenceLevel.E1) == 36
    assert months_of([JOB], "7212", EvidenceLevel.E1) == 0
    assert months_of([JOB], "7112", EvidenceLevel.E2) == 0
    later = replace(UNION, start=date(2021, 3, 1), end=date(2023, 2, 28))
    assert months_of([JOB, later], "7112", EvidenceLevel.E2) == 11
    assert months_of([JOB, later], "711", EvidenceLevel.E1) == 48


@given(TOLD, TOLD, st.sampled_from(EvidenceLevel))
def test_more_evidence_never_lowers_anything(told: list[Attestation], more: list[Attestation], least: EvidenceLevel) -> None:
    assert level_of([*told, *more]) >= level_of(told)
    assert months_of([*told, *more], "7", least) >= months_of(told, "7", least)


def attested(work_experience: Mapping[str, Any], kind: str = "Collector") -> Attestation | None:
    document = work()
    document["credentialSubject"]["workExperience"] = work_experience
    return read_attestation(parse_credential(document), kind)


GOOD = {"startDate": "2020-01-01", "endDate": "2021-12-31"}


def test_who_attests_is_read_from_the_credential_and_an_employer_is_known_by_the_lists() -> None:
    told = {"role": "union", "basis": "documents-only", "independenceGroup": "u", "reciprocal": True, "evidence": [{}]}
    read = attested({**GOOD, "id": "urn:job", "attestation": told})
    assert read is not None
    assert (read.role, read.basis, read.group, read.is_reciprocal, read.has_papers) == ("union", "documents-only", "u", True, True)
    assert getattr(attested(GOOD, "Employer"), "role", "") == "employer"
    assert getattr(attested({**GOOD, "attestation": "x"}), "role", "") == "self"


@pytest.mark.parametrize(
    "dates",
    [
        {},
        {"startDate": "2020-01-01"},
        {"startDate": "x", "endDate": "2020-01-01"},
        {"startDate": "2021-01-01", "endDate": "2020-01-01"},
        {"startDate": "0900-01-01", "endDate": "2020-01-01"},
    ],
)
def test_days_that_do_not_fit_together_are_no_attestation(dates: dict[str, str]) -> None:
    assert attested(dates) is None
    assert (
        read_attestation(parse_credential({**work(), "credentialSubject": {"id": "did:x:y", "workExperience": 5}}), "Employer")
        is None
    )
