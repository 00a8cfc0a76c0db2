"""What ISO 19005-3 (PDF/A-3, level B) asks of a file's structure, as far as it can be read off its objects.

Not checked here, and by nobody yet: a validator's whole run (veraPDF), such as the operators and colour spaces of each page.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest

from issuer_api.paper import certificate_pdf, cohort_pdf, native, paper_of, render
from issuer_api.paper_cards import cards_pdf
from issuer_api.service import Issuer
from tests.conftest import Demonstrated
from tests.issuer_api.designs import with_design
from tests.issuer_api.test_paper_cards import CENTRE, credentials
from web.printed_texts import CUT, LONGEST

Made = Callable[[Issuer, str, Sequence[str]], bytes]
OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"(.*?)stream\n(.*)\nendstream", re.DOTALL)
NEVER = (
    *(b"/JavaScript", b"/JS", b"/Launch", b"/Movie", b"/Sound", b"/RichMedia", b"/XFA", b"/GoToR"),
    *(b"/LZWDecode", b"/Encrypt", b"/ObjStm"),
)
"""Actions and filters that are not allowed; object streams would hide objects from this test."""


@dataclass(frozen=True)
class Parsed:
    """A file's objects by number, and its trailer."""

    content: bytes
    objects: dict[int, bytes]
    trailer: bytes

    @property
    def catalog(self) -> bytes:
        return next(entry for entry in self.all(b"/Catalog") if b"/Pages" in entry)

    def all(self, mark: bytes) -> list[bytes]:
        """Return the dictionaries that have a mark."""
        return [self.dictionary(number) for number in self.objects if mark in self.dictionary(number)]

    def dictionary(self, number: int) -> bytes:
        found = STREAM.match(self.objects[number])
        return found.group(1) if found else self.objects[number]

    def stream(self, number: int) -> bytes:
        body, dictionary = self.objects[number], self.dictionary(number)
        length = re.search(rb"/Length (\d+)", dictionary)
        start = STREAM.match(body)
        assert length is not None
        assert start is not None
        content = body[start.start(2) : start.start(2) + int(length.group(1))]
        return zlib.decompress(content) if b"/FlateDecode" in dictionary else content

    def named(self, dictionary: bytes, name: bytes) -> int:
        """Return the number of the first object that a member of a dictionary leads to."""
        found = re.search(rb"/%s\s*\[?\s*(?:<<[^>]*?)?(\d+) 0 R" % name, dictionary)
        assert found is not None, name
        return int(found.group(1))


def parsed(content: bytes) -> Parsed:
    objects = {int(number): body for number, body in OBJECT.findall(content)}
    return Parsed(content, objects, content[content.rindex(b"trailer") :])


def one(issuer: Issuer, slug: str, chosen: Sequence[str]) -> bytes:
    return certificate_pdf(issuer, slug, chosen[0])


def designed(issuer: Issuer, slug: str, chosen: Sequence[str]) -> bytes:
    return render([with_design(paper_of(issuer, slug, credential)) for credential in chosen], issuer.fonts)


@pytest.fixture(
    scope="module", params=[one, cohort_pdf, cards_pdf, designed], ids=["certificate", "class", "cards", "designed class"]
)
def made(request: pytest.FixtureRequest, demonstrated: Demonstrated) -> Parsed:
    make: Made = request.param
    return parsed(make(demonstrated.composition.issuer, CENTRE, credentials(demonstrated)[:2]))


def test_it_says_what_it_is(made: Parsed) -> None:
    head, binary = made.content.split(b"\n", 2)[:2]
    assert head == b"%PDF-1.7"
    assert binary.startswith(b"%")
    assert all(byte > 127 for byte in binary[1:5])
    assert made.content.rstrip().endswith(b"%%EOF")
    assert re.search(rb"/ID\s*\[", made.trailer)
    metadata = made.objects[made.named(made.catalog, b"Metadata")]
    assert b"/FlateDecode" not in metadata
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata


