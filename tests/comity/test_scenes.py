"""The scenes of the demonstration come out as the agreement, the lists and the keys say."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.compose import HOUSES
from comity.scenes import Stick, play_scenes
from credentials.errors import FetchError
from tests.conftest import Demonstrated
from web.pages import Pages


def test_every_scene_comes_out_with_its_reason(tmp_path: Path) -> None:
    assert play_scenes(Pages(HOUSES), tmp_path / "scenes") == {
        "one worker, XB": "RULE_GRANTS",
        "one worker, XC": "RULE_CONDITIONAL",
        "one worker, XD": "NO_RULE",
        "comes home, certificate alone": "RULE_CONDITIONAL",
        "comes home, both": "RULE_GRANTS",
        "joint, sunder-bay-care, XA": "HOME",
        "joint, sunder-bay-care, XB": "JOINT",
        "joint, belmora-trades, XA": "JOINT",
        "joint, belmora-trades, XB": "HOME",
        "certified by 2": "CO_CERTIFIED_NOT_YET",
        "certified by 3": "CO_CERTIFIED",
        "closed school, an honest graduate": "RULE_GRANTS",
        "closed school, a thief, with the school's key and an old date": "KEY_COMPROMISED",
    }


def test_they_are_told_in_plain_words(demonstrated: Demonstrated) -> None:
    for told in (
        "recognised as Care assistant, level 3",
        "still needed: the language of Calentia at level B1",
        "Nobody has refused it. Dorvane has not decided yet",
        "Aravel    recognised as Master welder, level 4 (with the attestation beside it)",
        "Belmora and Aravel define this together: it counts in both.",
        "Certified by 2 of 4 parties so far; Article 9(1) asks for 3. (Aravel, Belmora)",
        "Certified by 3 of 4 parties, as Article 9(1) asks for (3). (Aravel, Belmora, Calentia)",
        "Belmora   recognised as Care assistant, level 3 (an honest graduate)",
        "could not be told (a thief, with the school's key and an old date)",
    ):
        assert told in demonstrated.printed
    assert {path.name for path in (demonstrated.files / "scenes").iterdir()} == {"lists.zip", "lists-after.zip"}


def test_there_is_no_network_behind_the_stick() -> None:
    with pytest.raises(FetchError):
        Stick().fetch("https://scenes.example/status/x-1-revocation")
