"""Papers of the demonstration, read from their codes alone."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from credentials.errors import FetchError, MalformedValueError
from credentials.qr import Codec, UpdateNeededError, parse_tables
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.printed_codes import offline_code
from tests.conftest import Demonstrated
from verifier.links import credential_in
from verifier.reading import read_input
from verifier.service import Verifier
from web.codes import OfflineCode


class NoNetwork:
    """Refuses to fetch anything."""

    def fetch(self, url: str, **_: object) -> object:
        raise FetchError(f"{url} is not to be asked")


@pytest.fixture
def verifier(demonstrated: Demonstrated) -> Verifier:
    return replace(demonstrated.composition.verifier, fetcher=NoNetwork())  # type: ignore[arg-type]  # whatever is asked fails


def symbols(demonstrated: Demonstrated) -> list[Path]:
    return sorted(demonstrated.files.glob("*-offline.png"))


def test_every_symbol_gives_its_credential_and_its_signature_holds_without_any_fetch(
    demonstrated: Demonstrated, verifier: Verifier
) -> None:
    for symbol in symbols(demonstrated):
        issued = json.loads(symbol.with_name(symbol.name.replace("-offline.png", ".json")).read_bytes())
        reading, content = credential_in(verifier, symbol.read_bytes())
        assert reading.code is not None
        rebuilt = json.loads(content)
        assert rebuilt["proof"] in issued["proof"]
        assert {**rebuilt, "proof": issued["proof"]} == issued
        options = VerificationOptions(now=verifier.clock(), fetcher=verifier.fetcher, known_keys=verifier.bundle().listed_keys())
        assert verify_credential(content, options).is_genuine
    assert len(symbols(demonstrated)) > 20


def test_a_symbol_is_read_at_the_page_and_the_interface(demonstrated: Demonstrated) -> None:
    browser = TestClient(demonstrated.composition.app, base_url=demonstrated.composition.deployment.public_url)
    digits = read_input(symbols(demonstrated)[0].read_bytes()).code
    answer = browser.post("/verifier/api/v1/verify", data={"state": "XB", "text": f"HTTPS://EVIL.EXAMPLE/#{digits}"})
    assert answer.json()["questions"][0] == {"question": "genuine", "answer": "yes", "message": "genuine.yes"}
    page = browser.post("/verify", data={"state": "XB", "text": digits, "opened": "code"})
    assert page.status_code == 200
    damaged = browser.post("/verify", data={"text": f"{digits}7"})
    assert damaged.status_code == 422


def test_the_page_of_a_paper_shows_both_codes(demonstrated: Demonstrated) -> None:
    reading = read_input((demonstrated.files / "scanned-page.png").read_bytes())
    assert reading.code is not None
    assert reading.link is not None


def test_with_older_lists_the_link_of_the_paper_is_followed_and_without_one_an_update_is_asked_for(
    demonstrated: Demonstrated,
) -> None:
    here = demonstrated.composition.verifier
    bundle = here.bundle()
    assert bundle.codec is not None
    older = replace(bundle, codec=Codec(bundle.codec.profiles, parse_tables({})))
    for lists in (older, replace(bundle, codec=None)):
        dated = replace(here, bundle=partial(replace, lists))
        _, content = credential_in(dated, (demonstrated.files / "scanned-page.png").read_bytes())
        assert len(json.loads(content)["proof"]) == 2
        with pytest.raises(UpdateNeededError):
            credential_in(dated, symbols(demonstrated)[0].read_bytes())


def test_digits_that_are_no_payload_are_refused(demonstrated: Demonstrated) -> None:
    with pytest.raises(MalformedValueError):
        credential_in(demonstrated.composition.verifier, b"9" * 300)


def test_a_credential_that_no_code_holds_is_printed_with_the_link_alone(demonstrated: Demonstrated) -> None:
    issuer = demonstrated.composition.issuer
    content = min(demonstrated.files.glob("*.json")).read_bytes()
    assert isinstance(offline_code(issuer, content), OfflineCode)
    assert offline_code(replace(issuer, codec=lambda: None), content) is None
    assert offline_code(issuer, json.dumps({**json.loads(content), "evidence": [{"type": "Evidence"}]}).encode()) is None
    assert offline_code(replace(issuer, base_url="https://" + "x" * 2000), content) is None


def test_a_small_picture_without_a_code_is_refused_as_before() -> None:
    from verifier.errors import CodeUnreadableError  # noqa: PLC0415  # beside its only use

    buffer = io.BytesIO()
    Image.new("L", (50, 50), 255).save(buffer, "PNG")
    with pytest.raises(CodeUnreadableError):
        read_input(buffer.getvalue())
