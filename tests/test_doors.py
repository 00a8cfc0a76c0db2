"""Each foreign engine has its door: nobody else imports it, and nobody else needs to know it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from comity.compose import ROOT

ROOTS: Final = ("comity", "credentials", "issuer_api", "registry", "schemas", "trust", "verifier", "wallet", "web")
DOORS: Final[Mapping[str, tuple[str, ...]]] = {
    "cryptography": ("credentials.keys", "credentials.ecdsa", "credentials.x509", "web.sealing"),
    "py_arkworks_bls12381": ("credentials.bls",),
    "pyld": ("credentials.rdf",),
    "pyoxigraph": ("credentials.rdf",),
    "rfc8785": ("credentials.jcs",),
    "jsonschema_rs": ("credentials.schema",),
    "tuf": ("trust.signed_files", "trust.bundle", "registry.publishing", "registry.drafts"),
    "securesystemslib": ("registry.publishing", "registry.drafts"),
    "httpcore2": ("web.fetcher", "web.connecting"),
    "joserfc": ("credentials.jose", "credentials.jwe"),
    "cwt": ("credentials.cose",),
    "jinja2": ("web.pages",),
    "qrcode": ("web.qr",),
    "typst": ("issuer_api.paper",),
    "zxingcpp": ("verifier.decoding",),
    "pypdfium2": ("verifier.decoding", "comity.demo"),
    "alembic": ("comity.database_schema",),
    "pydantic_settings": ("comity.settings",),
    "opendp": ("registry.statistics_noise",),
    "PyKCS11": ("comity.pkcs11_process",),
    "uvicorn": ("comity.cli",),
    "webauthn": ("web.passkeys",),
    "smtplib": ("web.mailing",),
}
"""Package to the modules, with what is below them, that may import it."""


def imports() -> Iterator[tuple[str, str]]:
    """Yield (module of ours, imported package) over all sources."""
    for path in (path for root in ROOTS for path in (ROOT / root).rglob("*.py") if "migrations" not in path.parts):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield from ((module, name.partition(".")[0]) for name in _imported(node))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and node.level == 0 else []


USERS: Final = frozenset(imports())


@pytest.mark.parametrize("package", sorted(DOORS))
def test_a_foreign_package_comes_in_by_its_door(package: str) -> None:
    doors = DOORS[package]
    elsewhere = {module for module, name in USERS if name == package and not _is_below(module, doors)}
    assert elsewhere == set()


def _is_below(module: str, doors: tuple[str, ...]) -> bool:
    return any(module == door or module.startswith(f"{door}.") for door in doors)


def test_every_door_leads_somewhere() -> None:
    used = {(package, door) for package, doors in DOORS.items() for door in doors if _is_used(package, door)}
    assert used == {(package, door) for package, doors in DOORS.items() for door in doors}


def _is_used(package: str, door: str) -> bool:
    return any(name == package and _is_below(module, (door,)) for module, name in USERS)
