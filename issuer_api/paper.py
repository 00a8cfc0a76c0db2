"""The printed certificate: one A4 page as PDF/A-3, the credential attached, on it the code that holds it whole and the link code.

Set with Typst, whose compiler is kept: fonts are read once. Texts go in as JSON data and are never read as markup.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from issuer_api.delivery import link_of
from issuer_api.issuing import find_issued
from issuer_api.organisations import organisation
from issuer_api.printed_codes import offline_code, spoken
from issuer_api.programmes import programme_version
from issuer_api.reserving import open_document
from issuer_api.service import Issuer
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
    data = json.dumps(printable(list(papers), fonts), ensure_ascii=False)
    with _COMPILING:
        pdf = _compiler(str(fonts), template).compile(format="pdf", sys_inputs={"papers": data}, pdf_standards="a-3b")
    return pdf if isinstance(pdf, bytes) else b""


def picture(paper: CertificatePaper, fonts: Path, *, dots_per_inch: float = 110) -> bytes:
    """Return a page as a PNG picture."""
    data = json.dumps(printable([asdict(paper)], fonts), ensure_ascii=False)
    with _COMPILING:
        png = _compiler(str(fonts), _CERTIFICATE).compile(format="png", ppi=dots_per_inch, sys_inputs={"papers": data})
    return png if isinstance(png, bytes) else b""


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
    return build_paper(issuer.pages, json.loads(content), centre, course, link, content.decode(), offline)


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
