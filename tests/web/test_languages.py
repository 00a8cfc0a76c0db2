from __future__ import annotations

from pathlib import Path

import pytest

from comity.compose import HOUSES
from web.languages import LANGUAGES, load_catalogs, negotiate


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("ar-EG", "ar"),
        ("AR-eg", "ar"),
        ("fr-CA,fr;q=0.8,en;q=0.5", "fr"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("de, fr;q=0.3, ar;q=0.4", "ar"),
        ("en;q=0.8, fr-CH;q=0.2, fr;q=0.9", "fr"),
        ("fr, ar", "fr"),
        ("ar, fr", "ar"),
        ("de", "en"),
        ("de-DE, nl;q=0.9", "en"),
        ("*", "en"),
        ("*, en;q=0", "fr"),
        ("en;q=0, *;q=0.5", "fr"),
        ("fr;q=0", "en"),
        ("fr;q=0, ar;q=0.001", "ar"),
        ("fr; q = 0.7, en ; q=0.6", "fr"),
        ("fr;q=abc, ar;q=0.1", "ar"),
        ("fr;level=1, ar;q=0.1", "ar"),
        ("tl, bn;q=0.9, ar;q=0.8", "ar"),
        (",,;q=1,", "en"),
        ("x" * 100_000, "en"),
        ("de," * 5000 + "fr", "en"),
    ],
)
def test_the_language_that_the_reader_likes_best(accepted: str, language: str) -> None:
    assert negotiate(accepted) == language


def write(folder: Path, words: str, languages: tuple[str, ...] = tuple(LANGUAGES)) -> Path:
    folder.mkdir()
    for language in languages:
        (folder / f"{language}.po").write_text(
            f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "{words}"\nmsgstr "words of {language}"\n',
            encoding="utf-8",
        )
    return folder


def test_catalogs_of_several_houses_are_one(tmp_path: Path) -> None:
    catalogs = load_catalogs([write(tmp_path / "a", "a.one"), write(tmp_path / "b", "b.one")])
    assert catalogs["fr"] == {"a.one": "words of fr", "b.one": "words of fr"}


def test_two_houses_cannot_say_the_same_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.one stands in another catalog too"):
        load_catalogs([write(tmp_path / "a", "a.one"), write(tmp_path / "b", "a.one")])


def test_every_language_has_the_same_keys_and_the_same_values() -> None:
    catalogs = load_catalogs(house / "locales" for house in HOUSES if (house / "locales").is_dir())
    catalogs |= {}
    own = load_catalogs([Path(__file__).parent.parent.parent / "web" / "locales"])
    for found in (catalogs, own):
        for language in LANGUAGES:
            assert found[language].keys() == found["en"].keys()
            assert all(found[language].values())
