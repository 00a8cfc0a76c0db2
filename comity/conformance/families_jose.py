"""The vectors of JOSE, COSE, SD-JWT and the Token Status List."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from comity.conformance.cases import Case, expect, expect_refusal, read
from comity.conformance.jose_cose import issue_answer, verify_answer
from credentials import errors
from credentials.errors import VCError
from credentials.jose import parse_jws
from credentials.keys import parse_jwk
from credentials.parsing import parse_json
from credentials.sd_jwt import SdJwt, compact_form, parse_sd_jwt, verify_key_binding
from credentials.status.token import TokenStatusList, open_status_list_cwt

SUITE: Final[tuple[tuple[int, str, str, str, str, str, str], ...]] = (
    (1, "issue", "credential_jose", "credential-minimal.json", "vm-p256.json", "", "success"),
    (2, "issue", "credential_jose", "credential-full.json", "vm-p384.json", "", "success"),
    (3, "issue", "presentation_jose", "presentation-single.json", "vm-p256.json", "", "success"),
    (4, "issue", "presentation_jose", "presentation-multiple.json", "vm-p521.json", "", "success"),
    (5, "issue", "credential_jose", "credential-unknown-extensions.json", "vm-p521.json", "", "failure"),
    (6, "verify", "credential_jose", "credential-jose-minimal.txt", "vm-p256.json", "", "success"),
    (7, "verify", "presentation_jose", "presentation-jose-multiple.txt", "vm-p384.json", "", "success"),
    (8, "verify", "credential_jose", "credential-issuer-match-signed.txt", "vm-ed25519.json", "", "success"),
    (9, "verify", "credential_jose", "credential-jose-unknown-extensions.txt", "vm-ed25519.json", "", "failure"),
    (10, "verify", "credential_jose", "credential-minimal.json", "vm-ed25519.json", "", "failure"),
    (11, "verify", "presentation_jose", "presentation-single.json", "vm-ed25519.json", "", "failure"),
    (12, "verify", "credential_jose", "credential-jose-bad-signature.txt", "vm-ed25519.json", "", "failure"),
    (13, "verify", "credential_jose", "credential-jose-bad-media-type.txt", "vm-ed25519.json", "", "failure"),
    (14, "verify", "presentation_jose", "presentation-jose-bad-media-type.txt", "vm-ed25519.json", "", "failure"),
    (15, "verify", "credential_jose", "credential-jose-vc-vp-claims.txt", "vm-ed25519.json", "", "failure"),
    (16, "verify", "presentation_jose", "presentation-jose-bad-credential.txt", "vm-ed25519.json", "", "failure"),
    (
        17,
        "issue",
        "credential_sdjwt",
        "credential-selective.json",
        "vm-p384.json",
        '["credentialSubject.firstName", "credentialSubject.lastName"]',
        "success",
    ),
    (
        18,
        "issue",
        "credential_sdjwt",
        "credential-nested-selective.json",
        "vm-p521.json",
        '["credentialSubject.address.street", "credentialSubject.address.city", "credentialSubject.phoneNumbers[0]"]',
        "success",
    ),
    (
        19,
        "issue",
        "presentation_sdjwt",
        "presentation-selective.json",
        "vm-p384.json",
        '["holder", "verifiableCredential[0]"]',
        "success",
    ),
    (20, "verify", "credential_sdjwt", "credential-sdjwt-selective.txt", "vm-p384.json", "", "success"),
    (21, "verify", "credential_sdjwt", "credential-sdjwt-nested.txt", "vm-p521.json", "", "success"),
    (22, "verify", "presentation_sdjwt", "presentation-sdjwt-selective.txt", "vm-p384.json", "", "success"),
    (23, "verify", "credential_sdjwt", "credential-sdjwt-bad-signature.txt", "vm-p384.json", "", "failure"),
    (24, "verify", "credential_sdjwt", "credential-sdjwt-bad-media-type.txt", "vm-ed25519.json", "", "failure"),
    (25, "verify", "presentation_sdjwt", "presentation-sdjwt-bad-media-type.txt", "vm-ed25519.json", "", "failure"),
    (26, "verify", "presentation_sdjwt", "presentation-sdjwt-bad-credential.txt", "vm-p521.json", "", "failure"),
    (27, "issue", "credential_cose", "credential-minimal.json", "vm-did-ed25519.json", "", "success"),
    (28, "issue", "presentation_cose", "presentation-single.json", "vm-p384.json", "", "success"),
    (29, "verify", "credential_cose", "credential-cose-minimal.txt", "vm-p256.json", "", "success"),
    (30, "verify", "credential_cose", "credential-cose-minimal-not-base64.txt", "vm-p256.json", "", "failure"),
    (31, "verify", "presentation_cose", "presentation-cose-single.txt", "vm-p384.json", "", "success"),
    (32, "verify", "credential_cose", "credential-cose-bad-signature.txt", "vm-ed25519.json", "", "failure"),
    (33, "verify", "credential_cose", "credential-cose-bad-media-type.txt", "vm-p384.json", "", "failure"),
    (34, "verify", "presentation_cose", "presentation-cose-bad-media-type.txt", "vm-p384.json", "", "failure"),
    (35, "verify", "presentation_cose", "presentation-cose-bad-credential.txt", "vm-p256.json", "", "failure"),
)
"""The suite's tests: number, function, feature, input, key, what is selective, expected result."""


def vc_jose_cose(folder: Path) -> Iterator[Case]:
    """Give the W3C suite's tests, numbered as there; what we issue we also verify."""
    for number, function, feature, content, key, selective, expected in SUITE:
        read_both = folder / "tests" / "input" / content, folder / "tests" / "input" / key
        yield f"{number} {function} {feature}", partial(_suite_case, function, feature, *read_both, selective, expected)


