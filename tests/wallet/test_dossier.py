"""The record on paper: chosen certificates, each with the code that holds it, and its file attached."""

from __future__ import annotations

import json
import logging
import re
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
import zxingcpp
from starlette.testclient import TestClient

from tests.conftest import Served
from tests.databases import stored_bytes
from tests.wallet.house import CODE, EXAMPLES, TEXT, House, form_of
from tests.wallet.test_vaults import Device
from verifier.links import unpack
from web.codes import digits_in

CANARY: Final = "CANARYNAME4471"


def test_the_record_holds_the_chosen_certificate_with_its_code(served: Served) -> None:
    composition = served.demonstrated.composition
    claim = re.search(r"/claim/[A-Za-z0-9_-]+", served.demonstrated.printed)
    assert claim is not None
    worker = TestClient(composition.app, base_url=composition.deployment.public_url, headers=TEXT)
    worker.post(claim[0], data={"form": form_of(worker.get(claim[0]).text)})
    page = worker.get("/wallet/dossier").text
    [chosen] = re.findall('name="chosen" value="([^"]+)"', page)
    for language in ("en", "ar"):
        answer = worker.post(f"/wallet/dossier?lang={language}", data={"form": form_of(page), "chosen": [chosen, chosen]})
        assert answer.headers["content-type"] == "application/pdf"
        with pypdfium2.PdfDocument(answer.content) as paper:
            [sheet] = paper
            attached = json.loads(bytes(paper.get_attachment(0).get_data()))
            assert (paper.count_attachments(), paper.get_attachment(0).get_name()) == (1, f"{chosen}.json")
            text, picture = sheet.get_textpage().get_text_range(), sheet.render(scale=3).to_pil()
        assert all((words in text) == (language == "en") for words in ("My record of training and work", "Caregiving NC II"))
        [code] = [digits_in(read.text) for read in zxingcpp.read_barcodes(picture)]
        assert code is not None
        assert json.loads(unpack(composition.verifier, code))["id"] == attached["id"]
    assert worker.post("/wallet/dossier", data={"form": form_of(page), "chosen": ["another"]}).status_code == 404
    assert worker.post("/wallet/dossier", data={"chosen": [chosen]}).status_code == 403


def test_a_certificate_that_no_code_holds_says_so_and_one_that_is_withdrawn_too(house: House) -> None:
    browser = house.browser()
    records = [house.keep(browser), house.keep(browser, "YUSUF-CLAIM-CODE-0002")]
    house.centre.mark(json.loads(browser.get(f"/wallet/certificates/{records[0]}/certificate.json").content), "revocation")
    page = browser.get("/wallet/dossier").text
    told = json.loads(browser.post("/wallet/dossier", data={"form": form_of(page), "chosen": records}).content)[0]
    training, work = (part["entries"][0] for part in told["parts"])
    assert [part["title"] for part in told["parts"]] == ["Training", "Work"]
    assert (training["state"], work["state"]) == ("Withdrawn", "")
    assert (training["code"], training["no_code"][:20]) == ([], "No code holds this c")
    assert ["Number", "XA-SBC-2026-0001"] in training["facts"]
    assert "localhost:8000/verify" in told["how"][0]
    assert house.centre.issue("training-credential", CODE)["id"] == json.loads(training["attachment"])["id"]


def test_a_record_from_a_vault_is_set_and_kept_nowhere(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    name = [{"@value": f"{CANARY} Akter", "@language": "en"}]
    subject = json.loads((EXAMPLES / "training-credential.json").read_bytes())["credentialSubject"] | {"name": name}
    certificate = json.dumps(house.centre.issue("training-credential", CODE, credentialSubject=subject))
    device = Device(house.browser())
    device.make()
    before = stored_bytes(house.wallet.database.engine)
    asked = {"language": "en", "entries": [{"certificate": certificate, "said": [certificate, "{}"]}, {"certificate": "no"}]}
    made = device.ask("POST", "/dossiers", asked)
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    [told] = made.json()
    [part] = told["parts"]
    assert [entry["attachment"] for entry in part["entries"]] == [certificate]
    assert CANARY in told["names"][0]["text"]
    assert CANARY not in caplog.text
    stored = stored_bytes(house.wallet.database.engine)
    assert CANARY.encode() not in stored
    assert len(stored) == len(before)
    assert device.ask("POST", "/dossiers", asked | {"language": "xx"}).status_code == 422
    assert device.ask("POST", "/dossiers", asked | {"entries": []}).status_code == 422
    device.access = device.access[::-1]
    assert device.ask("POST", "/dossiers", asked).status_code == 401
