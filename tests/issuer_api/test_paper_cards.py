"""Wallet cards of the demonstration, drawn and read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
import zxingcpp
from PIL import Image
from sqlmodel import col, select

from issuer_api.errors import UnknownThingError
from issuer_api.issuing import credential_json
from issuer_api.paper import certificate_pdf
from issuer_api.paper_cards import cards_pdf
from issuer_api.tables import Issued
from tests.conftest import Demonstrated
from verifier.links import credential_in
from verifier.reading import read_input

CENTRE = "sunder-bay-care"
MILLIMETRE = 300 / 25.4
"""Dots of a printer."""


def credentials(demonstrated: Demonstrated, slug: str = CENTRE) -> list[str]:
    query = select(Issued.id).where(Issued.organisation == slug).order_by(col(Issued.row_number))
    with demonstrated.composition.issuer.database.session() as session:
        return [str(one) for one in session.exec(query).all()]


def pages_of(pdf: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=300 / 72, grayscale=True).to_pil() for page in document]


def words_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def attached(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document.get_attachment(number).get_name() for number in range(document.count_attachments())]


def codes(page: Image.Image) -> Sequence[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))


def test_a_card_holds_the_whole_certificate_in_a_symbol_of_35_millimetres(demonstrated: Demonstrated) -> None:
    issuer, first = demonstrated.composition.issuer, credentials(demonstrated)[0]
    [page] = pages_of(cards_pdf(issuer, CENTRE, [first]))
    large, small = sorted(codes(page), key=lambda code: -len(code.text))
    corners = large.position
    assert (corners.top_right.x - corners.top_left.x) / MILLIMETRE >= 35
    reading, content = credential_in(demonstrated.composition.verifier, large.text.encode())
    assert reading.code is not None
    rebuilt, issued = json.loads(content), json.loads(credential_json(issuer, CENTRE, first))
    assert {**rebuilt, "proof": issued["proof"]} == issued
    assert read_input(small.text.encode()).link is not None


def test_a_certificate_in_grey_holds_the_whole_in_a_symbol_of_35_millimetres_at_level_m(demonstrated: Demonstrated) -> None:
    issuer, first = demonstrated.composition.issuer, credentials(demonstrated)[0]
    [page, *_] = pages_of(certificate_pdf(issuer, CENTRE, first))
    large, small = sorted(codes(page), key=lambda code: -len(code.text))
    assert (large.position.top_right.x - large.position.top_left.x) / MILLIMETRE >= 35
    assert (large.ec_level, small.ec_level) == ("M", "M")
    assert credential_in(demonstrated.composition.verifier, large.text.encode())[0].code is not None
    assert read_input(small.text.encode()).link is not None


def test_the_symbol_does_not_lie_across_the_fold(demonstrated: Demonstrated) -> None:
    [page] = pages_of(cards_pdf(demonstrated.composition.issuer, CENTRE, credentials(demonstrated)[:1]))
    fold = page.width / 2
    for code in codes(page):
        assert code.position.top_right.x < fold or code.position.top_left.x > fold


def test_four_stand_on_a_sheet_and_each_credential_is_attached(demonstrated: Demonstrated) -> None:
    chosen = credentials(demonstrated)[:5]
    pdf = cards_pdf(demonstrated.composition.issuer, CENTRE, chosen)
    sheets = pages_of(pdf)
    assert [len(codes(sheet)) for sheet in sheets] == [8, 2]
    assert sorted(attached(pdf)) == sorted(f"{one.removeprefix('urn:uuid:')}.json" for one in chosen)


def test_work_has_a_card_too(demonstrated: Demonstrated) -> None:
    slug = "harborline-shipyard"
    [page] = pages_of(cards_pdf(demonstrated.composition.issuer, slug, credentials(demonstrated, slug)[:1]))
    assert len(codes(page)) == 2


@pytest.mark.parametrize("made", [cards_pdf, lambda issuer, slug, chosen: certificate_pdf(issuer, slug, chosen[0])])
def test_paper_is_marked_as_pdf_a_3(demonstrated: Demonstrated, made: type[object]) -> None:
    pdf = made(demonstrated.composition.issuer, CENTRE, credentials(demonstrated)[:1])  # type: ignore[call-arg]
    assert isinstance(pdf, bytes)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf


@pytest.mark.parametrize("made", [cards_pdf, lambda issuer, slug, chosen: certificate_pdf(issuer, slug, chosen[0])])
def test_qr_rule_1_the_address_stands_beside_the_codes_to_be_typed(demonstrated: Demonstrated, made: Any) -> None:  # noqa: ANN401  # both
    issuer, first = demonstrated.composition.issuer, credentials(demonstrated)[0]
    pdf = made(issuer, CENTRE, [first])
    text = " ".join(words_of(pdf))
    assert f"{issuer.base_url.partition('://')[2]}/verify" in text
    [page, *_] = pages_of(pdf)
    small = min((code.text for code in codes(page)), key=len)
    assert small.split("#")[0].rpartition("/")[2] in text.replace("\u2011", "")  # the short code, in groups


def test_what_was_not_issued_has_no_card(demonstrated: Demonstrated) -> None:
    with pytest.raises(UnknownThingError):
        cards_pdf(demonstrated.composition.issuer, CENTRE, ["urn:uuid:nothing"])
