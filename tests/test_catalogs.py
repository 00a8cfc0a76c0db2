"""Message catalogs of all houses: the same keys and placeholders in every language, none missing, none left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from comity.compose import ROOT
from credentials.errors import VCError
from web.languages import DEFAULT, LANGUAGES

HOUSES: Final = sorted(folder.parent for folder in ROOT.glob("*/locales"))
ROOTS: Final = ("comity", "credentials", "issuer_api", "registry", "trust", "verifier", "wallet", "web")
PLACES: Final = re.compile(r"\{[a-z_]+\}")
QUOTED: Final = re.compile(r"\"([^\"\\\n]+)\"|'([^'\\\n]+)'")
HOLE: Final = ""
Parts = tuple[str, ...]
"""A text that is put together: its literal parts in order, `HOLE` for what is filled in."""


def catalog(house: Path, language: str) -> Catalog:
    with (house / "locales" / f"{language}.po").open("rb") as file:
        return read_po(file)


def words(house: Path, language: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalog(house, language) if message.id}


def keys() -> set[str]:
    return {key for house in HOUSES for key in words(house, DEFAULT)}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {DEFAULT}))
@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_every_message_is_there_with_the_same_places(house: Path, language: str) -> None:
    english, other = words(house, DEFAULT), words(house, language)
    assert english.keys() == other.keys()
    different = {key for key in english if sorted(PLACES.findall(english[key])) != sorted(PLACES.findall(other[key]))}
    assert different == set()


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_every_message_says_something(house: Path, language: str) -> None:
    read = catalog(house, language)
    assert [message.id for message in read if message.id and (message.fuzzy or not str(message.string).strip())] == []
    assert not read.obsolete


@dataclass(frozen=True)
class Mentioned:
    """The texts that the sources hold, and how they put texts together."""

    texts: frozenset[str]
    patterns: frozenset[Parts]

    def can_say(self, text: str) -> bool:
        """Return whether a text stands in the sources, or can be put together from what stands there."""
        return text in self.texts or any(self._fits(parts, text) for parts in self.patterns)

    def _fits(self, parts: Parts, text: str) -> bool:
        if not parts:
            return not text
        first, rest = parts[0], parts[1:]
        if first != HOLE:
            return text.startswith(first) and self._fits(rest, text[len(first) :])
        return any(self._fits(rest, text[end:]) and self.can_say(text[:end]) for end in range(1, len(text) + 1))


@cache
def mentioned() -> Mentioned:
    texts: set[str] = set()
    patterns: set[Parts] = set()
    for path in (path for root in ROOTS for path in (ROOT / root).rglob("*") if path.is_file()):
        for parts in _found(path):
            for spelled in (parts, tuple(part.lower().replace("_", "-") for part in parts)):
                if HOLE in spelled:
                    patterns.add(spelled)
                else:
                    texts |= {"".join(spelled), "".join(spelled).partition(".")[2]}
    telling = (parts for parts in patterns if re.search(r"[a-z]", "".join(parts)))  # not `{house}.{name}`, which can say anything
    return Mentioned(frozenset(texts), frozenset(telling))


def _found(path: Path) -> Iterator[Parts]:
    if path.suffix == ".py":
        yield from _in_python(ast.parse(path.read_text("utf-8")))
    elif path.suffix == ".html":
        yield from _in_template(Environment(autoescape=True).parse(path.read_text("utf-8")))
    elif path.suffix in {".js", ".ts", ".typ"} and "vendor" not in path.parts:
        yield from ((double or single,) for double, single in QUOTED.findall(path.read_text("utf-8")))


def _in_python(tree: ast.AST) -> Iterator[Parts]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield (node.value,)
        elif isinstance(node, ast.JoinedStr):
            yield from product(*(_choices(part) for part in node.values))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = (node.left, node.right)
            yield tuple(side.value if isinstance(side, ast.Constant) and isinstance(side.value, str) else HOLE for side in sides)
        elif isinstance(node, ast.ClassDef):  # names of an enumeration
            yield from ((target.id,) for item in node.body if isinstance(item, ast.Assign) for target in _names(item.targets))


def _choices(part: ast.expr) -> list[str]:
    if isinstance(part, ast.FormattedValue):
        return _choices(part.value)
    if isinstance(part, ast.IfExp):
        return [*_choices(part.body), *_choices(part.orelse)]
    return [part.value] if isinstance(part, ast.Constant) and isinstance(part.value, str) else [HOLE]


def _names(targets: Iterable[ast.expr]) -> Iterator[ast.Name]:
    return (target for target in targets if isinstance(target, ast.Name))


def _in_template(template: nodes.Template) -> Iterator[Parts]:
    for constant in template.find_all(nodes.Const):
        if isinstance(constant.value, str) and constant.value:
            yield (constant.value,)
    for joined in template.find_all(nodes.Concat):
        yield from product(*(_possible(part) for part in joined.nodes))


def _possible(part: nodes.Expr) -> list[str]:
    if isinstance(part, nodes.Const):
        return [str(part.value)]
    if isinstance(part, nodes.CondExpr) and part.expr2 is not None:
        return [*_possible(part.expr1), *_possible(part.expr2)]
    return [HOLE]


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_no_message_is_left_over(house: Path) -> None:
    assert [key for key in words(house, DEFAULT) if not mentioned().can_say(key)] == []


def test_a_left_over_message_would_be_found() -> None:
    assert not mentioned().can_say("site.front.no-such-headline")


def test_every_message_that_a_template_names_is_there() -> None:
    known, missing = keys(), set()
    for path in (path for house in HOUSES for path in house.rglob("templates/**/*.html")):
        for call in Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call):
            names = isinstance(call.node, nodes.Name) and call.node.name in {"t", "plain"}
            key = call.args[0] if names and call.args else None
            if isinstance(key, nodes.Const) and key.value not in known:
                missing.add(f"{path.name}: {key.value}")
    assert missing == set()


def problems(kind: type[VCError] = VCError) -> Iterator[type[VCError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from problems(narrower)


def test_every_problem_has_a_title() -> None:
    ours = [kind for kind in problems() if kind.__module__.partition(".")[0] in ROOTS]
    assert len(ours) > 30
    assert {kind.title for kind in ours} - keys() == set()
