"""The printed certificate: one A4 page as PDF/A-3, the credential attached, on it the code that holds it whole and the link code.

Set with Typst, whose compiler is kept: fonts are read once. Texts go in as JSON data and are never read as markup.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from issuer_api.delivery import link_of
from issuer_api.issuing import find_issued
from issuer_api.logos import as_svg, logo_png
from issuer_api.names import language_of
from issuer_api.organisations import organisation
from issuer_api.printed_codes import offline_code, spoken
from issuer_api.programmes import programme_version
from issuer_api.service import Issuer
from issuer_api.subjects import open_document
from web.codes import MAX_VERSION, OfflineCode
from web.links import LinkCode
from web.pages import Pages, say_date
from web.printed_codes import modules
from web.printed_texts import cut, printable

_ROOT: Final = Path(__file__).parents[1]
TEMPLATES: Final = _ROOT / "issuer_api" / "templates" / "paper"
_CERTIFICATE: Final = TEMPLATES / "certificate.typ"
_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_MAX_LIST: Final = 10
_CHECK: Final = ("check", "check.how", "check.compare")
_CHECK_OFFLINE: Final = ("check.offline", "check.large", "check.compare")
_COMPILING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class PaperDesign:
    """A centre's own: the colour of lines and headings, a logo as SVG, a sentence in each language, lines to sign on.

    A signature is `{"name", "function"}`, each as `native`.
    """

    accent: str
    logo: str | None
    sentence: tuple[Mapping[str, Any], ...]
    signatures: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """Everything that stands on one page, as plain texts; `native` entries are `{"text", "lang", "rtl"}`.

    A `mark` stands across a page that is no certificate: a preview.
    """

    state: str
    code: str
    authority: str
    centre: str
    other_head: tuple[str, ...]
    other_lang: str
    other_rtl: bool
    heading: tuple[str, Mapping[str, Any] | None]
    certify: tuple[str, Mapping[str, Any] | None]
    names: tuple[Mapping[str, Any], ...]
    shown: tuple[str, Mapping[str, Any] | None]
    title: Mapping[str, Any]
    other_title: Mapping[str, Any] | None
    facts: tuple[tuple[str, str], ...]
    list_title: str
    list: tuple[str, ...]
    check: tuple[str, str, str]
    check_other: tuple[Mapping[str, Any], ...]
    address: str
    signatory: str
    signed: str
    qr: tuple[str, ...]
    code_words: str
    short: str
    number: str
    attachment: str | None
    attachment_name: str
    mark: str = ""
    offline: tuple[str, ...] = ()
    design: PaperDesign | None = None


def native(text: str, language: str) -> dict[str, Any]:
    """Return a text with its language and direction, as the page wants it."""
    base = language.partition("-")[0] if "-Latn" not in language else "en"
    return {"text": cut(text), "lang": base if base != "und" else "en", "rtl": base in _RIGHT_TO_LEFT}


@cache
def _compiler(fonts: str, template: Path) -> typst.Compiler:
    return typst.Compiler(str(template), root=str(_ROOT), font_paths=[fonts], ignore_system_fonts=True)


def render(papers: Sequence[CertificatePaper], fonts: Path) -> bytes:
    """Return a PDF with one page for each paper."""
    return compiled(_CERTIFICATE, [asdict(paper) for paper in papers], fonts)


def compiled(template: Path, papers: Sequence[Mapping[str, Any]], fonts: Path) -> bytes:
    """Return a PDF/A-3 of a template, which reads the papers as data; it may use the pieces in `web/templates/paper`."""
    with _COMPILING:
        pdf = _compiler(str(fonts), template).compile(format="pdf", sys_inputs=_inputs(papers, fonts), pdf_standards="a-3b")
    return pdf if isinstance(pdf, bytes) else b""


def _inputs(papers: Sequence[Mapping[str, Any]], fonts: Path) -> dict[str, str]:
    """Return what a template reads: the papers, and the logos that they name by their place, each once."""
    logos = list(dict.fromkeys(paper["design"]["logo"] for paper in papers if paper.get("design") and paper["design"]["logo"]))
    named = [
        {**paper, "design": {**paper["design"], "logo": logos.index(paper["design"]["logo"])}}
        if paper.get("design") and paper["design"]["logo"]
        else paper
        for paper in papers
    ]
    return {"papers": json.dumps(printable(named, fonts), ensure_ascii=False), "logos": json.dumps(logos)}


def picture(paper: CertificatePaper, fonts: Path, *, dots_per_inch: float = 110) -> bytes:
    """Return a page as a PNG picture."""
    return picture_and_faults(paper, fonts, dots_per_inch=dots_per_inch)[0]


def picture_and_faults(paper: CertificatePaper, fonts: Path, *, dots_per_inch: float = 110) -> tuple[bytes, tuple[str, ...]]:
    """Return a page as a PNG picture, and which texts of its design have no place on it, however small they are set.

    Named are `heading`, `heading_other`, `name_1` and `function_1` of the first signature and so on, and `page` for all together.
    """
    with _COMPILING:
        compiler = _compiler(str(fonts), _CERTIFICATE)
        png = compiler.compile(format="png", ppi=dots_per_inch, sys_inputs=_inputs([asdict(paper)], fonts))
        found = json.loads(compiler.query("<too-long>", field="value")) if paper.design else []
    return (png if isinstance(png, bytes) else b""), tuple(name for page in found for name in page)


def certificate_pdf(issuer: Issuer, slug: str, credential: str) -> bytes:
    """Return the page of one delivered certificate.

    Raises:
        UnknownThingError: none of this issuer, or not delivered.
    """
    return render([paper_of(issuer, slug, credential)], issuer.fonts)


def cohort_pdf(issuer: Issuer, slug: str, credentials: Sequence[str]) -> bytes:
    """Return the pages of several certificates in one file; each credential is attached."""
    return render([paper_of(issuer, slug, credential) for credential in credentials], issuer.fonts)


def paper_of(issuer: Issuer, slug: str, credential: str) -> CertificatePaper:
    """Return what stands on the page of a delivered certificate.

    Raises:
        UnknownThingError: none of this issuer, or not delivered.
    """
    row, subject = find_issued(issuer, slug, credential)
    content = open_document(issuer, subject, row)
    _, centre = organisation(issuer, slug)
    _, course = programme_version(issuer, slug, row.programme, row.programme_version)
    link = link_of(issuer, credential, subject)
    offline = offline_code(issuer, content)
    paper = build_paper(issuer.pages, json.loads(content), centre, course, link, content.decode(), offline)
    return designed(issuer, slug, paper, course)


def designed(issuer: Issuer, slug: str, paper: CertificatePaper, course: Mapping[str, Any]) -> CertificatePaper:
    """Return a page as the programme's design has it, or as it is where there is none.

    Raises:
        InvalidRecordError: the issuer has not brought the logo that it names.
    """
    design = course.get("design")
    if design is None:
        return paper
    languages = ("en", paper.other_lang) if paper.heading[1] else ("en",)
    own, other = design.get("heading", {}), paper.heading[1]
    logo = as_svg(logo_png(issuer, slug, design["logo"])) if design.get("logo") else None
    sentence = tuple(native(design["sentence"][one], one) for one in languages if one in design.get("sentence", {}))
    signatures = tuple(
        {part: native(line[part], language_of(line[part], "en")) for part in ("name", "function")}
        for line in design.get("signatures", ())
    )
    return replace(
        paper,
        heading=(
            cut(own.get("en", paper.heading[0])),
            native(own[paper.other_lang], paper.other_lang) if other and paper.other_lang in own else other,
        ),
        design=PaperDesign(design["accent"], logo, sentence, signatures),
    )


def build_paper(
    pages: Pages,
    document: Mapping[str, Any],
    centre: Mapping[str, Any],
    course: Mapping[str, Any],
    link: LinkCode,
    content: str | None,
    offline: OfflineCode | None = None,
) -> CertificatePaper:
    """Return the page of a credential.

    Args:
        pages: for the printed words.
        document: the credential.
        centre: the issuer's record.
        course: the programme's record.
        link: the printed code.
        content: the secured credential to attach, or None.
        offline: the code that holds the whole credential, or None.
    """
    subject = document["credentialSubject"]
    work = "workExperience" in subject
    other = str(course.get("secondLanguage", ""))
    prefix = "issuer.paper.work" if work else "issuer.paper"
    check = _CHECK_OFFLINE if offline else _CHECK

    def both(key: str) -> tuple[str, Mapping[str, Any] | None]:
        return pages.text("en", key), native(pages.text(other, key), other) if other else None

    def say(key: str, **params: str) -> str:
        return pages.text("en", key, **params)

    def label(key: str) -> str:
        return f"{say(key)} · {pages.text(other, key)}" if other else say(key)

    return CertificatePaper(
        state=_in(centre.get("state"), "en"),
        code=str(centre.get("code", "")),
        authority=_in(centre.get("authority"), "en"),
        centre=str(centre["name"]),
        other_head=tuple(
            text for text in (_in(centre.get(name), other) for name in ("state", "authority", "names")) if other and text
        ),
        other_lang=other or "en",
        other_rtl=other in _RIGHT_TO_LEFT,
        heading=both(f"{prefix}.heading"),
        certify=both("issuer.paper.certify"),
        names=tuple(native(entry["@value"], entry["@language"]) for entry in subject["name"]),
        shown=both(f"{prefix}.shown"),
        title=native(subject["workExperience"]["roleName"] if work else document["name"], "en"),
        other_title=native(course["title"][other], other) if other and other in course["title"] and not work else None,
        facts=_work_facts(say, label, subject["workExperience"], centre) if work else _facts(say, label, document, subject),
        list_title=label(f"{prefix}.list"),
        list=_entries(subject, work=work),
        check=(say(f"issuer.paper.{check[0]}"), say(f"issuer.paper.{check[1]}"), say(f"issuer.paper.{check[2]}")),
        check_other=tuple(native(pages.text(other, f"issuer.paper.{key}"), other) for key in check) if other else (),
        address=f"{link.origin.partition('://')[2]}/verify",
        signatory=str(centre.get("signatory", centre["name"])),
        signed=say("issuer.paper.signed"),
        qr=modules(link),
        code_words=say("issuer.paper.code"),
        short=spoken(link.id),
        number=str(subject.get("licenseNumber", "")),
        attachment=content,
        attachment_name=f"{str(document['id']).removeprefix('urn:uuid:')}.json",
        offline=modules(offline, most=MAX_VERSION) if offline else (),
    )


def _in(texts: object, language: str) -> str:
    return str(texts.get(language, "")) if isinstance(texts, Mapping) else ""


def _facts(
    say: Callable[..., str], label: Callable[[str], str], document: Mapping[str, Any], subject: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    level = next((entry for entry in subject["achievement"]["alignment"] if entry["targetType"] == "ext:NQF"), None)
    hours = str(subject["volumeOfLearning"]).removeprefix("PT").removesuffix("H")
    facts = [
        (label("issuer.paper.level"), f"{level['targetFramework']} {level['targetCode']}") if level else None,
        (label("issuer.paper.training"), say("issuer.paper.hours", n=hours)),
        (label("issuer.paper.awarded"), say_date(document["awardedDate"][:10], "en")),
        (label("issuer.paper.number"), str(subject["licenseNumber"])),
    ]
    return tuple(fact for fact in facts if fact)


def _work_facts(
    say: Callable[..., str], label: Callable[[str], str], work: Mapping[str, Any], centre: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    state = _in(centre.get("state"), "en") if centre.get("code") == work["country"] else ""
    hours = (label("issuer.paper.work.hours"), str(work["hoursPerWeek"])) if "hoursPerWeek" in work else None
    facts = [
        (label("issuer.paper.work.period"), f"{say_date(work['startDate'], 'en')} — {say_date(work['endDate'], 'en')}"),
        hours,
        (label("issuer.paper.work.country"), state or str(work["country"])),
        (label("issuer.paper.work.basis"), say(f"issuer.paper.basis.{work['attestationBasis']}")),
    ]
    return tuple(fact for fact in facts if fact)


def _entries(subject: Mapping[str, Any], *, work: bool) -> tuple[str, ...]:
    alignment = subject["workExperience"]["alignment"] if work else subject["achievement"]["alignment"]
    skills = [entry["targetName"] for entry in alignment if entry["targetType"] == "ext:ESCOSkill"]
    occupations = [
        f"{entry['targetName']} ({entry['targetFramework']} {entry['targetCode']})"
        for entry in alignment
        if entry["targetType"] == "ext:ISCO08"
    ]
    listed = [*skills, *occupations]
    shown = listed[:_MAX_LIST]
    return tuple(shown if len(listed) <= _MAX_LIST else [*shown[:-1], f"… +{len(listed) - _MAX_LIST + 1}"])
