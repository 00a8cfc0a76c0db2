from __future__ import annotations

import pytest

from tests.verifier.desk import pages
from verifier.reports import in_words

PROBLEM = {"type": "x", "title": "problem.expired", "detail": "", "pointer": ""}


@pytest.mark.parametrize(("language", "title"), [("en", "Ended"), ("fr", "Expiré")])
def test_problems_are_named_in_words_wherever_they_stand(language: str, title: str) -> None:
    inner = {"verified": False, "problemDetails": [PROBLEM]}
    report = {"verified": False, "problemDetails": [PROBLEM], "credentialResults": [inner], "verification": inner, "other": [1]}
    told = in_words(pages(), language, report)
    assert told["problemDetails"][0]["title"] == title
    assert told["credentialResults"][0]["problemDetails"][0]["title"] == title
    assert told["verification"]["problemDetails"][0]["title"] == title
    assert told["other"] == [1]
    assert inner["problemDetails"] == [PROBLEM]


def test_a_kind_that_has_no_words_is_still_named() -> None:
    told = in_words(pages(), "en", {"problemDetails": [PROBLEM | {"title": "problem.of-tomorrow"}]})
    assert told["problemDetails"][0]["title"] == "Something is not as it must be"
