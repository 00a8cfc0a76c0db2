"""What a stranger can put into a paper, a picture or a certificate: cases of the threat model that have no place of their own."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest
from PIL import Image

from tests.verifier.desk import Addresses, browser, certificate, desk, signed, subject_with
from tests.verifier.files import blank_png, pdf_with_pictures, qr_picture, saved
from verifier.decoding import decode
from verifier.errors import CodeUnreadableError, FileTooLargeError
from verifier.reading import read_input
from web.links import ForeignCodeError
from web.security import security_headers

HTML = {"Accept": "text/html"}
TRACKER = "https://tracker.example/pixel"
SCRIPT = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><foreignObject/><image href='https://tracker.example/'/></svg>"
MARKDOWN = "[here](javascript:alert(1)) <b onmouseover=alert(1)>bold</b> ![seen](https://tracker.example/pixel)"
PARTS = tuple(part + "5" * 300 for part in ("shc:/1/1000000/", "shc:/7/3/", "1/1000000:", "HTTPS://V.EXAMPLE/#1/1000000/"))
"""How others number the parts of what does not fit one code."""


def page_of(document: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Return the page of a certificate, its policy, and the addresses that were asked for meanwhile."""
    verifier = desk()
    answer = browser(verifier).post("/verify", data={"state": "XB", "text": signed(document).decode()}, headers=HTML)
    assert answer.status_code == 200
    addresses = verifier.fetcher
    assert isinstance(addresses, Addresses)
    policy = security_headers("/verify", https=False)["Content-Security-Policy"]
    return answer.text, policy, addresses.asked


@pytest.mark.parametrize("text", PARTS)
def test_i2_a_part_of_several_codes_is_foreign_however_many_it_names(text: str) -> None:
    for content in (text.encode(), saved(qr_picture(text, 3))):
        with pytest.raises((ForeignCodeError, CodeUnreadableError)):
            read_input(content)


def test_i2_a_sheet_of_many_parts_gives_few_short_texts_and_nothing_is_put_together() -> None:
    sheet = Image.new("L", (1600, 1500), 255)
    for place in range(20):
        part = qr_picture(f"shc:/{place % 3 + 1}/1000000/{'5' * 40}", 4)
        sheet.paste(part, (place % 5 * 300 + 20, place // 5 * 300 + 20))
    found = decode(saved(sheet))["texts"]
    assert isinstance(found, list)
    assert 0 < len(found) <= 16
    assert all(re.fullmatch(r"shc:/[123]/1000000/5{40}", text) for text in found)
    with pytest.raises(ForeignCodeError):
        read_input(saved(sheet))


def test_i8_markdown_in_a_narrative_is_no_link_no_picture_and_no_markup() -> None:
    document = certificate()
    subject = document["credentialSubject"]
    achievement = {**subject["achievement"], "criteria": {"narrative": MARKDOWN}, "description": MARKDOWN}
    page, _, _ = page_of(subject_with(document, achievement=achievement))
    assert "Caregiving" in page
    visible = re.sub(r'<input type="hidden"[^>]*>', "", page)
    for hostile in ("javascript:", "onmouseover", "tracker.example"):
        assert hostile not in visible
    for kept in re.findall(r'<input type="hidden"[^>]*>', page):
        assert "<b" not in kept[1:]


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/png"])
def test_i9_a_picture_in_a_certificate_is_never_put_into_the_page(kind: str) -> None:
    document = certificate()
    subject = document["credentialSubject"]
    inlined = {"id": f"data:{kind};base64,{b64encode(SCRIPT.encode()).decode()}", "type": "Image"}
    page, policy, _ = page_of(subject_with(document, achievement={**subject["achievement"], "image": inlined}))
    assert "<script>alert" not in page
    assert "foreignObject/>" not in page
    assert f'src="data:{kind}' not in page
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_i9_a_drawing_that_is_handed_over_is_refused() -> None:
    for content in (SCRIPT.encode(), b"<?xml version='1.0'?>" + SCRIPT.encode()):
        with pytest.raises(CodeUnreadableError):
            read_input(content)


def test_i10_a_file_of_two_kinds_is_read_as_one_of_them() -> None:
    ours = qr_picture("https://shop.example/")
    two = saved(ours) + pdf_with_pictures(qr_picture("https://never.example/"))
    assert decode(two)["texts"] == ["https://never.example/"]  # a PDF says so within its first kilobyte
    page = saved(Image.new("L", (40, 40), 255)) + b"<script>alert(1)</script>"
    with pytest.raises(CodeUnreadableError):
        read_input(page)
    with pytest.raises(FileTooLargeError):
        read_input(blank_png(100_000, 100_000))


def test_i11_no_picture_that_a_certificate_names_is_asked_for_by_the_page_or_the_server() -> None:
    document = certificate()
    subject = document["credentialSubject"]
    image = {"id": TRACKER, "type": "Image"}
    achievement = {**subject["achievement"], "image": image}
    document["issuer"] = {**document["issuer"], "image": image, "url": TRACKER}
    page, policy, asked = page_of(subject_with({**document, "image": image}, achievement=achievement, image=image))
    visible = re.sub(r'<input type="hidden"[^>]*>', "", page)
    assert "tracker.example" not in visible
    assert not any("tracker" in address for address in asked)
    assert re.search(r"img-src 'self' data: blob:;", policy)


def test_i13_no_page_sends_a_browser_where_an_address_says() -> None:
    house = browser(desk())
    for name in ("return_to", "redirect_uri", "next", "url"):
        for there in (TRACKER, "//tracker.example", "/\\tracker.example"):
            answer = house.get("/verify", params={name: there}, headers=HTML, follow_redirects=False)
            assert answer.status_code == 200
            assert not re.search(r'(href|action|content)="[^"]*?(?:^|")//?\\?tracker', answer.text)
            assert f'href="{there}' not in answer.text
