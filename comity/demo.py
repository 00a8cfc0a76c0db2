"""The main job, end to end, on the shipped examples. It calls what a person would call, and shows what came back.

A second run finds everything there: nothing is issued, revoked or published twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
from sqlmodel import func, select

from comity.bundles import holds_exactly
from comity.cli.credentials_commands import say_assessment
from comity.cli.deployment_commands import fresh_sign_in_link, initialize
from comity.cli.files import read_json
from comity.cli.issuing_commands import add_issuer, attest_work, bring_list, say_report, write_files
from comity.cli.output import say, show_progress
from comity.cli.serving_commands import address_here
from comity.cli.trust_commands import files_of, publish, publisher_of
from comity.clock import now
from comity.compose import ROOT, Composition, compose
from comity.deployment import SetupError
from comity.officers import OFFICERS, leave_application, leave_award, officer_links
from comity.scenes import play_scenes
from comity.settings import Settings
from credentials.qr import from_digits
from issuer_api.delivery import claim_url, link_of
from issuer_api.issuing import find_issued, issue_cohort
from issuer_api.organisations import published_document, slugs
from issuer_api.printed_codes import offline_code
from issuer_api.programmes import define_programme
from issuer_api.status import set_status
from issuer_api.tables import Issued
from registry.codes import CODES_FILE
from registry.witnessing import HEADS
from registry.working_copy import undone_by
from verifier.assessing import assess
from verifier.links import credential_in
from verifier.reading import Reading
from web import qr
from web.codes import MAX_VERSION
from web.links import LinkCode

EXAMPLES: Final = ROOT / "examples"
CENTRE: Final = "sunder-bay-care"
EMPLOYER: Final = "harborline-shipyard"
PROGRAMME: Final = "caregiving-nc2"
FORM: Final = "work-experience"
_SIGNED_AGAIN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ids of what the demonstration issued: the class in the order of its rows, and the attestation."""

    graduates: tuple[str, ...]
    work: str

    @property
    def every(self) -> tuple[tuple[str, str], ...]:
        """Every credential as (issuer's slug, id)."""
        return (*((CENTRE, graduate) for graduate in self.graduates), (EMPLOYER, self.work))


def run_demo(settings: Settings, *, serving: bool = False) -> Composition:
    """Do the main job and return the composition for serving.

    Raises:
        SetupError: the deployment is in use for something else.
    """
    initialize(settings)
    composition = compose(settings)
    _claim_folder(composition)
    deployment = composition.deployment
    say(f"Comity: the main job on the examples. Data in {settings.data}, public address {deployment.public_url}")
    _found(composition)
    outcome = _issue(composition)
    _write(composition, outcome, deployment.demo)
    _read_back(composition, outcome, deployment.demo)
    _change_status(composition, outcome, deployment.demo)
    say("\n6. What a certificate is worth across the states: scenes, with a partnership and keys made for them alone")
    play_scenes(composition.verifier.pages, deployment.demo / "scenes")
    here = address_here(deployment, settings, serving=serving)
    say("\n7. Where to go on" if serving else "\n7. Where to go on, once it is served (comity serve)")
    say(f"   check a certificate:    {here}/verify")
    say(f"   figures for planning:   {here}/registry/statistics")
    say(f"   a worker's claim link:  {here}{_claim_path(composition, outcome.graduates[0])}")
    say(f"   sign in as registrar:   {fresh_sign_in_link(settings, serving=serving)}")
    leave_application(composition)
    leave_award(composition, _json(deployment.demo, outcome.graduates[0]).read_bytes())
    for state in OFFICERS:
        name = composition.verifier.bundle().states[state].names["en"]
        for role, link in officer_links(composition, here, state).items():
            say(f"   {f'sign in for {name}:':<23} {link}  ({role})")
    say(f"   files:                  {deployment.demo}")
    return composition


def _claim_folder(composition: Composition) -> None:
    """Make the folder for the files, unless others work here: fictional issuers do not belong among real ones."""
    folder = composition.deployment.demo
    if not folder.is_dir() and slugs(composition.issuer):
        composition.close()
        raise SetupError(
            f"{folder.parent} is in use: the demonstration would mix fictional issuers with yours. Choose another COMITY_DATA."
        )
    folder.mkdir(exist_ok=True)


def _found(composition: Composition) -> None:
    say("\n1. A partnership of three fictional states; each issuer has its own key and did:web")
    for path in sorted((EXAMPLES / "issuers").glob("*.json")):
        say(f"   {add_issuer(composition, read_json(path))}")
    for path in _programmes():
        record = read_json(path)
        define_programme(composition.issuer, record["issuer"], record)
    _publish(composition)
    bundle = composition.verifier.bundle()
    say(f"   signed lists, version {bundle.version}: {len(bundle.states)} states, {len(bundle.issuers)} accredited issuers")
    for rule in bundle.rules:
        say(f"   {', '.join(rule.origins)} → {rule.state}  {rule.mode:<12} {', '.join(rule.scope.qualifications or ('all',))}")
    say("\n2. Programmes, and a form for attesting work")
    for path in _programmes():
        record = read_json(path)
        say(f"   {record['id']:<16} {record['title']['en']} ({record['issuer']})")


def _programmes() -> list[Path]:
    return sorted([*(EXAMPLES / "programmes").glob("*.json"), *(EXAMPLES / "forms").glob("*.json")])


