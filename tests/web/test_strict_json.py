from __future__ import annotations

import pytest

from credentials.errors import VC
from tests.web.house import House

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b'{"name": "a", "name": "b"}', "stands twice", id="key twice"),
        pytest.param(b'{"name": "a", "more": {"n": NaN}}', "NaN is not JSON", id="NaN"),
        pytest.param(b'{"name": "a", "more": {"n": Infinity}}', "Infinity is not JSON", id="Infinity"),
        pytest.param(b'{"name": "\\ud800"}', "surrogate", id="lone surrogate"),
        pytest.param(b'{"a":' * 150 + b"1" + b"}" * 150, "nests deeper", id="deep"),
        pytest.param(b'{"name": "a"', "not JSON", id="cut off"),
        pytest.param(b"\xff\xfe{\x00}\x00", "not UTF-8", id="UTF-16"),
        pytest.param(b"[]", "no JSON object", id="no object"),
        pytest.param(b"", "not JSON", id="empty"),
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "Application/VC+JSON; charset=utf-8"])
def test_json_that_two_readers_could_understand_differently(house: House, body: bytes, told: str, media_type: str) -> None:
    answer = house.browser.post("/read", content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["type"]) == (400, VC + "PARSING_ERROR")
    assert told in answer.json()["detail"]


def test_plain_json_is_read(house: House) -> None:
    answer = house.browser.post("/read", content=b'{"name": "a", "more": {"n": [1]}}', headers=JSON)
    assert answer.json() == {"name": "a", "more": {"n": [1]}}


def test_what_is_no_json_by_its_type_is_no_message(house: House) -> None:
    answer = house.browser.post("/read", content=b'{"name": "a"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422
    assert house.browser.post("/read", content=b'{"name": "a"}').status_code == 422


def test_what_the_message_does_not_allow_is_named_by_pointer(house: House) -> None:
    answer = house.browser.post("/read", content=b'{"name": "a", "more": 7}', headers=JSON)
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/more")


def test_a_question_without_a_body_may_name_any_type(house: House) -> None:
    assert house.browser.get("/read", headers=JSON).json() == {"asked": "nothing"}
