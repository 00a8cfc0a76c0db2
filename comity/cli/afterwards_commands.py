"""correct, statuses, mails, figures: what follows after issuing, as on the pages and by API."""

from __future__ import annotations

import argparse
import contextlib
from collections import defaultdict
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final

from comity.cli.credentials_commands import issuer_of
from comity.cli.files import read_file
from comity.cli.output import NO, USAGE, YES, complain, say, say_json
from comity.compose import compose
from comity.settings import Settings
from issuer_api.claim_mails import class_mails, queue_mails
from issuer_api.cohorts import cohort_report
from issuer_api.correcting import Correction, carry_out
from issuer_api.figures import figures
from issuer_api.issuing import find_issued
from issuer_api.organisations import organisation
from issuer_api.replacing import said_by
from issuer_api.status import set_statuses
from web.languages import LANGUAGES

_PREFIX: Final = "urn:uuid:"
_ACTS: Final = {"revoke": ("revocation", True), "suspend": ("suspension", True), "reinstate": ("suspension", False)}
_MOST: Final = 1_000


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    correct = commands.add_parser("correct", help="issue a corrected certificate in the place of one")
    correct.add_argument("id", metavar="ID", help="urn:uuid:… of the certificate, or the name of its file without .json")
    correct.add_argument("--name", action="append", default=[], metavar="NAME", help="as in the passport; twice for two scripts")
    correct.add_argument("--awarded-on", type=date.fromisoformat, metavar="DAY", help="such as 2026-11-13")
    correct.add_argument("--number", metavar="NUMBER", help="the certificate's number")
    correct.add_argument("--anew", action="store_true", help="the same words with a new code: the paper was lost")
    correct.set_defaults(run=run_correct)

    statuses = commands.add_parser("statuses", help="revoke, suspend or reinstate many certificates together")
    statuses.add_argument("act", choices=tuple(_ACTS))
    statuses.add_argument("file", type=Path, metavar="FILE", help=f"one id a line, at most {_MOST}")
    statuses.add_argument("--reason", required=True, metavar="TEXT", help="why; kept with each certificate")
    statuses.set_defaults(run=run_statuses)

    mails = commands.add_parser("mails", help="how far the claim mails of a class are; or send them")
    mails.add_argument("issuer", metavar="ISSUER")
    mails.add_argument("cohort", metavar="CLASS", help="its id")
    mails.add_argument("--send", choices=tuple(LANGUAGES), metavar="LANGUAGE", help="queue those that were not sent")
    mails.set_defaults(run=run_mails)

    counts = commands.add_parser("figures", help="what an issuer issued and withdrew, by month")
    counts.add_argument("issuer", metavar="ISSUER")
    counts.add_argument("--programme", default="", metavar="ID", help="one programme alone")
    counts.set_defaults(run=run_figures)
    for command in (correct, statuses, mails, counts):
        command.add_argument("--json", action="store_true", help="for programs")


def run_correct(options: argparse.Namespace, settings: Settings) -> int:
    """Issue a corrected certificate."""
    credential = _id(options.id)
    with contextlib.closing(compose(settings)) as composition:
        issuer, slug = composition.issuer, issuer_of(composition, credential)
        find_issued(issuer, slug, credential)
        before = said_by(issuer, slug, credential)
        after = type(before)(
            tuple(options.name) or before.names, options.awarded_on or before.awarded, options.number or before.number
        )
        new = carry_out(issuer, slug, credential, Correction(after, options.anew and after == before))
    if options.json:
        say_json({"id": new, "replaces": credential})
    else:
        say(f"Issued {new} in its place.")
    return YES


def run_statuses(options: argparse.Namespace, settings: Settings) -> int:
    """Change a status of many certificates; those of one issuer in one transaction."""
    named = [_id(line.strip()) for line in read_file(options.file).decode(errors="replace").splitlines() if line.strip()]
    if not 1 <= len(named) <= _MOST:
        complain(f"the file names {len(named)} certificates; 1 to {_MOST} are changed together")
        return USAGE
    purpose, value = _ACTS[options.act]
    outcomes: dict[str, str] = {}
    with contextlib.closing(compose(settings)) as composition:
        of_issuer: defaultdict[str, list[str]] = defaultdict(list)
        for credential in dict.fromkeys(named):
            of_issuer[issuer_of(composition, credential)].append(credential)
        for slug, credentials in of_issuer.items():
            outcomes |= set_statuses(
                composition.issuer, slug, credentials, purpose, value=value, reason=options.reason, by="command line"
            )
    if options.json:
        say_json([{"id": credential, "outcome": outcome} for credential, outcome in outcomes.items()])
    else:
        for credential, outcome in outcomes.items():
            say(f"{outcome:<10} {credential}")
    return NO if "withdrawn" in outcomes.values() and purpose == "suspension" else YES


def run_mails(options: argparse.Namespace, settings: Settings) -> int:
    """Say how far the mails of a class are, or queue them."""
    with contextlib.closing(compose(settings)) as composition:
        issuer, report = composition.issuer, cohort_report(composition.issuer, options.issuer, options.cohort)
        queued = queue_mails(issuer, report, options.send) if options.send else 0
        found = class_mails(issuer, report)
    if options.json:
        say_json({"addressed": found.addressed, "queued": queued, "states": dict(found.states)})
        return YES
    say(f"{found.addressed} certificates have an address; {queued} mails were queued now.")
    for state, count in sorted(found.figures.items()):
        say(f"  {state:<9} {count}")
    return YES


def run_figures(options: argparse.Namespace, settings: Settings) -> int:
    """Say what an issuer issued and withdrew."""
    with contextlib.closing(compose(settings)) as composition:
        organisation(composition.issuer, options.issuer)
        found = figures(composition.issuer, options.issuer, options.programme)
    if options.json:
        months = [asdict(one) | {"first": one.first.isoformat()} for one in found.months]
        say_json({"issued": found.all.issued, "withdrawn": found.all.withdrawn, "onHold": found.all.on_hold, "months": months})
        return YES
    say(f"{found.all.issued} issued, {found.all.withdrawn} withdrawn, {found.all.on_hold} on hold")
    for one in found.months:
        say(f"  {one.first:%Y-%m}  {one.issued:>6} issued  {one.withdrawn:>6} withdrawn")
    return YES


def _id(text: str) -> str:
    return text if text.startswith(_PREFIX) else _PREFIX + text
