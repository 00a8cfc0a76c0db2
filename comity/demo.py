"""The main job, end to end, on the shipped examples. It calls what a person would call, and shows what came back.

A second run finds everything there: nothing is issued, revoked or published twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types

from comity.cli.credentials_commands import say_assessment
from comity.cli.deployment_commands import fresh_sign_in_link, initialize
from comity.cli.issuing_commands import add_issuer, bring_list, read_json, say_report, write_files
from comity.cli.output import say, show_progress
from comity.cli.trust_commands import publish
from comity.compose import ROOT, Composition, compose
from comity.settings import Settings
from issuer_api.delivery import claim_url, link_of
from issuer_api.issuing import find_issued, issue_cohort, issue_work
from issuer_api.organisations import published_document
from issuer_api.programmes import define_programme
from issuer_api.status import set_status
from verifier.assessing import assess
from verifier.links import credential_in
from verifier.reading import read_input
from web import qr

EXAMPLES: Final = ROOT / "examples"
CENTRE: Final = "sunder-bay-care"
EMPLOYER: Final = "harborline-shipyard"
PROGRAMME: Final = "caregiving-nc2"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ids of what the demonstration issued: the class in the order of its rows, and the attestation."""

    graduates: tuple[str, ...]
    work: str


def run_demo(settings: Settings) -> Composition:
    """Do the main job and return the composition for serving."""
    initialize(settings)
    composition = compose(settings)
    say(f"Comity — the main job on the examples. Data: {settings.data}, public address {composition.deployment.public_url}")
    _found(composition)
    outcome = _issue(composition)
    folder = composition.deployment.demo
    _write(composition, outcome, folder)
    _read_back(composition, outcome, folder)
    _change_status(composition, outcome, folder)
    say("\n6. Where to go on")
    say(f"   a worker's claim link:  {_claim(composition, CENTRE, outcome.graduates[0])}")
    say(f"   sign in as registrar:   {fresh_sign_in_link(settings)}")
    say(f"   check a certificate:    {composition.deployment.public_url}/verify")
    say(f"   files:                  {folder}")
    return composition


def _found(composition: Composition) -> None:
    say("\n1. A partnership of three fictional states; each issuer has its own key and did:web")
    for path in sorted((EXAMPLES / "issuers").glob("*.json")):
        say(f"   {add_issuer(composition, read_json(path))}")
    if not composition.deployment.pinned_root.exists():
        publish(composition, EXAMPLES / "partnership")
    bundle = composition.verifier.bundle()
    say(f"   signed lists, version {bundle.version}: {len(bundle.states)} states, {len(bundle.issuers)} accredited")
    for rule in bundle.rules:
        say(f"   {', '.join(rule.origins)} → {rule.state}  {rule.mode:<12} {', '.join(rule.scope.qualifications or ('all',))}")
    say("\n2. Programmes and a work-experience form")
    for path in sorted([*(EXAMPLES / "programmes").glob("*.json"), *(EXAMPLES / "forms").glob("*.json")]):
        record = read_json(path)
        define_programme(composition.issuer, record["issuer"], record)
        say(f"   {record['id']:<16} {record['title']['en']} ({record['issuer']})")


def _issue(composition: Composition) -> Outcome:
    say("\n3. A class of 30, and one attestation of work")
    report = bring_list(composition, CENTRE, PROGRAMME, EXAMPLES / "cohorts" / "caregiving-2026.csv")
    say_report(composition, report)
    graduates = issue_cohort(composition.issuer, CENTRE, report.id, lambda done, total: show_progress(done, total, "certificates"))
    attestation: dict[str, Any] = read_json(EXAMPLES / "work" / "yusuf-haddad.json")
    fields = {name: value for name, value in attestation.items() if name not in {"issuer", "form"}}
    work = json.loads(issue_work(composition.issuer, EMPLOYER, attestation["form"], fields, "demo:yusuf-haddad"))["id"]
    say(f"   issued {len(graduates)} certificates and 1 attestation: {len(graduates) + 1} credentials, each checked before release")
    return Outcome(graduates, work)


def _write(composition: Composition, outcome: Outcome, folder: Path) -> None:
    say("\n4. JSON, printable A4 and code of each")
    write_files(composition, CENTRE, outcome.graduates, folder)
    write_files(composition, EMPLOYER, (outcome.work,), folder)
    for slug, credential in [*((CENTRE, credential) for credential in outcome.graduates), (EMPLOYER, outcome.work)]:
        _, subject = find_issued(composition.issuer, slug, credential)
        symbol = qr.png(link_of(composition.issuer, credential, subject))
        (folder / f"{_name(credential)}-link.png").write_bytes(symbol)
    for slug in (CENTRE, EMPLOYER, "tarimba-welding"):
        path = folder / slug / "did.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(published_document(composition.issuer, slug), indent=2), encoding="utf-8")
    _, subject = find_issued(composition.issuer, CENTRE, outcome.graduates[0])
    say(f"   {len(outcome.graduates) + 1} of each in {folder}; the first one's code:\n")
    say(qr.terminal(link_of(composition.issuer, outcome.graduates[0], subject)))


def _read_back(composition: Composition, outcome: Outcome, folder: Path) -> None:
    say("\n5. An employer scans the printed page")
    pdf = (folder / f"{_name(outcome.graduates[0])}.pdf").read_bytes()
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
    shot = folder / "scanned-page.png"
    picture.save(shot)
    content = shot.read_bytes()
    say(f"   code read from the picture of the page ({picture.width} by {picture.height}): {read_input(content).link is not None}")
    _, credential = credential_in(composition.verifier, content)
    for state in ("XB", "XC"):
        say(f"\n   asked for {state}:")
        say_assessment(composition, assess(composition.verifier, credential, state))


def _change_status(composition: Composition, outcome: Outcome, folder: Path) -> None:
    revoked, suspended, copied = outcome.graduates[1:4]
    set_status(composition.issuer, CENTRE, revoked, "revocation", value=True, reason="issued in error", by="demonstration")
    set_status(composition.issuer, CENTRE, suspended, "suspension", value=True, reason="under review", by="demonstration")
    original = (folder / f"{_name(copied)}.json").read_bytes()
    document = json.loads(original)
    document["credentialSubject"]["name"][0]["@value"] = "Somebody Else"
    tampered = folder / f"{_name(copied)}.tampered"
    tampered.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    for what, content in (
        ("revoked", (folder / f"{_name(revoked)}.json").read_bytes()),
        ("suspended", (folder / f"{_name(suspended)}.json").read_bytes()),
        ("a copy whose name was changed", tampered.read_bytes()),
    ):
        say(f"\n   {what}:")
        say_assessment(composition, assess(composition.verifier, content, "XB"))


def _claim(composition: Composition, slug: str, credential: str) -> str:
    _, subject = find_issued(composition.issuer, slug, credential)
    return claim_url(composition.issuer, credential, subject)


def _name(credential: str) -> str:
    return credential.removeprefix("urn:uuid:")
