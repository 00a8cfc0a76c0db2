"""Section `core`: issue and verify in every suite and format, beside the packages that do the same.

Nobody checks status, schema or policy here, and every key is at hand: what is measured is the proof. The two floors hold for the
product's credential, beside the packages of Digital Bazaar. A credential of a few statements is measured too: there the pairings,
which nothing shortens, are most of what bbs-2023 costs.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.proof.vc_jwt import VcJwtProofSuite
from sd_jwt.common import SDObj  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

import schemas
from bench.material import BBS, CLAIMS, CREATED, ED25519, NOW, P256, SMALL, TRAINING, VCT, Key, Subject
from bench.peers import Node, OpenvcKey, node_peer, npm, pypi
from bench.rows import NO_WORSE, Goal, Row, times_the_peer
from bench.timing import Contender, in_process, side_by_side
from credentials.data_integrity import add_base_proof, add_proof_set, derive, verify_proofs
from credentials.sd_jwt_vc import issue_sd_jwt_vc, open_sd_jwt_vc
from credentials.vc_jwt import open_jwt, secure_jwt

_OURS: Final = "comity"
_MILLISECONDS: Final = 1e3
_CONTEXTS: Final = {url: schemas.context(url) for url in schemas.CONTEXTS}
_FLOORS: Final[Mapping[str, Goal]] = {"ecdsa-sd-2023 base": times_the_peer(5), "bbs-2023 verify": times_the_peer(50)}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that ours and others do.

    Attributes:
        name: how the table calls it.
        ours: does it here.
        peers: do the same, by name and version.
        goal: what holds against each peer.
    """

    name: str
    ours: Contender
    peers: Mapping[str, Contender] = field(default_factory=dict)
    goal: Goal = NO_WORSE

    def rows(self) -> Iterator[Row]:
        """Yield a row for each peer."""
        seconds = side_by_side({_OURS: self.ours, **self.peers})
        for peer in self.peers:
            yield Row("core", self.name, *_milliseconds(seconds[_OURS]), self.goal, peer, _milliseconds(seconds[peer])[0])


def _milliseconds(seconds: float) -> tuple[float, str]:
    return seconds * _MILLISECONDS, "ms"


def rows() -> Iterator[Row]:
    """Yield the section's rows."""
    with ExitStack() as stack:
        node = stack.enter_context(node_peer())
        for operations in (_hashed, _selective, _jwt, _sd_jwt):
            for operation in operations(node):
                yield from operation.rows()


def _hashed(node: Node) -> Iterator[Operation]:
    """Yield the suites that sign a hash of the whole document."""
    openvc = OpenvcKey(ED25519.document_signer)
    rdfc, jcs = DataIntegrityProofSuite(), EddsaJcsProofSuite()
    extra = {"extra_contexts": _CONTEXTS}
    yield from _whole(node, "eddsa-rdfc-2022", ED25519, _openvc(rdfc, openvc, extra))
    yield from _whole(node, "eddsa-jcs-2022", ED25519, _openvc(jcs, openvc, {}))
    yield from _whole(node, "ecdsa-rdfc-2019", P256, None)


@dataclass(frozen=True, slots=True)
class _Pair:
    issue: Callable[[dict[str, Any]], dict[str, Any]]
    verify: Callable[[dict[str, Any]], object]


def _openvc(suite: Any, key: OpenvcKey, options: Mapping[str, object]) -> _Pair:  # noqa: ANN401  # one of its two classes
    jwk = ED25519.public.jwk()
    return _Pair(
        lambda document: suite.add_proof(document, signing_key=key, verification_method=key.kid, created=CREATED, **options),
        lambda secured: suite.verify(secured, public_key_jwk=jwk, now=NOW, **options),
    )


def _whole(node: Node, suite: str, key: Key, openvc: _Pair | None) -> Iterator[Operation]:
    document, signer = TRAINING.by(key), key.document_signer
    bazaar = npm(f"@digitalbazaar/{suite}-cryptosuite")

    def issue() -> dict[str, Any]:
        return add_proof_set(document, signer, created=CREATED, cryptosuites=(suite,))

    secured = issue()
    issuing = {bazaar: node.contender("issue", suite=suite, document=document, key=key.pair)}
    verifying = {bazaar: node.contender("verify", suite=suite, document=secured)}
    if openvc:
        issuing[pypi("openvc-core")] = in_process(lambda: openvc.issue(document))
        verifying[pypi("openvc-core")] = in_process(lambda: openvc.verify(secured))
    yield Operation(f"{suite} issue", in_process(issue), issuing)
    yield Operation(f"{suite} verify", in_process(lambda: verify_proofs(secured, key.resolve, now=NOW)), verifying)


def _selective(node: Node) -> Iterator[Operation]:
    """Yield the suites with selective disclosure, on the example credential and on a small one."""
    for subject in (TRAINING, SMALL):
        for suite, key in (("ecdsa-sd-2023", P256), ("bbs-2023", BBS)):
            yield from _disclosing(node, suite, key, subject)


