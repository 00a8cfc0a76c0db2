"""conformance: what independent suites call, and every family of test vectors counted."""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from comity.cli.output import NO, YES, say, say_json
from comity.conformance.jose_cose import FEATURES, issue_answer, verify_answer
from comity.conformance.vectors import FAMILIES, Tally, run_family
from comity.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    conformance = commands.add_parser("conformance", help="for test suites: issue or verify one file, run all test vectors")
    actions = conformance.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, words_for in (
        ("issue", run_issue, "secure a credential or presentation with a given key"),
        ("verify", run_verify, "verify secured content with a given key"),
    ):
        command = actions.add_parser(name, help=words_for, description=f"{words_for.capitalize()}; the answer is a JSON file.")
        command.add_argument("--input", type=Path, required=True, metavar="F", help="what to secure or verify")
        command.add_argument("--key", type=Path, required=True, metavar="VM.json", help="a verification method with JSON Web Keys")
        command.add_argument("--feature", required=True, help=", ".join(FEATURES))
        command.add_argument("--output", type=Path, required=True, metavar="OUT.json", help="where the answer is written")
        command.set_defaults(run=run)
    actions.choices["issue"].add_argument("--sd", default="", metavar="JSON", help="what can be kept back, such as '[\"a.b[0]\"]'")
    vectors = actions.add_parser("vectors", help="run every family of test vectors: exit 0 when nothing failed")
    vectors.add_argument("--family", action="append", choices=list(FAMILIES), help="only this one; may be given again")
    vectors.add_argument("--json", action="store_true", help="for programs")
    vectors.set_defaults(run=run_vectors)


def run_issue(options: argparse.Namespace, _settings: Settings) -> int:
    """Secure one document and write the answer."""
    return _answered(options, lambda content, key: issue_answer(content, key, options.feature, options.sd, secrets.token_bytes))


def run_verify(options: argparse.Namespace, _settings: Settings) -> int:
    """Verify one document and write the answer."""
    return _answered(options, lambda content, key: verify_answer(content, key, options.feature))


def _answered(options: argparse.Namespace, work: Callable[[bytes, bytes], dict[str, str]]) -> int:
    try:
        answer = work(options.input.read_bytes(), options.key.read_bytes())
    except OSError as error:  # a suite reads the answer, and not what is said here
        answer = {"result": "failure", "data": f"{error.filename} cannot be read: {error.strerror}"}
    options.output.write_text(json.dumps(answer, ensure_ascii=False) + "\n", encoding="utf-8")
    return YES if answer["result"] == "success" else NO


def run_vectors(options: argparse.Namespace, _settings: Settings) -> int:
    """Run the vectors and print the figures, and by name whatever failed or was left out."""
    tallies = [run_family(name) for name in options.family or FAMILIES]
    if options.json:
        say_json([tally.to_json() for tally in tallies])
    else:
        for tally in tallies:
            say_tally(tally)
    return NO if any(tally.failed for tally in tallies) else YES


def say_tally(tally: Tally) -> None:
    """Print one family's figures and what did not pass."""
    figures = tally.to_json()
    left_out = f", {figures['skipped']} left out" if figures["skipped"] else ""
    say(f"{tally.family:24}{figures['passed']:>5} of {figures['total']}{left_out}")
    for failure in tally.failed:
        say(f"  failed   {failure.name}: {failure.problem}")
    for reason, names in tally.reasons().items():
        say(f"  left out {', '.join(names)}: {reason}")
