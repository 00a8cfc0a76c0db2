"""What suites are told of the conformance profile: `/.well-known/vc-conformance.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from comity.conformance.issuers import CURVES, ENVELOPING, ROWS
from comity.conformance.profile import VERIFIERS, ConformanceProfile
from credentials.data_integrity import CRYPTOSUITES, SelectiveDisclosureSuite

_TAGS: Final = {row.name: row.tag for row in ROWS}


def manifest(profile: ConformanceProfile) -> dict[str, Any]:
    """Return the manifest."""
    base = profile.base_url
    derived = [name for name, suite in CRYPTOSUITES.items() if isinstance(suite, SelectiveDisclosureSuite)]
    return {
        "name": "comity",
        "implementation": "comity",
        "issuers": list(_issuers(profile)),
        "verifiers": list(_verifiers(profile)),
        "vpVerifiers": [{"endpoint": f"{base}/presentations/verify", "tags": ["vc2.0", ENVELOPING]}],
        "vcHolders": [{"endpoint": f"{base}/credentials/derive", "tags": ["vcHolder", *derived]}],
        "didResolvers": [{"endpoint": f"{base}/1.0/identifiers", "tags": ["did-key"]}],
    }


def _supports(tag: str) -> dict[str, Any]:
    return {"vc": ["1.1", "2.0"] if tag in CRYPTOSUITES else ["2.0"]}


def _issuers(profile: ConformanceProfile) -> Iterator[dict[str, Any]]:
    for issuer in profile.issuers.values():
        row = issuer.row
        endpoint = f"{profile.base_url}/issuers/{row.name}/credentials/issue"
        found = {"id": issuer.did, "endpoint": endpoint, "tags": [row.tag], "supports": _supports(row.tag)}
        yield found | ({"supportedEcdsaKeyTypes": [CURVES[row.algorithm]]} if row.cryptosuite.startswith("ecdsa") else {})


def _verifiers(profile: ConformanceProfile) -> Iterator[dict[str, Any]]:
    did = profile.issuers["vc2.0"].did
    for name in VERIFIERS:
        tag = _TAGS.get(name, name)
        found = {"id": did, "endpoint": f"{profile.base_url}/verifiers/{name}/credentials/verify", "tags": [tag]}
        curves = [CURVES[row.algorithm] for row in ROWS if row.cryptosuite == name and row.algorithm in CURVES]
        yield found | {"supports": _supports(tag)} | ({"supportedEcdsaKeyTypes": curves} if curves else {})
