"""The invariants of recognition, over many small changes of the world."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trust.recognition
from credentials.errors import FetchError, RevokedError, StatusRetrievalError, SuspendedError, VCError
from credentials.verify import VerificationResult
from tests.trust.world import (
    CARE_SCHOOL,
    CAREGIVING,
    NOW,
    SHIPYARD,
    WELDING,
    WELDING_SCHOOL,
    Files,
    bundle,
    bundle_of,
    did,
    result,
    shipped,
    training,
    work,
)
from trust import checks, wording
from trust.bundle import Bundle
from trust.outcomes import Kind, NotRecognised, Outcome, PartiallyRecognised, Recognised
from trust.recognition import Dossier, recognize
from web.languages import load_catalogs

CREDENTIALS = (training(), training(WELDING_SCHOOL, WELDING), training(CARE_SCHOOL, WELDING), work(), training("stranger"))
STATES = st.sampled_from(["XA", "XB", "XC"])
DOCUMENTS = st.sampled_from(CREDENTIALS)
PROBLEMS: st.SearchStrategy[dict[str, VCError]] = st.sampled_from(
    [
        {},
        {"status": RevokedError("x")},
        {"status": SuspendedError("x")},
        {"status": StatusRetrievalError("x")},
        {"proof": FetchError("x")},
    ]
)
STOPS = st.fixed_dictionaries(
    {
        "by": STATES,
        "of": st.sampled_from([{"issuer": did(CARE_SCHOOL)}, {"issuer": did(SHIPYARD)}, {"state": "XA"}]),
        "from": st.sampled_from(["2026-01-01", "2026-11-01"]),
        "until": st.sampled_from([None, "2026-06-01"]),
        "affectsIssuedBefore": st.booleans(),
    }
)
few = settings(max_examples=40, deadline=None)


def answer(document: dict[str, Any], state: str, lists: Bundle, problems: dict[str, VCError] | None = None) -> Outcome:
    return recognize(Dossier(result(document, problems)), state, NOW, bundle=lists, now=NOW)


def rank(outcome: Outcome) -> int:
    return {Recognised: 2, PartiallyRecognised: 1, NotRecognised: 0}[type(outcome)]


def without_hash(outcome: Outcome) -> dict[str, Any]:
    return {**outcome.to_json(), "bundleHash": ""}


def with_stop(stop: dict[str, Any]) -> Files:
    files = shipped()
    record = {**stop, "id": "urn:s", "reason": "inspection", "reviewBy": "2027-01-01"}
    files[f"states/{stop['by']}/suspensions.json"]["suspensions"] = [record]
    return files


@few
@given(DOCUMENTS, STATES, STOPS)
def test_invariant_8_suspicion_never_improves_an_answer(document: dict[str, Any], state: str, stop: dict[str, Any]) -> None:
    assert rank(answer(document, state, bundle_of(with_stop(stop)))) <= rank(answer(document, state, bundle()))


@few
@given(DOCUMENTS, STATES, PROBLEMS)
def test_invariant_8_a_problem_never_improves_an_answer(document: dict[str, Any], state: str, problems: dict[str, VCError]) -> None:
    assert rank(answer(document, state, bundle(), problems)) <= rank(answer(document, state, bundle()))


@few
@given(DOCUMENTS, STATES, STATES, STOPS)
def test_invariant_4_a_third_state_changes_nothing(document: dict[str, Any], state: str, third: str, stop: dict[str, Any]) -> None:
    home = {did(SHIPYARD): "XC", did("stranger"): ""}.get(document["issuer"]["id"], "XA")
    if third in (state, home):
        return
    files = with_stop({**stop, "by": third})
    files[f"states/{third}/rules.json"]["rules"] = []
    assert without_hash(answer(document, state, bundle_of(files))) == without_hash(answer(document, state, bundle()))


def test_invariant_5_recognition_is_not_passed_on() -> None:
    files = shipped()
    rule = files["states/XB/rules.json"]["rules"][0]
    files["states/XC/rules.json"]["rules"] = [{**rule, "id": "urn:comity:XC:rule:5@1", "from": ["XB"]}]
    lists = bundle_of(files)
    assert isinstance(answer(training(), "XB", lists), Recognised)
    assert isinstance(answer(training(), "XC", lists), NotRecognised)


def test_invariant_4_no_state_redefines_what_is_anothers() -> None:
    files = shipped()
    files["states/XC/qualifications.json"]["qualifications"] = [
        {"id": WELDING, "names": {"en": "Brain surgery"}, "field": "0912", "nqf": "8", "isco": "2212"}
    ]
    files["states/XC/authorities.json"]["authorities"] += files["states/XA/authorities.json"]["authorities"]
    lists = bundle_of(files)
    assert lists.qualifications[WELDING] == bundle().qualifications[WELDING]
    assert lists.authorities == bundle().authorities


def test_invariant_6_each_state_recognises_its_own_awards() -> None:
    files = shipped()
    for state in ("XA", "XC"):
        files[f"states/{state}/rules.json"]["rules"] = []
    lists = bundle_of(files)
    assert isinstance(answer(training(), "XA", lists), Recognised)
    assert isinstance(answer(work(), "XC", lists), Recognised)


@few
@given(DOCUMENTS, STATES, st.lists(st.tuples(DOCUMENTS, PROBLEMS), max_size=3))
def test_invariant_7_more_evidence_never_worsens_an_answer(
    document: dict[str, Any], state: str, more: list[tuple[dict[str, Any], dict[str, VCError]]]
) -> None:
    supporting = tuple(result(other, problems) for other, problems in more)
    richer = recognize(Dossier(result(document), supporting), state, NOW, bundle=bundle(), now=NOW)
    assert rank(richer) >= rank(answer(document, state, bundle()))


@few
@given(DOCUMENTS, STATES, st.integers(46, 5000))
def test_invariant_9_lists_too_old_never_recognise_and_never_refuse(document: dict[str, Any], state: str, days: int) -> None:
    found = recognize(Dossier(result(document)), state, NOW, bundle=bundle(), now=NOW + timedelta(days=days))
    assert isinstance(found, NotRecognised)
    assert found.kind is not Kind.REFUSED


PERSONS = st.fixed_dictionaries(
    {name: st.text(max_size=12) for name in ("name", "gender", "nationality", "birthDate", "birthPlace", "age")}
)


@few
@given(DOCUMENTS, STATES, PERSONS)
def test_invariant_10_who_the_person_is_never_matters(document: dict[str, Any], state: str, person: dict[str, str]) -> None:
    other = {**document, "credentialSubject": {**document["credentialSubject"], **person}}
    assert answer(other, state, bundle()) == answer(document, state, bundle())


@few
@given(DOCUMENTS, STATES, st.randoms(use_true_random=False))
def test_invariant_17_the_order_of_records_never_matters(document: dict[str, Any], state: str, random: Any) -> None:  # noqa: ANN401
    files = shipped()
    for path, listed in files.items():
        random.shuffle(listed[path.rpartition("/")[2].removesuffix(".json")])
    shuffled = dict(random.sample(sorted(files.items()), len(files)))
    assert without_hash(answer(document, state, bundle_of(shuffled))) == without_hash(answer(document, state, bundle()))


@few
@given(DOCUMENTS, STATES, PROBLEMS)
def test_invariant_11_the_same_question_has_the_same_answer(
    document: dict[str, Any], state: str, problems: dict[str, VCError]
) -> None:
    assert (
        answer(document, state, bundle(), problems).to_json() == answer(document, state, bundle_of(shipped()), problems).to_json()
    )


@few
@given(st.sampled_from([training(), training(WELDING_SCHOOL, WELDING)]), STATES, st.dates(datetime(2020, 1, 1, tzinfo=UTC).date()))
def test_invariant_3_nothing_by_a_stolen_key_passes(document: dict[str, Any], state: str, since: object) -> None:
    files = shipped()
    for issuer in files["states/XA/issuers.json"]["issuers"]:
        issuer["keys"][0]["compromisedSince"] = str(since)
    assert isinstance(answer(document, state, bundle_of(files)), NotRecognised)


def test_invariant_14_recognition_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    verified: list[VerificationResult] = [result(document) for document in CREDENTIALS]
    lists = bundle()
    monkeypatch.setattr(socket.socket, "connect", refuse)
    for main in verified:
        recognize(Dossier(main), "XB", NOW, bundle=lists, now=NOW)


SENTENCES = load_catalogs([Path(trust.recognition.__file__).parent / "locales"])
SPELLED = re.compile(r'"([A-Z]+(?:_[A-Z]+)*)"')


@few
@given(DOCUMENTS, STATES, PROBLEMS, st.sampled_from(["en", "fr", "ar"]))
def test_invariant_15_every_answer_is_explained_in_every_language(
    document: dict[str, Any], state: str, problems: dict[str, VCError], language: str
) -> None:
    outcome = answer(document, state, bundle(), problems)
    assert outcome.chain
    for step in outcome.chain:
        sentence = SENTENCES[language][step.message].format_map(wording.words(step, bundle(), language))
        assert "did:web:localhost" not in sentence or "stranger" in sentence
        assert "urn:comity" not in sentence


def test_invariant_15_every_code_has_a_sentence_with_the_same_placeholders_in_every_language() -> None:
    sources = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (checks, trust.recognition))
    codes = {code for code in SPELLED.findall(sources) if code not in {"FORMAT", "SIGNATURE", "VALIDITY", "STATUS", "SCHEMA"}}
    for code in codes - {"SIGNATURE_KEY"}:
        assert f"trust.{code.lower().replace('_', '-')}" in SENTENCES["en"]
    for key, words in SENTENCES["en"].items():
        holes = set(re.findall(r"\{(\w+)\}", words))
        assert all(set(re.findall(r"\{(\w+)\}", SENTENCES[language][key])) == holes for language in ("fr", "ar"))


def test_names_are_put_in_place_of_identifiers() -> None:
    outcome = answer(training(), "XB", bundle())
    step = next(step for step in outcome.chain if step.code == "ACC_ACTIVE")
    words = wording.words(step, bundle(), "ar")
    assert words["issuer"].startswith("مركز")
    assert wording.words(step, bundle(), "de")["qualification"] == "Caregiving NC II"
    assert CAREGIVING in step.params.values()
