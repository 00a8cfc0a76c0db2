"""Files without a network: the PDF with its attachment, the certificate's own JSON, and those that are neither."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import Page as Tab

from registry.cases import ask, case, checked, decide, deciding_authority, withdraw
from registry.giving import give, withdraw_given
from tests.browser.station import installed, told, verdict
from tests.browser.test_checking import first_file
from tests.conftest import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(context: BrowserContext, served: Served) -> Iterator[Tab]:
    yield installed(context, served)
    context.set_offline(offline=False)


def hand_over(tab: Tab, content: bytes, kind: str = "application/pdf") -> None:
    tab.set_input_files("#file", {"name": "file", "mimeType": kind, "buffer": content})


def pdf_with(content: bytes, *, length: str = "", packed: bool = True, kind: str = "/Type /EmbeddedFile") -> bytes:
    """Return something like a PDF, with an attachment as other programs write it."""
    stream = zlib.compress(content) if packed else content
    named = length or str(len(stream))
    how = "/Filter [/FlateDecode]" if packed else ""
    return f"%PDF-1.7\n7 0 obj\n<< {kind} {how} /Length {named} >>\nstream\r\n".encode() + stream + b"\r\nendstream\nendobj\n"


def test_a_pdf_is_read_by_its_attachment_and_that_is_said(tab: Tab, served: Served) -> None:
    hand_over(tab, first_file(served, ".pdf").read_bytes())
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    expect(told(tab)).to_contain_text("about the certificate in the file")
    expect(tab.locator(".who__name")).to_have_text("Najma Akter")


def test_the_certificates_own_file_is_read_whichever_way_it_is_spelt(tab: Tab, served: Served) -> None:
    document = json.loads(first_file(served, ".json").read_bytes())
    for content in (json.dumps(document).encode(), json.dumps(document, indent=4, sort_keys=True).encode()):
        hand_over(tab, content, "application/json")
        expect(verdict(tab)).to_have_text("Recognised in Belmora")


def test_a_tampered_copy_is_called_so_and_shows_nothing(tab: Tab, served: Served) -> None:
    tampered = next(served.demonstrated.files.glob("*.tampered")).read_bytes()
    for content, kind in ((tampered, "application/json"), (pdf_with(tampered), "application/pdf")):
        hand_over(tab, content, kind)
        expect(verdict(tab)).to_have_text("Do not rely on this certificate")
        assert "Somebody Else" not in tab.content()


@pytest.mark.parametrize("how", [{"packed": False}, {"length": "9 0 R"}, {"kind": "/Type/EmbeddedFile"}])
def test_attachments_of_other_programs_are_found(tab: Tab, served: Served, how: dict[str, str]) -> None:
    hand_over(tab, pdf_with(first_file(served, ".json").read_bytes(), **how))  # type: ignore[arg-type]
    expect(verdict(tab)).to_have_text("Recognised in Belmora")


def empty_pdf() -> bytes:
    with pypdfium2.PdfDocument.new() as document:
        document.new_page(200, 200)
        written = io.BytesIO()
        document.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        empty_pdf(),
        pdf_with(b"no json"),
        pdf_with(b"[1]"),
        pdf_with(b" " * 20_000_000),
        pdf_with(b"{}", length="999999999"),
        pdf_with(b"{}", kind="/Type /EmbeddedFileX"),
        b"%PDF-1.7\n" + b"/EmbeddedFile" * 200_000,
        b"%PDF-1.7\n obj" + b" " * 12_000_000,
    ],
    ids=["empty", "no json", "a list", "a bomb", "too long", "another type", "many names", "too large"],
)
def test_a_file_without_a_certificate_is_explained(tab: Tab, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    tab.set_input_files("#file", path)
    expect(told(tab)).to_contain_text("could not read the code")
    expect(verdict(tab)).to_be_hidden()


def test_a_file_that_no_code_holds_needs_internet_and_is_no_refusal(tab: Tab, served: Served, tmp_path: Path) -> None:
    document = json.loads(first_file(served, ".json").read_bytes())
    path = tmp_path / "more.json"
    path.write_text(json.dumps({**document, "evidence": [{"type": ["Evidence"], "name": "more"}]}), encoding="utf-8")
    tab.set_input_files("#file", path)
    expect(told(tab)).to_contain_text("only with internet")
    expect(told(tab)).to_contain_text("This is not a no.")
    expect(verdict(tab)).to_be_hidden()


def decided(served: Served, certificate: bytes) -> tuple[str, bytes]:
    """Let Belmora refuse a certificate; return the case and the decision."""
    registry = served.demonstrated.composition.registry
    name = ask(registry, "XB", certificate, "", "")
    found = case(registry, name)
    ruling = {
        "authority": deciding_authority(registry.bundle(), "XB").id,
        "outcome": "refused",
        "decidedBy": "Mira Solberg",
        "legalBasis": "Article 8",
        "reason": "The course had no practice.",
        "appeal": "The tribunal, until 1 March",
    }
    report = checked(registry, found.document)
    with registry.database.write("cases") as session:
        decide(registry, session, name, ruling, report)
    return name, json.dumps(case(registry, name).decision).encode()


def test_a_decision_and_an_endorsement_are_weighed_on_the_device(context: BrowserContext, served: Served) -> None:
    certificate = first_file(served, ".json").read_bytes()
    name, decision = decided(served, certificate)
    registry = served.demonstrated.composition.registry
    board, award = deciding_authority(registry.bundle(), "XC"), checked(registry, certificate)
    with registry.database.write("awards") as session:
        given = give(registry, session, award, board, "")
    endorsement = json.dumps(given).encode()

    tab = installed(context, served)
    hand_over(tab, decision, "application/json")
    expect(told(tab)).to_contain_text("Now read the certificate that it belongs to")
    hand_over(tab, certificate, "application/json")
    expect(verdict(tab)).to_have_text("Not recognised in Belmora")
    expect(tab.locator("[data-says-recognised]")).to_contain_text("“The course had no practice.” Appeal: The tribunal")
    expect(tab.locator("[data-beside-said]")).to_have_text(
        "Papers checked beside it: 1. Good ones: 1. What is not good was left out."
    )
    tab.click("details:has(#beside) summary")
    changed = endorsement.replace(b'"uEi', b'"uEj')
    files = [{"name": "e.json", "mimeType": "application/json", "buffer": one} for one in (endorsement, changed)]
    tab.set_input_files("#beside", files)  # type: ignore[arg-type]  # Playwright's own form of a file
    expect(tab.locator("[data-beside-said]")).to_contain_text("beside it: 3. Good ones: 2.")
    expect(tab.locator("[data-certified]")).to_contain_text("Aravel and Calentia. Certified by 2 of 3 parties")

    with registry.database.write("cases") as session:
        withdraw(registry, session, name)
        withdraw_given(session, given["id"], "The centre was not visited.", registry.clock())
    context.set_offline(offline=False)
    tab.click("[data-refresh]")
    expect(told(tab)).to_contain_text("are the newest")
    context.set_offline(offline=True)
    hand_over(tab, certificate, "application/json")
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    expect(tab.locator("[data-beside-said]")).to_contain_text("beside it: 3. Good ones: 0.")
    expect(tab.locator("[data-certified]")).to_be_empty()
