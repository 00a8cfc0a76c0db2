"""At a desk without a network: several people, the fifth question, receipts that hold nothing of a certificate."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Page as Tab

from credentials.jose import parse_jws
from credentials.keys import parse_multikey
from tests.browser import station
from tests.browser.station import answers, installed, paste, told, verdict
from tests.browser.test_checking import first_file
from tests.browser.test_pages import unreachable, violations
from tests.conftest import Served
from verifier.assessing import assess
from verifier.links import unpack
from verifier.receipts import mark_of, read_receipt

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def symbols(served: Served) -> list[Path]:
    """Three papers that count in Belmora; the first is Najma Akter's."""
    first, verifier = first_file(served, "-offline.png"), served.demonstrated.composition.verifier
    others = sorted(path for path in served.demonstrated.files.glob("*-offline.png") if path != first)
    good = (path for path in others if assess(verifier, unpack(verifier, station.digits_of(path)), "XB").verdict == "recognized")
    return [first, *islice(good, 2)]


@pytest.fixture
def tab(context: BrowserContext, served: Served) -> Iterator[Tab]:
    yield installed(context, served)
    context.set_offline(offline=False)


def saved(tab: Tab, button: str, folder: Path) -> str:
    with tab.expect_download() as downloading:
        tab.click(button)
    path = folder / downloading.value.suggested_filename
    downloading.value.save_as(path)
    return path.read_text(encoding="utf-8-sig")


def test_several_people_are_read_one_after_the_other_while_the_camera_stays_on(
    browser: Browser, served: Served, symbols: list[Path], tmp_path: Path
) -> None:
    photos = [station.photo(Image.open(symbol)) for symbol in symbols for _ in range(8)]
    film = station.film_of(tmp_path / "people.y4m", *photos)
    with station.counted(served) as (_, port), station.phone(browser, served, port, film) as context:
        tab = installed(context, served)
        tab.check("[data-many]")
        tab.click("[data-start]")
        expect(tab.locator("[data-scans] > li")).to_have_count(3, timeout=60_000)
        expect(tab.locator("video")).to_be_visible()
        tab.click("[data-stop]")
        expect(told(tab)).to_have_text("The camera is off.")
        expect(tab.locator("[data-counted]")).to_contain_text("3 checked")
        rows = list(csv.DictReader(saved(tab, "[data-save-scans]", tmp_path).splitlines()))
        assert len({row["name"] for row in rows}) == 3
        assert {row["state"] for row in rows} == {"XB"}
        assert violations(tab) == []
        assert unreachable(tab) == []
        tab.click("[data-forget-scans]")
        expect(tab.locator("[data-several]")).to_be_hidden()


def test_the_fifth_question_is_answered_by_whoever_stands_there(tab: Tab, symbols: list[Path]) -> None:
    paste(tab, station.digits_of(symbols[0]))
    expect(verdict(tab)).to_be_focused()
    tab.click("[data-same-yes]")
    assert answers(tab)[4] == "Yes"
    expect(tab.locator("[data-same-words]")).to_contain_text("You compared the name and said yes")
    expect(tab.locator("[data-same-said]")).to_be_focused()
    tab.click("[data-same-undo]")
    assert answers(tab)[4] == "You check this"
    tab.click("[data-same-no]")
    assert answers(tab)[4] == "No"
    expect(tab.locator("[data-scans] > li")).to_contain_text("not the same person")
    paste(tab, station.digits_of(symbols[1]))
    expect(tab.locator("[data-same-said]")).to_be_hidden()
    assert answers(tab)[4] == "You check this"


