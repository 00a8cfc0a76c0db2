"""Which credentials answer a query, and whether an answer is one (OpenID4VP 1.0 §6.4, §7, §8.6)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.dcql import AnswerError, Candidate, PathError, Query, at_path, check_answer, excess, matches, parse_query

CLAIMS: Final[dict[str, Any]] = {
    "name": "Sari",
    "hours": 120,
    "passed": True,
    "degrees": [{"type": "Bachelor", "year": 2019}, {"type": "Master"}],
    "towns": ["Manila", "Cebu"],
}
COURSE: Final = Candidate(
    "dc+sd-jwt", CLAIMS, frozenset({"urn:course:1"}), authorities={"aki": frozenset({"s9tIpPmhxdiuNkHMEWNpYim8S8Y"})}
)
BADGE: Final = Candidate("ldp_vc", {"type": ["VerifiableCredential", "Badge"]}, frozenset({"VerifiableCredential", "Badge"}))


def query(*credentials: dict[str, Any], sets: list[dict[str, Any]] | None = None) -> Query:
    found = [{"id": f"q{place}", "format": "dc+sd-jwt", "meta": {}} | one for place, one in enumerate(credentials)]
    return parse_query({"credentials": found} | ({"credential_sets": sets} if sets else {}))


def answers(candidate: Candidate = COURSE, **asked: Any) -> bool:  # noqa: ANN401  # members of a query
    return matches(query(asked), [candidate]).is_satisfiable


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (["name"], ["Sari"]),
        (["degrees", 0, "type"], ["Bachelor"]),
        (["degrees", None, "type"], ["Bachelor", "Master"]),
        (["degrees", None, "year"], [2019]),
        (["towns", None], ["Manila", "Cebu"]),
        (["towns", 1], ["Cebu"]),
    ],
)
def test_a_path_selects(path: list[str | int | None], found: list[Any]) -> None:
    assert at_path(CLAIMS, path) == found


@pytest.mark.parametrize(
    "path", [["nothing"], ["towns", 2], ["name", "first"], ["name", 0], ["name", None], ["towns", None, "x"], [0]]
)
def test_a_path_that_leads_nowhere(path: list[str | int | None]) -> None:
    with pytest.raises(PathError):
        at_path(CLAIMS, path)


def leads_somewhere(claims: dict[str, Any], path: list[Any]) -> bool:
    try:
        return bool(at_path(claims, path))
    except PathError:
        return False


def test_format_type_and_binding_are_asked_for() -> None:
    assert answers(meta={"vct_values": ["urn:x", "urn:course:1"]})
    assert not answers(meta={"vct_values": ["urn:x"]})
    assert not answers(BADGE)
    assert answers(BADGE, format="ldp_vc", meta={"type_values": [["X"], ["Badge"]]})
    assert not answers(BADGE, format="ldp_vc", meta={"type_values": [["Badge", "X"]]})
    bearer = Candidate("dc+sd-jwt", CLAIMS, is_bound=False)
    assert not answers(bearer)
    assert answers(bearer, require_cryptographic_holder_binding=False)


def test_an_authority_must_stand_behind_the_issuer() -> None:
    mine = {"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}
    others = {"type": "aki", "values": ["other"]}
    assert answers(trusted_authorities=[others, mine])
    assert not answers(trusted_authorities=[others])
    assert not answers(trusted_authorities=[{"type": "etsi_tl", "values": mine["values"]}])


@pytest.mark.parametrize(
    ("path", "values", "met"),
    [
        (["hours"], [1, 120], True),
        (["hours"], ["120"], False),
        (["passed"], [True], True),
        (["passed"], [1], False),
        (["hours"], [True], False),
        (["towns", None], ["Cebu"], True),
        (["towns", None], ["Davao"], False),
    ],
)
def test_values_are_equal_in_type_too(path: list[Any], values: list[Any], met: bool) -> None:  # noqa: FBT001  # the expected answer
    assert answers(claims=[{"path": path, "values": values}]) is met


def test_the_first_claim_set_that_can_be_met_is_shown() -> None:
    claims = [{"id": "x", "path": ["nothing"]}, {"id": "n", "path": ["name"]}, {"id": "h", "path": ["hours"]}]
    [selection] = matches(query({"claims": claims, "claim_sets": [["x"], ["n", "h"], ["n"]]}), [COURSE]).found["q0"]
    assert selection.claims == (("name",), ("hours",))
    assert not answers(claims=claims)
    assert not answers(claims=claims, claim_sets=[["x", "n"]])


def test_no_claims_asks_for_nothing_that_can_be_kept_back() -> None:
    [selection] = matches(query({}), [COURSE]).found["q0"]
    assert selection.claims == ()


def test_sets_take_the_first_option_that_can_be_met() -> None:
    course: dict[str, Any] = {}
    badge, other = {"format": "ldp_vc"}, {"format": "mso_mdoc"}
    sets: list[dict[str, Any]] = [{"options": [["q2"], ["q0", "q1"], ["q0"]]}, {"options": [["q1"]], "required": False}]
    whole = matches(query(course, badge, other, sets=sets), [COURSE, BADGE])
    assert (whole.is_satisfiable, whole.needed, whole.optional) == (True, frozenset({"q0", "q1"}), frozenset())
    part = matches(query(course, badge, other, sets=[{"options": [["q0"]]}, sets[1]]), [COURSE, BADGE])
    assert (part.is_satisfiable, part.needed, part.optional) == (True, frozenset({"q0"}), frozenset({"q1"}))
    nothing = matches(query(course, badge, other, sets=[{"options": [["q2"]]}, sets[1]]), [COURSE])
    assert (nothing.is_satisfiable, nothing.needed, nothing.optional) == (False, frozenset(), frozenset())
    assert not matches(query(course, other), [COURSE]).is_satisfiable


def test_all_that_answer_are_found() -> None:
    found = matches(query({"multiple": True}), [COURSE, BADGE, COURSE]).found["q0"]
    assert [selection.candidate for selection in found] == [0, 2]


def test_an_answer_is_checked() -> None:
    asked = query({"claims": [{"path": ["name"]}]}, {"multiple": True})
    assert check_answer(asked, {"q0": [COURSE], "q1": [COURSE, COURSE]}) == {"q0": ((("name",),),), "q1": ((), ())}


@pytest.mark.parametrize(
    ("presented", "pointer"),
    [
        pytest.param({"q0": [COURSE]}, "/vp_token", id="one is missing"),
        pytest.param({"q0": [COURSE], "q1": [COURSE], "q2": [COURSE]}, "/vp_token", id="one was not asked for"),
        pytest.param({"q0": [COURSE, COURSE], "q1": [COURSE]}, "/vp_token/q0", id="two where one was asked for"),
        pytest.param({"q0": [], "q1": [COURSE]}, "/vp_token/q0", id="an empty array"),
        pytest.param({"q0": [COURSE], "q1": [COURSE, BADGE]}, "/vp_token/q1/1", id="another format"),
    ],
)
def test_what_was_not_asked_is_no_answer(presented: dict[str, list[Candidate]], pointer: str) -> None:
    with pytest.raises(AnswerError) as error:
        check_answer(query({}, {"multiple": True}), presented)
    assert error.value.pointer == pointer


def test_an_answer_is_a_combination_that_was_asked_for() -> None:
    sets: list[dict[str, Any]] = [{"options": [["q0", "q1"], ["q2"]]}, {"options": [["q0"]], "required": False}]
    asked = query({}, {}, {}, sets=sets)
    assert set(check_answer(asked, {"q2": [COURSE]})) == {"q2"}
    assert set(check_answer(asked, {"q0": [COURSE], "q1": [COURSE]})) == {"q0", "q1"}
    with pytest.raises(AnswerError):
        check_answer(asked, {"q0": [COURSE]})


def test_what_was_shown_beyond_the_question_is_found() -> None:
    asked = [("name",), ("degrees", None, "type")]
    shown = [("name",), ("degrees", 0), ("degrees", 0, "type"), ("degrees", 0, "year"), ("hours",)]
    assert excess(asked, shown).paths == (("degrees", 0, "year"), ("hours",))


NAMES: Final = st.sampled_from(["a", "b", "c"])
CLAIM_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
PATHS: Final = st.lists(NAMES | st.integers(0, 2) | st.none(), min_size=1, max_size=3)


@settings(max_examples=80)
@given(claims=st.dictionaries(NAMES, CLAIM_JSON), paths=st.lists(PATHS, min_size=1, max_size=3), data=st.data())
def test_what_is_selected_answers_the_verifier_too(claims: dict[str, Any], paths: list[list[Any]], data: st.DataObject) -> None:
    """Whatever a wallet finds for a query is accepted as its answer, and a wallet finds nothing where a path leads nowhere."""
    asked = query({"claims": [{"id": f"c{place}", "path": path} for place, path in enumerate(paths)]})
    candidate = Candidate("dc+sd-jwt", claims)
    found = matches(asked, [candidate])
    if found.is_satisfiable:
        chosen = check_answer(asked, {"q0": [candidate]})["q0"][0]
        assert found.found["q0"][0].claims == chosen == tuple(map(tuple, paths))
        assert all(at_path(claims, path) for path in paths)
        path = data.draw(st.sampled_from(paths))
        assert excess(chosen, [tuple(step for step in path if step is not None)] if None not in path else []).paths == ()
    else:
        with pytest.raises(AnswerError):
            check_answer(asked, {"q0": [candidate]})
        assert not all(leads_somewhere(claims, path) for path in paths)
