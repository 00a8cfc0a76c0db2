"""The manifest, and the resolver that it names."""

from __future__ import annotations

from typing import Final

import pytest

from tests.conformance.surface import BASE, SUITES, Surface

PREFIXES: Final = {"Ed25519": "z6Mk", "P-256": "zDna", "P-384": "z82L", "BLS": "zUC7"}
TAGS: Final = {
    "vc2.0",
    "EnvelopingProof",
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019",
    "ecdsa-jcs-2019",
    "ecdsa-sd-2023",
    "bbs-2023",
    "BitstringStatusList",
}


def test_it_names_the_implementation_and_its_addresses(surface: Surface) -> None:
    manifest = surface.manifest
    assert (manifest["name"], manifest["implementation"]) == ("comity", "comity")
    assert manifest["vpVerifiers"] == [{"endpoint": f"{BASE}/presentations/verify", "tags": ["vc2.0", "EnvelopingProof"]}]
    assert manifest["vcHolders"] == [{"endpoint": f"{BASE}/credentials/derive", "tags": ["vcHolder", "ecdsa-sd-2023", "bbs-2023"]}]
    assert manifest["didResolvers"] == [{"endpoint": f"{BASE}/1.0/identifiers", "tags": ["did-key"]}]


@pytest.mark.parametrize("role", ["issuers", "verifiers"])
def test_every_tag_has_an_issuer_and_a_verifier(surface: Surface, role: str) -> None:
    assert {tag for entry in surface.manifest[role] for tag in entry["tags"]} == TAGS
    endpoints = [entry["endpoint"] for entry in surface.manifest[role]]
    assert len(set(endpoints)) == len(endpoints)
    assert not any("options" in entry for entry in surface.manifest[role])


@pytest.mark.parametrize("name", SUITES)
def test_issuers_are_did_keys_of_their_kind(surface: Surface, name: str) -> None:
    entry = surface.issuer(name)
    curves = entry.get("supportedEcdsaKeyTypes", ["BLS" if name == "bbs-2023" else "Ed25519"])
    assert entry["id"].startswith(f"did:key:{PREFIXES[curves[0]]}")
    assert len(curves) == 1
    assert entry["supports"] == {"vc": ["1.1", "2.0"]}


def test_a_verifier_of_ecdsa_takes_both_curves(surface: Surface) -> None:
    curves = {entry["tags"][0]: entry.get("supportedEcdsaKeyTypes") for entry in surface.manifest["verifiers"]}
    assert curves["ecdsa-rdfc-2019"] == curves["ecdsa-jcs-2019"] == ["P-256", "P-384"]
    assert curves["ecdsa-sd-2023"] == ["P-256"]
    assert curves["eddsa-rdfc-2022"] is None


@pytest.mark.parametrize("name", SUITES)
def test_the_issuers_did_resolves(surface: Surface, name: str) -> None:
    did = surface.issuer(name)["id"]
    answer = surface.client.get(f"/1.0/identifiers/{did}")
    assert answer.status_code == 200
    result = answer.json()
    assert result["didDocument"]["id"] == did
    assert "error" not in result["didResolutionMetadata"]


@pytest.mark.parametrize(
    ("did", "error"),
    [
        ("nothing", "invalidDid"),
        ("did:key", "invalidDid"),
        ("did:key:", "invalidDid"),
        ("did:key:zz0", "invalidDid"),
        ("did:key:a/b", "invalidDid"),
        ("did:nowhere:1", "methodNotSupported"),
        ("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "unsupportedPublicKeyType"),
        ("did:key:z6Mk", "unsupportedPublicKeyType"),
        ("did:key:z2DQUz8nFdBkV4MKdqWGtQB9BsNUCioEPREBUjj3hFW95f6", "invalidPublicKey"),
        ("did:web:localhost", "internalError"),
    ],
)
def test_what_does_not_resolve_has_the_name_of_an_error(surface: Surface, did: str, error: str) -> None:
    answer = surface.client.get(f"/1.0/identifiers/{did}")
    assert answer.status_code == 400
    assert answer.json()["didDocument"] is None
    assert answer.json()["didResolutionMetadata"]["error"] == error


@pytest.mark.parametrize("path", ["/issuers/nobody/credentials/issue", "/verifiers/nobody/credentials/verify"])
def test_an_unknown_endpoint_is_not_there(surface: Surface, path: str) -> None:
    answer = surface.client.post(path, json={"credential": {}, "verifiableCredential": {}})
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_the_ordinary_services_are_there_too(surface: Surface) -> None:
    assert surface.client.get("/healthz").status_code == 200
    assert surface.client.get("/", headers={"Accept": "text/html"}).status_code == 200