def _suite_case(function: str, feature: str, content: Path, key: Path, selective: str, expected: str) -> None:
    if function == "verify":
        expect(verify_answer(content.read_bytes(), key.read_bytes(), feature)["result"], expected)
        return
    answer = issue_answer(content.read_bytes(), key.read_bytes(), feature, selective, _Counted())
    expect(answer["result"], expected)
    if expected == "success":
        expect(verify_answer(answer["data"].encode(), key.read_bytes(), feature)["result"], "success")


class _Counted:
    """Bytes that count, for vectors that must come out the same in every run."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, size: int) -> bytes:
        self.asked += 1
        return self.asked.to_bytes(size, "big")


def sd_jwt(file: Path) -> Iterator[Case]:
    """Give the examples that the reference implementation made: issued, presented, and bound to a key where they are."""
    found = read(file)
    settings = found["settings"]
    for name, case in found["cases"].items():
        yield f"{name} issued", partial(_sd_jwt_issued, case, settings)
        yield f"{name} presented", partial(_sd_jwt_presented, case, settings)


def _opened(text: str, settings: Mapping[str, Any]) -> SdJwt:
    on_one_line = re.sub(r"\n {4,}", "", text)  # the examples of the RFC are broken to fit a page
    compact = compact_form(parse_json(on_one_line.encode())) if text.startswith("{") else text
    sd_jwt = parse_sd_jwt(compact, typ={"example+sd-jwt", "dc+sd-jwt"})
    sd_jwt.verify(parse_jwk({name: value for name, value in settings["key_settings"]["issuer_key"].items() if name != "d"}))
    return sd_jwt


def _sd_jwt_issued(case: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    opened = _opened(case["sd_jwt_issuance"], settings)
    expect(opened.jws.claims(), case["sd_jwt_payload"])
    expect({name: opened.claims.get(name) for name in case["user_claims"]}, case["user_claims"])


def _sd_jwt_presented(case: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    opened = _opened(case["sd_jwt_presentation"], settings)
    expect(opened.claims, case["verified_contents"])
    expect(opened.key_binding is not None, "kb_jwt_payload" in case)
    if "kb_jwt_payload" in case:
        _key_bound(case, settings, opened)


def _key_bound(case: Mapping[str, Any], settings: Mapping[str, Any], opened: SdJwt) -> None:
    made = datetime.fromtimestamp(case["kb_jwt_payload"]["iat"], UTC)
    asked = partial(verify_key_binding, opened, audience=settings["identifiers"]["verifier"], now=made)
    nonce = settings["key_binding_nonce"]
    if case["sd_jwt_presentation"].startswith("{"):  # the reference hashes the JSON text, as drafts did; RFC 9901 §8.1 does not
        expect_refusal(lambda: asked(nonce=nonce), errors.KeyBindingError)
        return
    expect(asked(nonce=nonce), case["kb_jwt_payload"])
    expect_refusal(lambda: asked(nonce="another"), errors.KeyBindingError)
    expect_refusal(lambda: asked(nonce=nonce, now=made + timedelta(days=1)), errors.KeyBindingError)


def token_status_list(folder: Path) -> Iterator[Case]:
    """Give the lists of 1, 2, 4 and 8 bits, the small ones as JSON and CBOR, and the signed one."""
    for vector in read(folder / "test-vectors.json"):
        yield f"{vector['bits']} bits, {vector['size']} entries", partial(_listed, vector)
    examples = read(folder / "examples.json")
    for name, packed in (("status_list_encoding_json", "b9a3"), ("status_list_encoding2_json", "c944f9")):
        yield name, partial(_small_list, examples[name], packed)
    yield "status_list_cwt", partial(_signed_list, examples["status_list_cwt"])


def _listed(vector: Mapping[str, Any]) -> None:
    statuses = {int(index): status for index, status in vector["set"].items()}
    made = TokenStatusList.from_statuses(statuses, bits=vector["bits"], size=vector["size"])
    parsed = TokenStatusList.parse(vector["status_list"]["bits"], vector["status_list"]["lst"])
    expect({index: parsed[index] for index in statuses}, statuses)
    expect(parsed == made, expected=True)


def _small_list(example: str, packed: str) -> None:
    found = parse_json(example[example.index("{") :].encode())
    expect(TokenStatusList.parse(found["bits"], found["lst"]).packed.hex(), packed)


def _signed_list(example: str) -> None:
    opened = open_status_list_cwt(bytes.fromhex(example.replace("\n", "")))
    found = opened.document["status_list"]
    expect((opened.document["sub"], opened.kid), ("https://example.com/statuslists/1", "12"))
    expect(TokenStatusList.parse(found["bits"], found["lst"]).packed.hex(), "b9a3")


ERRORS: Final[Mapping[str, type[VCError]]] = MappingProxyType(
    {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, VCError)}
)


def jws(file: Path) -> Iterator[Case]:
    """Give the project's own signed tokens, each with what must be said of it."""
    found = read(file)
    for vector in found["vectors"]:
        yield vector["name"], partial(_jws_case, vector, found["keys"])


def _jws_case(vector: Mapping[str, Any], keys: Mapping[str, Any]) -> None:
    def work() -> None:
        parsed = parse_jws(vector["jws"], typ={vector["typ"]})
        parsed.verify(parse_jwk(keys[vector["key"]]))
        parsed.claims()

    run: Callable[[], None] = work
    if vector["expect"] == "ok":
        run()
    else:
        expect_refusal(run, ERRORS[vector["expect"]])