def _disclosing(node: Node, suite: str, key: Key, subject: Subject) -> Iterator[Operation]:
    document, bazaar = subject.by(key), npm(f"@digitalbazaar/{suite}-cryptosuite")

    def base() -> dict[str, Any]:
        return add_base_proof(
            document,
            key.signer,
            cryptosuite=suite,
            mandatory_pointers=subject.mandatory,
            created=CREATED,
            random_bytes=secrets.token_bytes,
        )

    issued = base()

    def derived() -> dict[str, Any]:
        return derive(issued, selective_pointers=subject.shown, random_bytes=secrets.token_bytes)

    shown = derived()
    asked: dict[str, dict[str, Any]] = {
        "base": {"ask": "issue", "document": document, "key": key.pair, "mandatoryPointers": subject.mandatory},
        "derive": {"ask": "derive", "document": issued, "selectivePointers": subject.shown},
        "verify": {"ask": "verify", "document": shown},
    }
    ours = {"base": base, "derive": derived, "verify": lambda: verify_proofs(shown, key.resolve, now=NOW)}
    for step, action in ours.items():
        name = f"{suite} {step}"
        peers = {bazaar: node.contender(suite=suite, **asked[step])}
        goal = _FLOORS.get(name, NO_WORSE) if subject is TRAINING else NO_WORSE
        yield Operation(f"{name}, {subject.name}", in_process(action), peers, goal)


def _jwt(node: Node) -> Iterator[Operation]:
    """Yield `application/vc+jwt`."""
    document, signer, jwk = TRAINING.by(ED25519), ED25519.document_signer, ED25519.public.jwk()
    token = secure_jwt(document, signer)
    suite = VcJwtProofSuite()
    openvc_key = OpenvcKey(signer)
    openvc_token = suite.sign(document, signing_key=openvc_key)
    yield Operation(
        "vc+jwt issue",
        in_process(lambda: secure_jwt(document, signer)),
        {
            npm("jose"): node.contender("signToken", document=document, typ="vc+jwt", key=ED25519.jwk, alg="EdDSA"),
            pypi("openvc-core"): in_process(lambda: suite.sign(document, signing_key=openvc_key)),
        },
    )
    yield Operation(
        "vc+jwt verify",
        in_process(lambda: open_jwt(token).verify(ED25519.resolve)),
        {
            npm("jose"): node.contender("verifyToken", token=token.decode(), key=jwk, alg="EdDSA"),
            pypi("openvc-core"): in_process(lambda: suite.verify(openvc_token, public_key_jwk=jwk)),
        },
    )


def _sd_jwt(node: Node) -> Iterator[Operation]:
    """Yield `application/dc+sd-jwt`, each of seven claims in a disclosure of its own."""
    signer, public = P256.document_signer, P256.public.jwk()
    claims = {"iss": P256.did, "iat": int(CREATED.timestamp()), "vct": VCT, **CLAIMS}
    paths = [(name,) for name in CLAIMS]
    peer, peer_key = SdJwtVcProofSuite(), OpenvcKey(signer, "ES256")
    reference = _Reference(claims)

    def issue() -> bytes:
        return issue_sd_jwt_vc(claims, signer, entropy=secrets.token_bytes, selective=paths)

    token = issue()
    text = token.decode()
    yield Operation(
        "dc+sd-jwt issue",
        in_process(issue),
        {
            npm("@sd-jwt/sd-jwt-vc"): node.contender(
                "issueSdJwt", claims=claims, selective=list(CLAIMS), key=P256.jwk, alg="ES256"
            ),
            pypi("openvc-core"): in_process(lambda: peer.issue(claims, signing_key=peer_key, disclosable=list(CLAIMS), vct=VCT)),
            pypi("sd-jwt"): in_process(reference.issue),
        },
    )
    yield Operation(
        "dc+sd-jwt verify",
        in_process(lambda: open_sd_jwt_vc(token).verify(P256.resolve)),
        {
            npm("@sd-jwt/sd-jwt-vc"): node.contender("verifySdJwt", token=text, key=public, alg="ES256"),
            pypi("openvc-core"): in_process(lambda: peer.verify(text, public_key_jwk=public, now=NOW)),
            pypi("sd-jwt"): in_process(lambda: reference.verify(text)),
        },
    )


class _Reference:
    """The reference implementation of SD-JWT, from its authors."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        self._claims = {SDObj(name) if name in CLAIMS else name: value for name, value in claims.items()}
        self._key = JWK.from_json(json.dumps(P256.jwk))
        self._public = JWK.from_json(json.dumps(P256.public.jwk()))

    def issue(self) -> str:
        """Return an SD-JWT."""
        return str(SDJWTIssuer(dict(self._claims), self._key, sign_alg="ES256").sd_jwt_issuance)

    def verify(self, text: str) -> object:
        """Return what an SD-JWT says."""
        return SDJWTVerifier(text, lambda *_: self._public, None, None).get_verified_payload()
