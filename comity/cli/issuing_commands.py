"""issuer, programme, issue, token: what a training centre does."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from comity.cli.output import NO, USAGE, YES, say, show_progress
from comity.compose import Composition, compose
from comity.deployment import SetupError
from comity.settings import Settings
from issuer_api.cohorts import CohortReport, import_cohort
from issuer_api.issuing import credential_json, issue_cohort, issue_work
from issuer_api.organisations import create_issuer, slugs
from issuer_api.paper import certificate_pdf
from issuer_api.programmes import define_programme, owner_of, programme, programmes
from issuer_api.tokens import ACTIONS, create_token
from web.people import add_member


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    issuer = commands.add_parser("issuer", help="training centres and employers of this deployment")
    actions = issuer.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="create one from a JSON file (slug, name, …)")
    add.add_argument("file", type=Path)
    add.set_defaults(run=run_issuer_add)
    actions.add_parser("list", help="list them").set_defaults(run=run_issuer_list)
    course = commands.add_parser("programme", help="what can be issued")
    actions = course.add_subparsers(dest="action", required=True, metavar="ACTION")
    define = actions.add_parser("define", help="define one from a JSON file")
    define.add_argument("file", type=Path)
    define.add_argument("--issuer", help="the issuer's short name; else as the file says")
    define.set_defaults(run=run_programme_define)
    actions.add_parser("list", help="list them").set_defaults(run=run_programme_list)
    issue = commands.add_parser("issue", help="issue to a class, or attest work")
    issue.add_argument("file", type=Path, metavar="COHORT.csv|ATTESTATION.json")
    issue.add_argument("--programme", required=True, metavar="ID")
    issue.add_argument("--out", type=Path, help="folder for JSON and PDF; default COMITY_DATA/issued")
    issue.add_argument("--json", action="store_true", help="for programs")
    issue.set_defaults(run=run_issue)
    token = commands.add_parser("token", help="create an API token")
    token.add_argument("--issuer", required=True)
    token.add_argument("--name", required=True)
    token.add_argument("--may", nargs="+", choices=ACTIONS, default=["read"])
    token.set_defaults(run=run_token)


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        SetupError: it cannot be read.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SetupError(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise SetupError(f"{path} holds no JSON object")
    return document


def add_issuer(composition: Composition, record: dict[str, Any], person: int = 1) -> str:
    """Create an issuer and let the first person act for it; return its DID."""
    slug = str(record.get("slug", ""))
    did = create_issuer(composition.issuer, slug, record)
    with composition.issuer.database.write() as session:
        add_member(session, person, slug, "registrar")
    return did


def run_issuer_add(options: argparse.Namespace, settings: Settings) -> int:
    """Create an issuer."""
    say(add_issuer(compose(settings), read_json(options.file)))
    return YES


def run_issuer_list(_options: argparse.Namespace, settings: Settings) -> int:
    """List the issuers."""
    for slug in slugs(compose(settings).issuer):
        say(slug)
    return YES


def run_programme_define(options: argparse.Namespace, settings: Settings) -> int:
    """Define a programme."""
    record = read_json(options.file)
    slug = options.issuer or str(record.get("issuer", ""))
    say(define_programme(compose(settings).issuer, slug, record))
    return YES


def run_programme_list(_options: argparse.Namespace, settings: Settings) -> int:
    """List the programmes of all issuers."""
    issuer = compose(settings).issuer
    for slug in slugs(issuer):
        for record in programmes(issuer, slug):
            say(f"{record['id']}  {record['title']['en']}  ({slug})")
    return YES


def run_issue(options: argparse.Namespace, settings: Settings) -> int:
    """Issue to a class, or attest work; 1 when rows were wrong."""
    composition = compose(settings)
    slug = owner_of(composition.issuer, options.programme)
    folder = options.out or composition.deployment.folder / "issued"
    if programme(composition.issuer, slug, options.programme)["kind"] == "work":
        attestation = {name: value for name, value in read_json(options.file).items() if name not in {"issuer", "form"}}
        content = issue_work(composition.issuer, slug, options.programme, attestation, f"file:{options.file.name}"[:100])
        credentials: tuple[str, ...] = (json.loads(content)["id"],)
        wrong = 0
    else:
        report = bring_list(composition, slug, options.programme, options.file)
        wrong = len(report.wrong)
        if not options.json:
            say_report(composition, report)
        credentials = issue_cohort(
            composition.issuer, slug, report.id, lambda done, total: show_progress(done, total, "certificates")
        )
    write_files(composition, slug, credentials, folder)
    if options.json:
        say(json.dumps({"credentials": credentials, "wrong": wrong, "folder": str(folder)}))
    else:
        say(f"Issued {len(credentials)}; JSON and PDF are in {folder}.")
    return NO if wrong else YES


def bring_list(composition: Composition, slug: str, programme_id: str, file: Path) -> CohortReport:
    """Import a class's list from a file.

    Raises:
        SetupError: there is no such file.
    """
    if not file.is_file():
        raise SetupError(f"There is no file {file}.")
    return import_cohort(composition.issuer, slug, programme_id, file.read_bytes(), file.name)


def say_report(composition: Composition, report: CohortReport) -> None:
    """Print what is wrong with a list, row by row."""
    pages = composition.issuer.pages
    say(f"{report.file_name}: {len(report.rows)} rows, {len(report.ready)} ready, {len(report.wrong)} need you")
    for row in report.rows:
        for problem in row.problems:
            mark = "look" if problem.is_warning else "wrong"
            say(
                f"  row {row.number} ({problem.column}), {mark}: {pages.text('en', f'issuer.row.{problem.code}', **problem.params)}"
            )


def write_files(composition: Composition, slug: str, credentials: tuple[str, ...], folder: Path) -> None:
    """Write each credential's JSON and certificate into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for done, credential in enumerate(credentials, start=1):
        name = credential.removeprefix("urn:uuid:")
        (folder / f"{name}.json").write_bytes(credential_json(composition.issuer, slug, credential))
        (folder / f"{name}.pdf").write_bytes(certificate_pdf(composition.issuer, slug, credential))
        show_progress(done, len(credentials), "pages")


def run_token(options: argparse.Namespace, settings: Settings) -> int:
    """Create an API token and print it; it is not shown again."""
    say(create_token(compose(settings).issuer, options.issuer, options.name, options.may))
    return YES if options.may else USAGE
