"""The security rules of codes, sentence by sentence, and the tests that stand for each: none of them goes without a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
SENTENCES: Final[Mapping[str, tuple[str, ...]]] = {
    "a copied paper: whoever checks compares the name, as a step": (
        "browser/test_offline_desk.py::test_the_fifth_question_is_answered_by_whoever_stands_there",
        "browser/test_answering.py::test_the_fifth_question_is_answered_by_whoever_stands_there_and_can_be_taken_back",
    ),
    "a copied paper: the passport that the centre saw": (
        "browser/test_offline.py::test_the_passport_is_compared_with_the_one_that_the_centre_saw",
        "credentials/qr/test_codec.py::test_a_commitment_to_the_passport_costs_16_bytes_and_is_salted_with_the_credentials_id",
    ),
    "a copied paper: the phone or the vault that holds the key, asked once": (
        "browser/test_phone_key.py::test_qr_rule_7_the_phone_that_holds_the_key_answers_and_no_other_does",
        "browser/test_vault_key.py::test_qr_rule_7_the_vault_that_holds_the_key_answers_without_a_network_on_each_of_its_devices",
        "client/test_challenges.py::test_the_answer_fits_this_question_this_certificate_and_this_key_alone",
    ),
    "1: host and path of a code are ignored, and nothing in it is opened or fetched": (
        "browser/test_offline.py::test_qr_rule_1_of_a_false_address_the_digits_alone_are_taken",
        "verifier/test_pages.py::test_qr_rule_1_nothing_that_a_code_says_is_fetched",
    ),
    "1: a page that a code opened says so": (
        "verifier/test_pages.py::test_qr_rule_1_a_page_that_a_code_opened_says_so_and_names_the_address",
        "browser/test_offline.py::test_the_page_comes_from_the_device_also_at_the_addresses_that_people_know",
    ),
    "1: the address is printed beside the codes": (
        "issuer_api/test_paper_cards.py::test_qr_rule_1_the_address_stands_beside_the_codes_to_be_typed",
    ),
    "2: hostile texts are no code": (
        "browser/test_offline.py::test_i1_and_qr_rule_2_a_hostile_text_is_neither_opened_nor_believed",
        "verifier/test_reading.py::test_i1_what_is_no_code_of_ours_is_foreign_in_a_code_and_in_a_paste",
        "credentials/qr/test_codec.py::test_qr_rule_2_what_is_no_code_is_refused",
    ),
    "2: names that are markup or turn the line are text": (
        "browser/test_offline.py::test_i7_names_that_would_be_markup_or_turn_the_text_are_shown_as_they_are",
        "verifier/test_pages.py::test_i7_markup_in_a_certificate_stays_text",
        "verifier/test_texts.py::test_c10_a_text_is_shown_on_one_line_without_hidden_letters",
    ),
    "3: a bomb opens to nothing": (
        "credentials/qr/test_codec.py::test_i3_and_qr_rule_3_a_compressed_code_opens_to_64_kib_at_most_and_to_nothing_unfinished",
        "client/test_codes.py::test_the_browsers_codec_gives_the_same_bytes_and_the_same_refusals",
    ),
    "3: lists, texts and numbers have their bounds and one spelling, and nothing is left over": (
        "credentials/qr/test_profiles.py::test_bytes_that_are_not_of_their_slots_type_are_refused",
        "credentials/qr/test_profiles.py::test_a_number_has_one_spelling",
        "credentials/qr/test_codec.py::test_a_value_has_one_spelling",
        "credentials/qr/test_codec.py::test_bits_that_mean_nothing_are_not_set",
        "credentials/qr/test_codec.py::test_a_code_that_ends_early_or_has_more_in_it_is_refused",
        "credentials/qr/test_codec.py::test_arbitrary_bytes_raise_nothing_but_problems",
        "credentials/qr/test_profiles.py::test_a_template_that_does_not_hold_is_refused",
    ),
    "4: the key is the issuer's, in the lists, and was in use; the programme was accredited": (
        "verifier/test_pages.py::test_qr_rule_4_keys_come_from_the_lists_and_not_from_the_issuers_address",
        "verifier/test_assessing.py::test_each_certificate_gets_its_verdict_and_its_answers",
        "client/test_recognition.py::test_the_same_outcome_with_the_same_reasons_for_thousands_of_dossiers",
    ),
    "4: a stranger is a stranger": ("verifier/test_pages.py::test_qr_rule_4_a_strangers_name_stands_there_as_its_own_word",),
    "4: forged rows and profiles pass with no signature": (
        "client/test_codes.py::test_qr_rule_4_forged_rows_and_profiles_pass_with_no_signature_even_where_their_check_fits",
        "credentials/qr/test_codec.py::test_a_row_that_says_something_else_does_not_pass",
        "bench/test_measuring.py::test_of_changed_codes_none_is_taken_for_good",
    ),
    "lists that are older than a code ask for an update, and never say invalid": (
        "browser/test_offline.py::test_a_profile_that_is_not_known_asks_for_newer_lists_and_is_no_refusal",
        "credentials/qr/test_codec.py::test_lists_that_are_older_than_the_code_say_so_and_never_invalid",
        "credentials/qr/test_tables.py::test_a_profile_of_an_unknown_form_asks_for_an_update_and_spoils_no_other",
        "verifier/test_printed_codes.py::test_with_older_lists_the_link_of_the_paper_is_followed_and_without_one_an_update_is_asked_for",
    ),
    "5: old lists and a wrong clock are said, and never a yes": (
        "browser/test_offline.py::test_qr_rule_5_old_lists_and_a_wrong_clock_are_said_and_never_a_yes",
        "verifier/test_pages.py::test_how_old_the_lists_are_is_always_said",
        "verifier/test_pages.py::test_a_clock_that_is_behind_the_lists_is_named",
        "browser/test_offline.py::test_without_lists_nothing_is_said_of_a_code",
    ),
    "5: a withdrawal is known without a network; none is inferred from absence": (
        "browser/test_offline.py::test_a_withdrawn_certificate_is_withdrawn_without_a_network_too",
        "flows/test_bad_input.py::test_a_missing_status_list_could_not_be_checked",
        "flows/test_bad_input.py::test_a_stale_status_list_could_not_be_checked",
    ),
    "6: what a fragment holds is not sent": (
        "browser/test_scanning.py::test_qr_rule_6_a_pasted_link_is_unlocked_here_and_its_key_is_not_sent",
        "browser/test_offline.py::test_a_paper_before_the_camera_gets_its_answer_and_no_request_leaves",
        "verifier/test_links.py::test_a_link_of_ours_is_followed_and_its_key_is_not_sent",
    ),
    "7: nothing of what was checked is kept": (
        "browser/test_offline_desk.py::test_no_certificate_stays_on_the_device",
        "flows/test_canaries.py::test_j17_no_line_of_the_log_tells_it",
        "flows/test_canaries.py::test_no_row_of_any_table_tells_what_was_trusted_to_it",
    ),
    "8: a stolen key's signatures count only where a log had them before": (
        "trust/test_scenarios.py::test_qr_rule_8_a_stolen_keys_signatures_count_only_where_a_log_had_them_before",
    ),
}


@cache
def _defined(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"^def (test_\w+)", (TESTS / path).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_of_the_rules_of_codes_has_its_tests(sentence: str) -> None:
    missing = [name for name in SENTENCES[sentence] if name.partition("::")[2] not in _defined(name.partition("::")[0])]
    assert missing == []
