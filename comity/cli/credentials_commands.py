"""verify, revoke, suspend, reinstate: what is asked of one certificate."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import Final

from sqlmodel import select

from comity.cli.files import read_file
from comity.cli.many_command import run_many
from comity.cli.output import NO, YES, complain, say, say_json
from comity.compose import Composition, compose
from comity.settings import Settings
from issuer_api.errors import UnknownThingError
from issuer_api.status import set_status, status_of
from issuer_api.tables import Issued
from verifier.assessing import Assessment, assess, exit_code
from verifier.cards import card_of
from verifier.links import credential_in, papers_in
from verifier.words import words
from web.codes import digits_in

SIGNS: Final = {
    "yes": "✓",
    "partly": "◐",
    "held": "‖",
    "undecided": "…",
    "no": "✗",
    "unknown": "?",
    "not-asked": "-",
    "you-check": "→",
}
_PREFIX: Final = "urn:uuid:"
_CHANGES: Final = (
    ("revoke", "revocation", True, "withdraw a certificate for good", "Withdrawn.", "It was withdrawn already"),
    ("suspend", "suspension", True, "put a certificate on hold", "On hold.", "It was on hold already"),
    ("reinstate", "suspension", False, "take a certificate off hold", "Off hold.", "It was not on hold"),
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    verify = commands.add_parser(
        "verify",
        help="check a certificate",
        description="Check a certificate and answer five questions. Exit status: 0 genuine, current, and awarded by somebody "
        "entitled to; 1 one of these is not so; 3 none fails, and one could not be checked; 2 what was given is no certificate. "
        "Of a folder every file is checked: 1 when one fails, 3 when none does and one could not be checked or read.",
    )
    what = "a JSON file, a picture or PDF with a code, a link in quotes, or a folder of up to 500 files"
    verify.add_argument("what", metavar="FILE|PNG|PDF|URL|DIR", help=what)
    verify.add_argument("--state", type=str.upper, metavar="XX", help="ask whether it counts in this state")
    verify.add_argument("--require-recognised", action="store_true", help="exit 1 unless that state recognises it")
    beside = "a paper shown beside it: a decision, an endorsement, what meets a condition; may be given several times"
    verify.add_argument("--with", dest="beside", action="append", default=[], metavar="FILE", help=beside)
    compared = "you have compared the certificates, and they are of one person: for those that name no key of their holder"
    verify.add_argument("--compared", action="store_true", help=compared)
    verify.add_argument("--csv", metavar="FILE", help="of a folder: write the table there too")
    verify.add_argument("--receipts", metavar="FILE", help="of a folder: write signed receipts there, without the certificates")
    verify.add_argument("--json", action="store_true", help="for programs")
    verify.set_defaults(run=run_verify, usage_error=verify.error)
    for name, purpose, value, help_text, done, same in _CHANGES:
        command = commands.add_parser(
            name, help=help_text, description=f"{help_text.capitalize()}. Verifiers see it in the next list they fetch."
        )
        command.add_argument("id", metavar="ID", help="urn:uuid:… of the certificate, or the name of its file without .json")
        why = "why; at most 200 letters, kept with the certificate"
        command.add_argument("--reason", required=name != "reinstate", default="taken off hold", metavar="TEXT", help=why)
        command.add_argument("--json", action="store_true", help="for programs")
        command.set_defaults(run=run_status, purpose=purpose, value=value, done=done, same=same)


def read_what(what: str) -> bytes:
    """Return the bytes of a file, or the text of a code."""
    return what.encode() if what.lower().startswith(("http:", "https:")) or digits_in(what) else read_file(Path(what))


def run_verify(options: argparse.Namespace, settings: Settings) -> int:
    """Check a certificate and print the five answers."""
    if options.require_recognised and not options.state:
        options.usage_error("--require-recognised needs --state XX")
    if Path(options.what).is_dir():
        return run_many(options, settings)
    if options.csv or options.receipts:
        options.usage_error("--csv and --receipts are for a folder")
    content, beside = read_what(options.what), [read_what(paper) for paper in options.beside]
    with contextlib.closing(compose(settings)) as composition:
        verifier = composition.verifier
        credential, papers = credential_in(verifier, content)[1], papers_in(verifier, beside)
        assessment = assess(verifier, credential, options.state, papers, compared=options.compared)
        if options.json:
            say_json(assessment.to_json())
        else:
            say_assessment(composition, assessment)
    return exit_code(assessment, require_recognised=options.require_recognised)


def say_assessment(composition: Composition, assessment: Assessment) -> None:
    """Print the verdict, who holds what, and the five answers, in English."""
    pages = composition.verifier.pages
    say(pages.text("en", f"verifier.verdict.{assessment.verdict}", **words(pages, "en", assessment.params)))
    if assessment.credential is not None:
        card = card_of(assessment.credential, assessment.bundle)
        names = " / ".join(name.value for name in card.names)
        say(f"  {names or '(no name)'}: {card.title}{f', no. {card.number}' if card.number else ''}")
    for question in assessment.questions:
        asked = pages.text("en", f"verifier.ask.{question.name}")
        said = pages.text("en", f"verifier.say.{question.message}", **words(pages, "en", question.params))
        say(f"  {SIGNS[question.answer.value]} {asked} {pages.text('en', f'verifier.answer.{question.answer}')}. {said}")
    for line in _beside(composition, assessment):
        say(f"  + {line}")


def _beside(composition: Composition, assessment: Assessment) -> list[str]:
    """Return what came of the papers beside it, in English."""
    pages, found = composition.verifier.pages, assessment.co_certification
    good = sum(paper.verified for paper in assessment.beside)
    lines = [pages.text("en", "verifier.beside.looked-at", n=str(len(assessment.beside)), good=str(good))]
    if found is not None and found.endorsements:
        names = ", ".join(assessment.bundle.states[code].names["en"] for code in found.certified)
        lines.append(f"{pages.text('en', found.step.message, **found.step.params)} ({names})")
    return lines if assessment.beside else []


def run_status(options: argparse.Namespace, settings: Settings) -> int:
    """Change a certificate's status."""
    credential = options.id if options.id.startswith(_PREFIX) else _PREFIX + options.id
    with contextlib.closing(compose(settings)) as composition:
        issuer = composition.issuer
        slug = issuer_of(composition, credential)
        before = status_of(issuer, slug, credential)
        stays_withdrawn = "revocation" in before and options.purpose == "suspension"
        if not stays_withdrawn:
            set_status(issuer, slug, credential, options.purpose, value=options.value, reason=options.reason, by="command line")
        after = sorted(status_of(issuer, slug, credential))
    changed = after != sorted(before)
    if options.json:
        say_json({"id": credential, "status": after, "changed": changed})
    elif stays_withdrawn:
        complain("this certificate is withdrawn, and stays so; issue a new one")
    else:
        say(options.done if changed else f"{options.same}; nothing was changed.")
    return NO if stays_withdrawn else YES


def issuer_of(composition: Composition, credential: str) -> str:
    """Return the slug of the issuer of a credential of this deployment.

    Raises:
        UnknownThingError: nobody here issued it.
    """
    with composition.issuer.database.session() as session:
        found = session.exec(select(Issued.organisation).where(Issued.id == credential)).first()
    if found is None:
        raise UnknownThingError(f"nobody here has issued a certificate {credential[:60]!r}")
    return found