def test_the_passports_lines_stand_beside_the_name_and_the_answer_stays_with_people(tab: Tab, symbols: list[Path]) -> None:
    paste(tab, station.digits_of(symbols[0]))
    name = tab.locator(".who__name").inner_text()
    *given, surname = name.upper().split(" ")
    first = f"P<XAA{surname}<<{'<'.join(given)}".ljust(44, "<")
    tab.click("[data-same-person] summary")
    said = tab.locator("[data-passport-said]")
    for lines, words in (
        (first, "Two lines of 44"),
        (
            f"{first}\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            f"The passport says {name.upper()}. The certificate says the same.",
        ),
        (f"{first}\nL898902C46UTO7408122F1204159ZE184226B<<<<<10", "check digits do not fit"),
        (
            f"{first.replace(given[0], 'X' * len(given[0]))}\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "Only a part is the same",
        ),
    ):
        tab.fill("#passport", lines)
        expect(said).to_contain_text(words)
    assert answers(tab)[4] == "You check this"
    assert violations(tab) == []
    assert unreachable(tab) == []
    paste(tab, station.digits_of(symbols[1]))
    expect(tab.locator("#passport")).to_have_value("")


def test_a_name_that_would_be_a_formula_is_set_apart_in_the_table(
    tab: Tab, served: Served, symbols: list[Path], tmp_path: Path
) -> None:
    document = station.document_of(served, station.digits_of(symbols[0]))
    signed = station.signed_by_the_centre(served, station.renamed(document, '=HYPERLINK("http://evil.example")'))
    paste(tab, station.code_of(served, signed))
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    row = next(csv.DictReader(saved(tab, "[data-save-scans]", tmp_path).splitlines()))
    assert row["name"] == '\'=HYPERLINK("http://evil.example")'


def test_a_receipt_is_signed_here_and_holds_nothing_of_the_certificate(
    tab: Tab, served: Served, symbols: list[Path], tmp_path: Path
) -> None:
    digits = station.digits_of(symbols[0])
    document = station.document_of(served, digits)
    paste(tab, digits)
    tab.click("[data-same-yes]")
    tab.click("[data-save-receipt]")
    expect(told(tab)).to_contain_text("The receipt is saved on this device")
    tab.click("summary:has-text('Receipts')")
    expect(tab.locator("[data-receipts] p")).to_contain_text("Recognised in XB. This receipt is as it was signed.")
    text = saved(tab, "[data-receipts] button >> nth=0", tmp_path)
    said = parse_jws(text, typ=("comity-receipt+jwt",)).claims()
    assert read_receipt(text, parse_multikey(said["key"])) == said
    assert (said["verdict"], said["state"], said["answers"]["same-person"]) == ("recognized", "XB", "yes")
    assert said["certificate"] == mark_of(json.dumps(document).encode())
    assert said["lists"]["hash"] == served.demonstrated.composition.verifier.bundle().hash
    for secret in (document["id"], document["credentialSubject"]["name"][0]["@value"], digits):
        assert secret not in json.dumps(said)
    head, body, signature = text.split(".")
    for changed, words in ((text, "as it was signed"), (f"{head}.{body}.{signature[:-4]}AAAA", "was changed")):
        paste(tab, changed)
        expect(told(tab)).to_contain_text(words)
    tab.reload()
    tab.click("summary:has-text('Receipts')")
    expect(tab.locator("[data-receipts] > li")).to_have_count(1)
    tab.click("[data-receipts] button >> nth=1")
    expect(tab.locator("[data-no-receipts]")).to_be_visible()


def test_no_certificate_stays_on_the_device(tab: Tab, symbols: list[Path]) -> None:
    paste(tab, station.digits_of(symbols[0]))
    tab.click("[data-save-receipt]")
    expect(told(tab)).to_contain_text("The receipt is saved on this device")
    kept = tab.evaluate(
        """async () => {
          const open = indexedDB.open("comity");
          const database = await new Promise(done => { open.onsuccess = () => done(open.result) });
          const store = database.transaction("kept").objectStore("kept");
          const all = store.getAll();
          const values = await new Promise(done => { all.onsuccess = () => done(all.result) });
          const texts = values.map(value => value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value));
          return texts.join(" ") + JSON.stringify({ ...localStorage, ...sessionStorage });
        }"""
    )
    assert "Caregiving" in kept
    assert "Najma Akter" not in kept
