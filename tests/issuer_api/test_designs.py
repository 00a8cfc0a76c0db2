"""Designs: a hostile logo is refused, what does not fit is named, a version keeps its look, and the codes stay what they are."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from issuer_api.accents import contrast_with_white
from issuer_api.errors import InvalidRecordError, PictureError
from issuer_api.logos import MAX_BYTES, logo_png, read_logo, store_logo
from issuer_api.paper import paper_of, render
from issuer_api.programmes import define_programme, programme, programme_version
from tests.conftest import Demonstrated
from tests.issuer_api.designs import ACCENT, DESIGN, picture, with_design
from tests.issuer_api.house import CENTRE, COURSE, FORM, OTHER, House
from tests.issuer_api.registrar import Registrar, registrar, words
from tests.issuer_api.test_paper_cards import MILLIMETRE, codes, credentials, pages_of
from verifier.links import credential_in
from verifier.reading import read_input

SCRIPT = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>fetch("//evil.example")</script></svg>'
TYPED = {
    "accent": ACCENT,
    "heading_en": DESIGN["heading"]["en"],
    "heading_other": DESIGN["heading"]["ar"],
    "sentence_en": DESIGN["sentence"]["en"],
    "sentence_other": DESIGN["sentence"]["ar"],
    "name_1": "Salma Nasser",
    "function_1": "Registrar",
}


def huge(width: int, height: int) -> bytes:
    """Return a PNG that says it has that many dots, and has none."""
    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    written = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (SCRIPT, "svg"),
        (b"\n" * 3000 + SCRIPT.upper(), "svg"),
        (huge(8000, 5000), "pixels"),
        (huge(12_000, 12_000), "pixels"),
        (huge(60_000, 60_000), "pixels"),
        (picture() + bytes(MAX_BYTES), "bytes"),
        (picture()[:200], "unreadable"),
        (huge(30, 30), "unreadable"),
        (picture("GIF"), "unreadable"),
        (picture("TIFF", (9, 9)), "unreadable"),
        (b"%PDF-1.7", "unreadable"),
        (b"", "unreadable"),
    ],
    ids=["script", "late", "40-mp", "144-mp", "3600-mp", "bytes", "cut", "empty", "gif", "tiff", "pdf", "nothing"],
)
def test_i9_a_logo_that_is_none_is_refused_and_says_why(content: bytes, code: str) -> None:
    with pytest.raises(PictureError) as raised:
        read_logo(content)
    assert raised.value.code == code


def test_a_logo_is_written_anew_small_opaque_and_without_remarks() -> None:
    remark = PngInfo()
    remark.add_text("Comment", "taken at 60.1N 24.9E")
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    for content, size in (
        (picture(mode="RGBA", pnginfo=remark, icc_profile=b"profile"), (432, 180)),
        (picture("JPEG", (400, 300), exif=turned), (135, 180)),
        (picture(size=(40, 10)), (40, 10)),
        (picture(mode="P"), (432, 180)),
    ):
        with Image.open(io.BytesIO(read_logo(content))) as logo:
            assert (logo.format, logo.mode, logo.size, logo.info) == ("PNG", "RGB", size, {})
    with Image.open(io.BytesIO(read_logo(picture(mode="RGBA")))) as logo:
        assert logo.getpixel((0, 0)) == (255, 255, 255)
        assert logo.getpixel((431, 0)) == (0x7A, 0x1F, 0x5C)


def test_contrast_is_that_of_wcag() -> None:
    known = {"#000000": 21, "#ffffff": 1, "#767676": 4.54, "#777777": 4.48, "red": 0, "#FFF": 0}
    assert {colour: round(contrast_with_white(colour), 2) for colour in known} == known


def test_a_version_keeps_its_look_and_an_old_certificate_is_printed_as_it_was(house: House) -> None:
    old = house.issue("Sari,2026-11-13,,\n")[0]
    program = house.program()
    logo = program.post("/issuer/api/v1/logos", files={"file": ("logo.png", picture())}).json()["id"]
    assert program.post("/issuer/api/v1/logos", files={"file": ("logo.png", picture())}).json()["id"] == logo
    at = f"/issuer/api/v1/programmes/{COURSE}/design"
    assert program.post(f"{at}/preview", json=DESIGN | {"logo": logo}).content.startswith(b"\x89PNG")
    assert programme_version(house.issuer, CENTRE, COURSE)[0] == 1
    assert program.put(at, json=DESIGN | {"logo": logo}).json()["design"]["logo"] == logo
    new = house.issue("Rana,2026-11-13,,\n")[0]
    assert program.delete(at).status_code == 200
    designs = [programme_version(house.issuer, CENTRE, COURSE, version)[1].get("design") for version in (1, 2, 3)]
    assert [design and design["accent"] for design in designs] == [None, ACCENT, None]
    assert paper_of(house.issuer, CENTRE, old).design is None
    paper = paper_of(house.issuer, CENTRE, new)
    assert paper.design is not None
    assert paper.heading[0] == "Diploma of Caring Work"
    [page] = pages_of(render([paper], house.issuer.fonts))
    [code] = codes(page)
    assert read_input(code.text.encode()).link is not None


def test_what_is_no_design_is_refused_with_a_pointer(house: House) -> None:
    program = house.program()
    at = f"/issuer/api/v1/programmes/{COURSE}/design"
    for design, pointer in (
        (DESIGN | {"accent": "#dddddd"}, "/design/accent"),
        (DESIGN | {"accent": "url(//evil.example)"}, "/design/accent"),
        (DESIGN | {"logo": "0" * 64}, "/design/logo"),
        (DESIGN | {"logo": "../../etc/passwd"}, "/design/logo"),
        (DESIGN | {"heading": {"ar": "دبلوم"}}, "/design/heading"),
        (DESIGN | {"heading": {"en": "Diploma " * 15}}, "/design"),
        (DESIGN | {"sentence": {"en": "Wide words of ours " * 20}}, "/design/sentence"),
        (DESIGN | {"signatures": DESIGN["signatures"] * 2}, "/design/signatures"),
        (DESIGN | {"margins": 0}, "/design/margins"),
    ):
        for answer in (program.put(at, json=design), program.post(f"{at}/preview", json=design)):
            assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)
    record = programme(house.issuer, CENTRE, COURSE) | {"design": DESIGN | {"heading": {"en": "Diploma " * 15}}}
    refused = program.post("/issuer/api/v1/programmes", json=record)
    assert "too long for the page: heading" in refused.json()["detail"]
    assert house.program(CENTRE, "read").put(at, json=DESIGN).status_code == 403
    assert program.post("/issuer/api/v1/logos", files={"file": ("logo.svg", SCRIPT)}).json()["type"].endswith("#PICTURE_UNUSABLE")
    assert programme_version(house.issuer, CENTRE, COURSE)[0] == 1


def test_a_logo_belongs_to_its_issuer_and_goes_when_nothing_uses_it(house: House) -> None:
    issuer = house.issuer
    used, unused = store_logo(issuer, CENTRE, picture()), store_logo(issuer, CENTRE, picture(size=(9, 9)))
    define_programme(issuer, CENTRE, programme(issuer, CENTRE, COURSE) | {"design": DESIGN | {"logo": used}})
    house.now[0] += timedelta(days=2)
    store_logo(issuer, CENTRE, picture(size=(8, 8)))
    assert logo_png(issuer, CENTRE, used)
    for slug, one in ((CENTRE, unused), (OTHER, used)):
        with pytest.raises(InvalidRecordError):
            logo_png(issuer, slug, one)


def test_the_page_draws_what_is_typed_and_names_what_does_not_fit(house: House, salma: Registrar) -> None:
    at = f"programmes/{COURSE}/design"
    assert "How the certificate looks" in words(salma.get(at))
    drawn = salma.post(f"{at}/preview", TYPED, files={"file": ("logo.png", picture())}).json()
    assert drawn["wrong"] == {}
    assert len(drawn["logo"]) == 64
    usual = salma.post(f"{at}/preview", {}).json()
    assert base64.b64decode(drawn["picture"].partition(",")[2]) != base64.b64decode(usual["picture"].partition(",")[2])
    long = TYPED | {"accent": "#eeeeee", "heading_en": "Diploma " * 15, "sentence_other": "", "name_1": "", "logo": drawn["logo"]}
    wrong = salma.post(f"{at}/preview", long).json()["wrong"]
    assert set(wrong) == {"accent", "heading_en", "sentence_other", "name_1"}
    assert wrong["accent"] == "This colour is too pale to be read on white paper. Choose a darker one."
    assert wrong["heading_en"] == "This is too long for its place on the page. Make it shorter."
    refused = salma.post(at, long | {"step": "save"})
    assert refused.status_code == 422
    assert "Write it in this language as well, or in neither." in words(refused)
    assert drawn["logo"] in refused.text
    svg = salma.post(at, TYPED | {"step": "save"}, files={"file": ("logo.svg", SCRIPT)})
    assert "An SVG file can hold programs" in words(svg)
    assert programme_version(house.issuer, CENTRE, COURSE)[0] == 1
    assert "saved" in str(salma.post(at, TYPED | {"step": "save", "logo": drawn["logo"]}).url)
    assert programme(house.issuer, CENTRE, COURSE)["design"]["logo"] == drawn["logo"]
    assert "logo-away" in salma.get(at).text
    changed = json.loads(json.dumps(programme(house.issuer, CENTRE, COURSE)))
    assert changed["design"]["signatures"] == [{"name": "Salma Nasser", "function": "Registrar"}]
    crowd = [
        json.dumps(entry | {"targetCode": str(n), "targetName": "wide words " * 30}) for n, entry in enumerate(changed["alignment"])
    ]
    form = {"title_en": "Care", "criteria": "Passed.", "qualification": changed["qualification"], "hours": "7", "valid_years": "1"}
    crowded = salma.post(f"programmes/{COURSE}/change", form | {"number": "XA-S", "entry": crowd, "step": "save"})
    assert "design: too long for the page: page" in words(crowded)
    assert "saved" in str(salma.post(at, {"step": "usual"}).url)
    assert "design" not in programme(house.issuer, CENTRE, COURSE)


def test_only_who_prepares_designs_and_only_certificates_of_training(house: House) -> None:
    auditor = registrar(house, CENTRE, name="Ada Auditor", role="auditor")
    assert auditor.get(f"programmes/{COURSE}/design").status_code == 403
    worker = registrar(house, "harborline-shipyard", name="Yusuf")
    assert worker.get(f"programmes/{FORM}/design").status_code == 404


def test_the_codes_of_a_designed_page_are_read_and_as_large_as_ever(demonstrated: Demonstrated) -> None:
    issuer, first = demonstrated.composition.issuer, credentials(demonstrated)[0]
    paper = with_design(paper_of(issuer, CENTRE, first))
    crowded = replace(
        paper, names=paper.names[:1] * 5, list=(paper.title["text"] * 9,) * 10, heading=("Diploma " * 30, paper.heading[1])
    )
    for one in (paper, crowded):
        [page] = pages_of(render([one], issuer.fonts))
        large, small = sorted(codes(page), key=lambda code: -len(code.text))
        assert (large.position.top_right.x - large.position.top_left.x) / MILLIMETRE >= 35
        assert large.ec_level in "MQH"
        reading, _ = credential_in(demonstrated.composition.verifier, large.text.encode())
        assert reading.code is not None
        assert read_input(small.text.encode()).link is not None
