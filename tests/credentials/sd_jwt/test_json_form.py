from __future__ import annotations

from typing import Any

import pytest

from credentials.errors import ParsingError
from credentials.sd_jwt import compact_form
from tests.credentials.sd_jwt.making import disclosure, hashed, read, sd_jwt

NAME = disclosure("salt", "name", "Ana")
TEXT = sd_jwt({"_sd": [hashed(NAME)]}, [NAME])
PROTECTED, PAYLOAD, SIGNATURE = TEXT.partition("~")[0].split(".")
BARE = {"payload": PAYLOAD, "protected": PROTECTED, "signature": SIGNATURE}


@pytest.mark.parametrize(
    "document",
    [
        BARE | {"header": {"disclosures": [NAME], "kid": "k"}},
        BARE | {"disclosures": [NAME]},
        {"payload": PAYLOAD, "signatures": [{"protected": PROTECTED, "signature": SIGNATURE, "header": {"disclosures": [NAME]}}]},
        {"payload": PAYLOAD, "signatures": [{"protected": PROTECTED, "signature": SIGNATURE}], "disclosures": [NAME]},
    ],
)
def test_either_form_is_read_as_the_compact_one(document: dict[str, Any]) -> None:
    assert compact_form(document) == TEXT
    assert read(compact_form(document)).claims == {"name": "Ana"}


def test_the_key_binding_stands_at_the_end() -> None:
    assert compact_form(BARE | {"header": {"disclosures": [NAME], "kb_jwt": "a.b.c"}}) == TEXT + "a.b.c"
    assert compact_form(BARE | {"kb_jwt": "a.b.c"}).endswith("~a.b.c")


@pytest.mark.parametrize(
    "document",
    [
        {},
        BARE | {"extra": 1},
        BARE | {"header": {"alg": "none"}},
        BARE | {"header": []},
        BARE | {"disclosures": "text"},
        BARE | {"disclosures": [1]},
        BARE | {"disclosures": [f"{NAME}~{NAME}"]},
        BARE | {"protected": 1},
        {"payload": PAYLOAD, "signatures": []},
        {"payload": PAYLOAD, "signatures": {}},
        {"payload": PAYLOAD, "signatures": ["text"]},
        {"payload": PAYLOAD, "signatures": [{"protected": PROTECTED, "signature": SIGNATURE}] * 2},
        {"payload": PAYLOAD, "signatures": [{"protected": PROTECTED, "signature": SIGNATURE}], "header": {}},
    ],
)
def test_what_is_neither(document: dict[str, Any]) -> None:
    with pytest.raises(ParsingError):
        compact_form(document)
