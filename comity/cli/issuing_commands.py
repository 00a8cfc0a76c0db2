"""issuer, programme, issue, token: what a training centre does."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

from comity.cli.files import read_file, read_json
from comity.cli.output import NO, YES, say, say_json, show_progress
from comity.compose import Composition, compose
from comity.deployment import SetupError
from comity.settings import Settings
from issuer_api.cohorts import CohortReport, import_cohort
from issuer_api.designs import check_design
from issuer_api.issuing import credential_json, issue_cohort, issue_work
from issuer_api.organisations import create_issuer, organisation, slugs
from issuer_api.paper import certificate_pdf
from issuer_api.programmes import define_programme, owner_of, programme, programmes
from issuer_api.tokens import ACTIONS, create_token
from web.people import add_member
from web.roles import MANAGER


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    _register_issuer(commands)
    _register_programme(commands)
    issue = commands.add_parser(
        "issue",
        help="issue to a class, or attest work",
        description="Issue a certificate to everybody on a class's list (CSV: name, awarded_on; also name_native, number, note, "
        "passport, born_on, passport_until, holder_key, email), "
        "or attest one person's work (JSON). JSON and PDF of each are written. The same file again issues nothing twice. Exit "
        "status 1 when rows of the list are wrong; the good ones are issued all the same.",
    )
    issue.add_argument("file", type=Path, metavar="CLASS.csv|ATTESTATION.json")
    issue.add_argument("--programme", required=True, metavar="ID", help="the programme or form; see: comity programme list")
    issue.add_argument("--out", type=Path, metavar="FOLDER", help="for JSON and PDF; default COMITY_DATA/issued")
    issue.add_argument("--json", action="store_true", help="for programs")
    issue.set_defaults(run=run_issue)
    token = commands.add_parser(
        "token",
        help="create an API token",
        description="Create an API token of an issuer and print it. Only its hash is kept: it is not shown again.",
    )
    token.add_argument("--issuer", required=True, metavar="NAME", help="the issuer's short name; see: comity issuer list")
    token.add_argument("--name", required=True, metavar="TEXT", help="what the token is for")
    token.add_argument("--may", nargs="+", choices=ACTIONS, default=["read"], help="what it may do; default: read")
    token.set_defaults(run=run_token)


def _register_issuer(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    issuer = commands.add_parser("issuer", help="training centres and employers of this deployment")
    actions = issuer.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser(
        "add",
        help="create one, with its own key, from a JSON file",
        description="Create a training centre or an employer, with its own key and did:web, from a JSON file as in "
        "examples/issuers; prints its DID. One that exists stays as it is.",
    )
    add.add_argument("file", type=Path, metavar="ISSUER.json")
    add.set_defaults(run=run_issuer_add)
    listing = actions.add_parser("list", help="list them")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_issuer_list)


def _register_programme(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    course = commands.add_parser("programme", help="what can be issued")
    actions = course.add_subparsers(dest="action", required=True, metavar="ACTION")
    define = actions.add_parser(
        "define",
        help="define one from a JSON file",
        description="Define a training programme or a form for attesting work from a JSON file as in examples/programmes and "
        "examples/forms; prints its id.",
    )
    define.add_argument("file", type=Path, metavar="PROGRAMME.json")
    define.add_argument("--issuer", metavar="NAME", help="the issuer's short name; else as the file says")
    define.set_defaults(run=run_programme_define)
    listing = actions.add_parser("list", help="list them")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_programme_list)


def add_issuer(composition: Composition, record: dict[str, Any], person: int = 1) -> str:
    """Create an issuer and let the first person act for it; return its DID."""
    slug = str(record.get("slug", ""))
    did = create_issuer(composition.issuer, slug, record)
    with composition.issuer.database.write() as session:
        add_member(session, person, slug, MANAGER)
    return did


def run_issuer_add(options: argparse.Namespace, settings: Settings) -> int:
    """Create an issuer."""
    record = read_json(options.file)
    with contextlib.closing(compose(settings)) as composition:
        say(add_issuer(composition, record))
    return YES


def run_issuer_list(options: argparse.Namespace, settings: Settings) -> int:
    """List the issuers."""
    with contextlib.closing(compose(settings)) as composition:
        found = {slug: organisation(composition.issuer, slug) for slug in slugs(composition.issuer)}
    if options.json:
        say_json([{"slug": slug, "did": did, "name": record["name"]} for slug, (did, record) in found.items()])
        return YES
    for slug, (did, record) in found.items():
        say(f"{slug:<24} {record['name']}  {did}")
    if not found:
        say("There are no issuers yet. Create one with: comity issuer add ISSUER.json")
    return YES


def run_programme_define(options: argparse.Namespace, settings: Settings) -> int:
    """Define a programme."""
    record = read_json(options.file)
    slug = options.issuer or record.get("issuer")
    if not isinstance(slug, str) or not slug:
        raise SetupError(f"{options.file} names no issuer. Add the member issuer, or: --issuer NAME (see: comity issuer list)")
    with contextlib.closing(compose(settings)) as composition:
        say(define_programme(composition.issuer, slug, record, check=check_design))
    return YES


def run_programme_list(options: argparse.Namespace, settings: Settings) -> int:
    """List the programmes of all issuers."""
    with contextlib.closing(compose(settings)) as composition:
        issuer = composition.issuer
        found = [(slug, record) for slug in slugs(issuer) for record in programmes(issuer, slug)]
    if options.json:
        say_json([record | {"issuer": slug} for slug, record in found])
        return YES
    for slug, record in found:
        say(f"{record['id']:<20} {record['title']['en']}  ({slug})")
    if not found:
        say("There are no programmes yet. Define one with: comity programme define PROGRAMME.json")
    return YES


def run_issue(options: argparse.Namespace, settings: Settings) -> int:
    """Issue to a class, or attest work; 1 when rows were wrong."""
    with contextlib.closing(compose(settings)) as composition:
        slug = owner_of(composition.issuer, options.programme)
        folder = options.out or composition.deployment.folder / "issued"
        folder.mkdir(parents=True, exist_ok=True)
        if programme(composition.issuer, slug, options.programme)["kind"] == "work":
            credentials: tuple[str, ...] = (attest_work(composition, slug, options.programme, options.file),)
            wrong, before = 0, 0
        else:
            report = bring_list(composition, slug, options.programme, options.file)
            wrong, before = len(report.wrong), sum(row.credential is not None for row in report.rows)
            if not options.json:
                say_report(composition, report)
            credentials = issue_cohort(
                composition.issuer, slug, report.id, lambda done, total: show_progress(done, total, "certificates")
            )
        write_files(composition, slug, credentials, folder)
    if options.json:
        say_json({"credentials": credentials, "wrong": wrong, "folder": str(folder)})
    else:
        earlier = f", {before} of them before" if before else ""
        say(f"{len(credentials)} issued{earlier}; JSON and PDF of each are in {folder}." if credentials else "Nothing was issued.")
    return NO if wrong else YES


def attest_work(composition: Composition, slug: str, form: str, file: Path) -> str:
    """Attest one person's work from a JSON file; return the credential's id. The same file again gives the same one."""
    attestation = read_json(file)
    fields = {name: value for name, value in attestation.items() if name not in {"issuer", "form"}}
    spelled = json.dumps(attestation, ensure_ascii=False, sort_keys=True).encode()
    key = f"file:{hashlib.sha256(spelled).hexdigest()[:40]}"
    document: dict[str, Any] = json.loads(issue_work(composition.issuer, slug, form, fields, key))
    return str(document["id"])


def bring_list(composition: Composition, slug: str, programme_id: str, file: Path) -> CohortReport:
    """Import a class's list from a file."""
    return import_cohort(composition.issuer, slug, programme_id, read_file(file), file.name)