def test_nothing_in_it_acts_or_is_hidden(made: Parsed) -> None:
    plain = b"\n".join(made.dictionary(number) for number in made.objects) + made.trailer
    assert [name for name in NEVER if re.search(name + rb"\b", plain)] == []
    for flags in (re.search(rb"/F (\d+)", annotation) for annotation in made.all(b"/Subtype/Link") + made.all(b"/Subtype /Link")):
        assert flags is not None
        assert int(flags.group(1)) & 0b110110 == 0b100  # printed, not hidden


def test_colours_have_a_profile_of_their_own(made: Parsed) -> None:
    [intent] = made.all(b"/GTS_PDFA1")
    profile = made.named(intent, b"DestOutputProfile")
    assert re.search(rb"/N\s+3", made.dictionary(profile))
    assert made.stream(profile)[36:40] == b"acsp"


def test_every_font_is_in_it_and_its_letters_can_be_read(made: Parsed) -> None:
    descriptors = made.all(b"/FontDescriptor")
    described = [entry for entry in descriptors if re.search(rb"/Type\s*/FontDescriptor", entry)]
    assert described
    for entry in described:
        assert len(made.stream(made.named(entry, b"FontFile[23]?"))) > 500
    composite = [entry for entry in made.all(b"/Type0") if b"/DescendantFonts" in entry]
    assert len(composite) == len(described)
    assert all(b"begincmap" in made.stream(made.named(entry, b"ToUnicode")) for entry in composite)


def test_the_credential_is_attached_and_its_relation_is_said(made: Parsed, demonstrated: Demonstrated) -> None:
    files = made.all(b"/AFRelationship")
    assert files
    assert b"/AF" in made.catalog
    assert b"/EmbeddedFiles" in made.catalog
    issued = credentials(demonstrated)
    for entry in files:
        assert re.search(rb"/AFRelationship\s*/Data", entry)
        assert b"/UF" in entry
        embedded = made.named(entry, b"EF")
        assert re.search(rb"/Subtype\s*/application#2[fF]json", made.dictionary(embedded))
        assert b"/ModDate" in made.dictionary(embedded)
        assert json.loads(made.stream(embedded))["id"] in issued


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Najma\x00\x07\x1b[31m\r\nAkter", "Najma"),
        ("N" * 1_000_000, "NNN"),
        ("\U00013000\U000e0041\ue000 Akter", "Akter"),
        ('#import "x"; $ sum $ \\ <a> @b', "#import"),
    ],
    ids=["control characters", "1 MB", "no glyph", "markup of the typesetter"],
)
def test_i12_a_name_of_any_kind_is_printed_cut_and_marked_and_breaks_nothing(
    demonstrated: Demonstrated, name: str, shown: str
) -> None:
    issuer = demonstrated.composition.issuer
    paper = paper_of(issuer, CENTRE, credentials(demonstrated)[0])
    written = native(name, "en")
    assert len(written["text"]) <= LONGEST + 1
    assert written["text"].endswith(CUT) is (len(name) > LONGEST)
    with pypdfium2.PdfDocument(render([replace(paper, names=(written,))], issuer.fonts)) as document:
        assert len(document) == 1
        assert shown in document[0].get_textpage().get_text_range()


def test_a_name_in_every_script_has_letters_on_paper(demonstrated: Demonstrated) -> None:
    issuer = demonstrated.composition.issuer
    paper = paper_of(issuer, CENTRE, credentials(demonstrated)[0])
    scripts = {
        "Nazma Akter": rb"NotoSerif-Bold",
        "Назма Ахтер": rb"NotoSerif-Bold",
        "نجمة أختر": rb"NotoNaskhArabic-Bold",
        "নাজমা আক্তার": rb"NotoSerifBengali-Bold",
        "नाज़मा अख़्तर": rb"NotoSerifDevanagari-Bold",
        "ናጅማ አክተር": rb"NotoSansEthiopic-Bold",
        "நஜ்மா அக்தர்": rb"NotoSansTamil-Bold",
        "นัจมา อักเตอร์": rb"NotoSansThai-Bold",
    }
    for name, font in scripts.items():
        fonts = b" ".join(parsed(render([replace(paper, names=(native(name, "en"),))], issuer.fonts)).all(b"/FontDescriptor"))
        assert re.search(rb"\+" + font + rb"\b", fonts), name
        assert b"LastResort" not in fonts
