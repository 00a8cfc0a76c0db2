from __future__ import annotations

import json
from typing import Any, Final

import pytest

from credentials.encoding import b64url_encode
from tests.wallet.house import BASE, CODE, House

PLACE: Final[dict[str, Any]] = {
    "log": "localhost:8000/log",
    "leafSalt": b64url_encode(bytes(16)),
    "treeSize": 3,
    "index": 1,
    "path": [b64url_encode(bytes(32))],
    "recorded": False,
}
ADDRESS: Final = f"{BASE}/issuer/api/v1/claims/{CODE}/anchor"


def archive(browser: Any, record: str) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = browser.get(f"/wallet/certificates/{record}/archive.json").json()
    return found


def test_the_place_in_the_log_is_kept_until_it_is_good_for_ever(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    content = browser.get(f"/wallet/certificates/{record}/certificate.json").content
    assert archive(browser, record) == {"credential": json.loads(content), "anchor": None}
    house.centre.answers[ADDRESS] = json.dumps(PLACE).encode()
    assert archive(browser, record)["anchor"] == PLACE
    house.centre.answers[ADDRESS] = None
    assert archive(browser, record)["anchor"] == PLACE
    better = PLACE | {"treeSize": 4, "recorded": True}
    house.centre.answers[ADDRESS] = json.dumps(better).encode()
    assert "archive.json" in browser.get(f"/wallet/certificates/{record}").text
    house.centre.answers[ADDRESS] = json.dumps(PLACE).encode()
    assert archive(browser, record)["anchor"] == better
    assert browser.get(f"/wallet/certificates/{record}/certificate.json").content == content
    assert b'{"credential":' + content in browser.get(f"/wallet/certificates/{record}/archive.json").content


@pytest.mark.parametrize("answer", [b"no JSON", b"[]", b"{}", json.dumps(PLACE | {"path": ["AA"]}).encode(), 404, 410, None])
def test_what_is_no_place_in_a_log_is_not_kept(house: House, answer: bytes | int | None) -> None:
    browser = house.browser()
    record = house.keep(browser)
    house.centre.answers[ADDRESS] = answer
    assert archive(browser, record)["anchor"] is None


def test_a_stranger_gets_no_archive(house: House) -> None:
    record = house.keep(house.browser())
    assert house.browser().get(f"/wallet/certificates/{record}/archive.json").status_code == 404
