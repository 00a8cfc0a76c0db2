"""Which tests stage each of the scenarios by which recognition is accepted: none may go without being missed here."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
SCENARIOS: Final[Mapping[str, tuple[str, ...]]] = {
    "automatic": ("trust/test_recognition.py::test_an_automatic_rule_recognises",),
    "conditional, then met": (
        "trust/test_recognition.py::test_a_conditional_rule_names_what_is_missing",
        "trust/test_recognition.py::test_a_condition_is_met_by_a_good_certificate_of_the_same_person",
    ),
    "level only": ("trust/test_scenarios.py::test_a_level_alone_can_be_recognised",),
    "home": ("trust/test_recognition.py::test_the_home_state_needs_no_rule_and_its_own_word_gives_the_level",),
    "no rule": ("trust/test_recognition.py::test_a_missing_rule_is_no_refusal",),
    "case by case, then decided": ("trust/test_scenarios.py::test_case_by_case_becomes_recognised_by_a_decision",),
    "refused, and the appeal": (
        "registry/test_cases.py::test_a_decision_in_part_and_a_refusal_are_told_with_what_follows",
        "trust/test_scenarios.py::test_a_decision_wins_over_a_rule_both_ways",
        "trust/test_scenarios.py::test_the_newest_decision_holds",
    ),
    "accreditation ended after, before, and not anchored": (
        "trust/test_scenarios.py::test_an_ended_accreditation_leaves_anchored_graduates_recognised_and_others_unknown",
        "trust/test_recognition.py::test_the_register_decides_who_was_entitled",
    ),
    "scope, clipped scope": (
        "trust/test_recognition.py::test_the_register_decides_who_was_entitled",
        "trust/test_scope_and_periods.py::test_the_meet_covers_exactly_what_both_cover",
    ),
    "sub-accreditor without mandate, cycle, depth": (
        "trust/test_scenarios.py::test_a_link_that_does_not_hold_breaks_the_chain",
        "trust/test_scenarios.py::test_a_chain_that_is_too_long_does_not_hold",
    ),
    "key rotated": ("trust/test_scenarios.py::test_a_rotated_key_leaves_its_old_signatures_good",),
    "key stolen, anchored and not": (
        "trust/test_scenarios.py::test_qr_rule_8_a_stolen_keys_signatures_count_only_where_a_log_had_them_before",
    ),
    "one receiving state suspends": ("trust/test_scenarios.py::test_a_receiving_states_pause_reaches_itself_alone",),
    "the home state suspends": ("trust/test_scenarios.py::test_the_home_states_stop_reaches_everybody",),
    "a party is expelled": ("trust/test_scenarios.py::test_a_party_that_left_keeps_what_is_proven",),
    "lists rolled back, frozen, forged, by too few": (
        "trust/test_bundle.py::test_lists_older_than_those_seen_before_are_refused",
        "trust/test_bundle.py::test_an_expired_timestamp_is_old_and_still_authentic",
        "trust/test_bundle.py::test_another_partnerships_root_does_not_open_the_lists",
        "trust/test_bundle.py::test_one_key_does_not_meet_a_threshold_of_two",
    ),
    "amber and red": ("trust/test_invariants.py::test_invariant_9_lists_too_old_never_recognise_and_never_refuse",),
    "a nurse's dossier": ("trust/test_scenarios.py::test_a_nurse_whose_letter_is_missing_is_told_so_and_counts_once_it_is_there",),
    "a mason with three attestations": (
        "trust/test_scenarios.py::test_a_mason_learns_how_well_the_years_of_work_are_evidenced",
        "trust/test_evidence.py::test_three_witnesses_of_whom_one_is_reciprocal_from_one_household_are_one_witness",
    ),
    "names in two scripts": ("trust/test_scenarios.py::test_names_in_two_scripts_are_the_persons_own_and_change_no_answer",),
    "a paper's code offline": (
        "browser/test_offline.py::test_a_paper_before_the_camera_gets_its_answer_and_no_request_leaves",
        "browser/test_offline.py::test_each_state_has_its_own_answer_in_the_words_of_the_served_page",
    ),
    "erasure, then the proof of the log": ("flows/test_issuance_log.py::test_erasing_a_person_leaves_every_proof_of_the_log_good",),
    "late withdrawal, marked and not": (
        "trust/test_scenarios.py::test_what_is_recorded_late_counts_from_the_day_it_was_recorded_unless_it_is_marked",
    ),
    "10,000 issuers, one changed state": (
        "trust/test_reading_again.py::test_of_ten_thousand_issuers_a_refresh_fetches_the_one_file_of_the_state_that_changed",
    ),
}
"""Scenario to the tests that stage it."""


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_is_staged(scenario: str) -> None:
    for place in SCENARIOS[scenario]:
        file, _, name = place.partition("::")
        functions = {node.name for node in ast.parse((TESTS / file).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
        assert name in functions, place