def _publish(composition: Composition) -> None:
    """Publish the example lists where there are none; again when a day old or short of rows. Others are left alone."""
    deployment, folder = composition.deployment, EXAMPLES / "partnership"
    if not deployment.pinned_root.exists():
        publish(composition, folder)
        return
    files, is_old = files_of(composition, folder), composition.verifier.bundle().age(now()) > _SIGNED_AGAIN_AFTER
    heads = {path for path in files if path.endswith(f"/{HEADS}.json")}
    same = holds_exactly(deployment.bundle, files, besides=heads)
    if (is_old and same) or (not same and holds_exactly(deployment.bundle, files, besides={CODES_FILE, *heads})):
        publisher = publisher_of(composition)
        if undone_by(composition.registry.database, files, publisher.current()).waiting:
            publisher.refresh(now=now())  # what officers have approved stays for them to publish
        else:
            publish(composition, folder)


def _issue(composition: Composition) -> Outcome:
    say("\n3. A class of 30, and one attestation of work")
    before = _count(composition)
    report = bring_list(composition, CENTRE, PROGRAMME, EXAMPLES / "cohorts" / "caregiving-2026.csv")
    say_report(composition, report)
    graduates = issue_cohort(composition.issuer, CENTRE, report.id, lambda done, total: show_progress(done, total, "certificates"))
    work = attest_work(composition, EMPLOYER, FORM, EXAMPLES / "work" / "yusuf-haddad.json")
    outcome, new = Outcome(graduates, work), _count(composition) - before
    say(f"   {len(graduates)} certificates and 1 attestation: {len(outcome.every)} credentials, each checked before release")
    if new < len(outcome.every):
        say(f"   {new} of them are new; the others were issued before, and nothing is issued twice")
    return outcome


def _count(composition: Composition) -> int:
    with composition.issuer.database.session() as session:
        return session.exec(select(func.count()).select_from(Issued)).one()


def _write(composition: Composition, outcome: Outcome, folder: Path) -> None:
    say("\n4. JSON, printable A4 page and both codes of each")
    write_files(composition, CENTRE, outcome.graduates, folder)
    write_files(composition, EMPLOYER, (outcome.work,), folder)
    for slug, credential in outcome.every:
        (folder / f"{_name(credential)}-link.png").write_bytes(qr.png(_link(composition, slug, credential)))
        code = offline_code(composition.issuer, _json(folder, credential).read_bytes())
        if code is not None:
            (folder / f"{_name(credential)}-offline.png").write_bytes(qr.png(code, most=MAX_VERSION))
    for slug in slugs(composition.issuer):
        path = folder / slug / "did.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(published_document(composition.issuer, slug), indent=2), encoding="utf-8")
    say(f"   {len(outcome.every)} of each in {folder}; the first one's code:\n")
    say(qr.terminal(_link(composition, CENTRE, outcome.graduates[0])))


def _link(composition: Composition, slug: str, credential: str) -> LinkCode:
    _, subject = find_issued(composition.issuer, slug, credential)
    return link_of(composition.issuer, credential, subject)


def _read_back(composition: Composition, outcome: Outcome, folder: Path) -> None:
    say("\n5. Employers in other states check")
    shot = folder / "scanned-page.png"
    say(f"   a photo of the first certificate's page ({shot.name}, {_photograph(folder, outcome.graduates[0], shot)} pixels)")
    reading, credential = credential_in(composition.verifier, shot.read_bytes())
    say(f"   {_told(reading)}")
    for state in ("XB", "XC"):
        _say_verdict(composition, f"asked by an employer in {state}", credential, state)
    _say_verdict(composition, "the attestation of work, asked in XB", _json(folder, outcome.work).read_bytes(), "XB")


def _told(reading: Reading) -> str:
    if reading.code is not None:
        return f"its large code holds the whole certificate in {len(from_digits(reading.code))} bytes; nothing was fetched for it"
    return f"the code in it leads to the certificate at {reading.link.origin if reading.link else 'no address'}"


def _photograph(folder: Path, credential: str, shot: Path) -> str:
    """Draw the first page of a certificate as a camera would see it; return its size."""
    with pypdfium2.PdfDocument((folder / f"{_name(credential)}.pdf").read_bytes()) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
    picture.save(shot)
    return f"{picture.width} by {picture.height}"


def _say_verdict(composition: Composition, what: str, content: bytes, state: str) -> None:
    say(f"\n   {what}:")
    say_assessment(composition, assess(composition.verifier, content, state))


def _change_status(composition: Composition, outcome: Outcome, folder: Path) -> None:
    revoked, suspended, copied = outcome.graduates[1:4]
    issuer = composition.issuer
    set_status(issuer, CENTRE, revoked, "revocation", value=True, reason="issued in error", by="demonstration")
    set_status(issuer, CENTRE, suspended, "suspension", value=True, reason="under review", by="demonstration")
    _say_verdict(composition, "one that the centre withdrew", _json(folder, revoked).read_bytes(), "XB")
    _say_verdict(composition, "one that the centre put on hold", _json(folder, suspended).read_bytes(), "XB")
    document = json.loads(_json(folder, copied).read_bytes())
    document["credentialSubject"]["name"][0]["@value"] = "Somebody Else"
    tampered = folder / f"{_name(copied)}.tampered"
    tampered.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    _say_verdict(composition, "a copy of another in which the name was changed", tampered.read_bytes(), "XB")


def _claim_path(composition: Composition, credential: str) -> str:
    _, subject = find_issued(composition.issuer, CENTRE, credential)
    return claim_url(composition.issuer, credential, subject).removeprefix(composition.deployment.public_url)


def _json(folder: Path, credential: str) -> Path:
    return folder / f"{_name(credential)}.json"


def _name(credential: str) -> str:
    return credential.removeprefix("urn:uuid:")