def say_report(composition: Composition, report: CohortReport) -> None:
    """Print what is wrong with a list, row by row."""
    pages = composition.issuer.pages
    known = " (brought before)" if report.was_known else ""
    say(f"{report.file_name}{known}: {len(report.rows)} rows, {len(report.ready)} ready, {len(report.wrong)} need you")
    for row in report.rows:
        for problem in row.problems:
            mark = "look" if problem.is_warning else "wrong"
            told = pages.text("en", f"issuer.row.{problem.code}", **problem.params)
            say(f"  row {row.number} ({problem.column}), {mark}: {told}")


def write_files(composition: Composition, slug: str, credentials: tuple[str, ...], folder: Path) -> None:
    """Write each credential's JSON and certificate into a folder that is there."""
    for done, credential in enumerate(credentials, start=1):
        name = credential.removeprefix("urn:uuid:")
        (folder / f"{name}.json").write_bytes(credential_json(composition.issuer, slug, credential))
        (folder / f"{name}.pdf").write_bytes(certificate_pdf(composition.issuer, slug, credential))
        show_progress(done, len(credentials), "pages")


def run_token(options: argparse.Namespace, settings: Settings) -> int:
    """Create an API token and print it; it is not shown again."""
    with contextlib.closing(compose(settings)) as composition:
        say(create_token(composition.issuer, options.issuer, options.name, options.may))
    return YES
