"""Catalogs: the same keys in every language, none missing, none left over; names, dates, lists and days in the reader's way."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import verifier
from tests.verifier.cases import CASES
from tests.verifier.desk import pages
from verifier.assessing import assess
from verifier.texts import OwnWord
from verifier.verdicts import LOOKS, STEPS
from verifier.words import days, sentence, words

HOUSE = Path(verifier.__file__).parent


def catalog(language: str) -> dict[str, str]:
    with (HOUSE / "locales" / f"{language}.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_key_stands_in_every_language_with_the_same_values(language: str) -> None:
    english, other = catalog("en"), catalog(language)
    assert english.keys() == other.keys()
    for key, text in english.items():
        wanted, found = ({name for _, name, _, _ in Formatter().parse(words) if name} for words in (text, other[key]))
        assert wanted == found, key
        assert other[key].strip() == other[key] != "", key


def test_no_key_is_left_over() -> None:
    text = "".join(path.read_text("utf-8") for path in HOUSE.rglob("*") if path.suffix in {".py", ".html"})
    found = [assess(case.verifier(), case.content(), case.state) for case in CASES.values()]
    said = {f"say.{question.message}" for assessment in found for question in assessment.questions}
    said |= {f"verdict.{assessment.sentence}" for assessment in found} | {f"verdict.{verdict}" for verdict in LOOKS}
    steps = {step for look in LOOKS.values() for step in look.steps} | {step for listed in STEPS.values() for step in listed}
    said |= {f"step.{step}{part}{kind}" for step in steps for part in ("", ".text") for kind in ("", ".work")}
    families = re.compile(r"(answer|ask(?:ed)?|basis|check|evidence|fresh|scan|same|offline\.passport|offline\.phone)\.|camera-")
    unused = [
        key
        for key in (name.removeprefix("verifier.") for name in catalog("en"))
        if key not in said and f"verifier.{key}" not in text and f'"{key}"' not in text and not families.match(key)
    ]
    late = ["say.entitled.chain", "say.entitled.ran-out", "say.recognised.ran-out"]  # of registers and lists that no case here has
    assert unused == [
        "say.recognised.refused-decision",
        "say.recognised.not-kept",
        *late,
    ]  # the first for a dossier with other papers


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 1, "1 day"),
        ("en", 45, "45 days"),
        ("en", 400, "400 days"),
        ("fr", 2, "2\u00a0jours"),
        ("ar", 2, "يومان"),
        ("ar", 45, "45 يومًا"),
    ],
)
def test_days_are_counted_as_the_language_counts(language: str, number: int, said: str) -> None:
    assert days(language, number) == said


def test_values_become_words() -> None:
    params = {
        "centre": {"en": "The School", "fr": "L'École"},
        "only": {"bn": "বিদ্যালয়"},
        "date": "2026-11-20",
        "until": "",
        "conditions": ["one", ("two", "three")],
        "who": OwnWord("X"),
        "days": "1",
        "number": "2026-11-20",
    }
    assert words(pages(), "fr", params) == {
        "centre": "L'École",
        "only": "বিদ্যালয়",
        "date": "20 novembre 2026",
        "until": "",
        "conditions": "one et two ou three",
        "who": "quelqu'un qui se nomme « X »",
        "days": "1\u00a0jour",
        "number": "2026-11-20",
    }


def test_values_are_escaped_isolated_and_what_matters_is_bold() -> None:
    said = sentence(pages(), "en", "verifier.ask.recognised.in", {"state": "<b>X</b>"})
    assert str(said) == "Does it count in <bdi>&lt;b&gt;X&lt;/b&gt;</bdi>?"
    shown = sentence(pages(), "en", "verifier.say.same-person.you-check", {"name": "<i>"})
    assert "<bdi><strong>&lt;i&gt;</strong></bdi>" in str(shown)
