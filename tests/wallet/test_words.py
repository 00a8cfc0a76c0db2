from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import wallet
from wallet.problems import PROBLEMS

HOUSE = Path(str(wallet.__file__)).parent
PLACES = re.compile(r"\{[a-z]+\}")


def catalog(language: str) -> dict[str, str]:
    with (HOUSE / "locales" / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_message_is_translated_with_the_same_places(language: str) -> None:
    english, other = catalog("en"), catalog(language)
    assert english.keys() == other.keys()
    for key, words in english.items():
        assert other[key].strip(), key
        assert sorted(PLACES.findall(words)) == sorted(PLACES.findall(other[key])), key


def test_every_problem_has_its_words() -> None:
    english = catalog("en")
    for _, name in PROBLEMS.values():
        assert {f"wallet.{name}.{part}" for part in ("title", "text", "next")} <= english.keys()


def test_no_message_is_left_over() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in HOUSE.rglob("*") if path.suffix in {".html", ".py"})
    built = re.compile(
        r"wallet\.(state|kind|word|worth|dossier|vault|facts\.(centre|awarded)|offer\.lead|standing|notice|share\.for|opened|card|"
        r"correct|correction|letter|counter|start|started|custody|"
        + "|".join(re.escape(name) for _, name in PROBLEMS.values())
        + r")\."
    )
    assert [key for key in catalog("en") if not re.search(f"[\"']{re.escape(key)}[\"']", source) and not built.match(key)] == []
