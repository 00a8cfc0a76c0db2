"""Issuers named by a certificate: only where anchors are pinned, and only for whom the certificate names."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID

from credentials.encoding import b64url_encode
from credentials.errors import InvalidVerificationMethodError, IssuerKeyMismatchError, ParsingError
from credentials.keys import InMemorySigner
from credentials.sd_jwt import issue_sd_jwt
from credentials.sd_jwt_vc import open_sd_jwt_vc
from credentials.verify import VerificationResult
from credentials.x509 import MAX_CHAIN, Anchors, certify, parse_x5c
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, outcomes, report

ISSUER: Final = "https://centre.example/issuers/welding"
YEAR: Final = timedelta(days=365)
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Owner:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def anchors(self) -> Anchors:
        return Anchors.parse(self.certificate.public_bytes(Encoding.PEM))

    def signer(self) -> InMemorySigner:
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        return InMemorySigner(f"{ISSUER}#k1", self.key.private_numbers().private_value.to_bytes(32, "big"), "ES256")


def own(
    name: str,
    by: Owner | None = None,
    *,
    uri: str = "",
    host: str = "",
    authority: bool = False,
    starts: datetime = NOW - YEAR,
    key: PrivateKey | None = None,
) -> Owner:
    """Return a new certificate, signed by an authority or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + 2 * YEAR)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    parent = by.key if by else key
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.public_key()), critical=False)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = made.add_extension(usage, critical=True)
    names = [x509.UniformResourceIdentifier(uri)] if uri else []
    others = [x509.DNSName(host)] if host else []
    if names or others:
        made = made.add_extension(x509.SubjectAlternativeName([*names, *others]), critical=False)
    return Owner(made.sign(parent, None if isinstance(parent, ed25519.Ed25519PrivateKey) else hashes.SHA256()), key)


ROOT: Final = own("Skills root", authority=True)
MIDDLE: Final = own("Skills office", ROOT, authority=True)
LEAF: Final = own("Welding school", MIDDLE, uri=ISSUER)


def spelled(*owners: Owner) -> list[str]:
    return [base64.b64encode(owner.certificate.public_bytes(Encoding.DER)).decode() for owner in owners]


def issued(*owners: Owner, header: dict[str, Any] | None = None, signer: InMemorySigner | None = None) -> bytes:
    claims = {"iss": ISSUER, "vct": "urn:course:1", "name": "Ana"}
    carried = {"x5c": spelled(*owners)} if header is None else header
    made = issue_sd_jwt(claims, signer or owners[0].signer(), typ="dc+sd-jwt", entropy=Counted(), selective=[], header=carried)
    return made.encode()


def checked(content: bytes, anchors: Anchors | None = ROOT.anchors) -> VerificationResult:
    return report(content, anchors=anchors)


@pytest.mark.parametrize("leaf", [LEAF, own("By host", MIDDLE, host="centre.example")], ids=["URI", "host"])
def test_a_chain_to_a_pinned_anchor_names_the_issuer(leaf: Owner) -> None:
    result = checked(issued(leaf, MIDDLE))
    assert set(outcomes(result).values()) == {"passed"}
    [(method, key)] = result.keys.items()
    assert key == leaf.signer().public_key
    assert result.require().secured_by == method == f"{ISSUER}#{parse_x5c(spelled(leaf)).thumbprint}"


def test_without_anchors_nothing_that_brings_its_key_is_opened() -> None:
    result = checked(issued(LEAF, MIDDLE), anchors=None)
    assert outcomes(result) == {"data-model": "failed"}
    assert "x5c" in result.problems[0].detail


def test_d10_a_certificate_made_out_to_another_is_not_the_issuers_key() -> None:
    for leaf in (
        own("Other", MIDDLE, uri="https://other.example/"),
        own("Nobody", MIDDLE),
        own("Host", MIDDLE, host="evil.example"),
    ):
        result = checked(issued(leaf, MIDDLE))
        assert (outcomes(result)["proof"], outcomes(result)["issuer-key"]) == ("passed", "failed")
        assert isinstance(result.problems[0], IssuerKeyMismatchError)


EDWARDS: Final = own("Edwards", MIDDLE, uri=ISSUER, key=ed25519.Ed25519PrivateKey.generate())
WRONG_CHAINS: Final = {
    "of another root": (own("Stranger", own("Other root", authority=True), uri=ISSUER),),
    "with a link missing": (LEAF,),
    "signed by no authority": (own("Under a leaf", LEAF, uri=ISSUER), LEAF, MIDDLE),
    "not yet in force": (own("Early", MIDDLE, uri=ISSUER, starts=NOW + YEAR), MIDDLE),
    "run out": (own("Late", MIDDLE, uri=ISSUER, starts=NOW - 3 * YEAR), MIDDLE),
    "that begins with an authority": (own("Authority", ROOT, uri=ISSUER, authority=True),),
    "signed by itself": (own("Alone", uri=ISSUER),),
}


@pytest.mark.parametrize("name", WRONG_CHAINS)
def test_a_wrong_chain_gives_no_key(name: str) -> None:
    result = checked(issued(*WRONG_CHAINS[name]))
    assert outcomes(result)["proof"] == "failed"
    assert isinstance(result.problems[0], InvalidVerificationMethodError)
    assert not result.is_genuine


def bare(by: Owner, *extensions: x509.UnrecognizedExtension) -> Owner:
    """Return a certificate with these extensions and the authority's name alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bare")]))
        .issuer_name(by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
    )
    for extension in extensions:
        made = made.add_extension(extension, critical=False)
    return Owner(made.sign(by.key, hashes.SHA256()), key)


def test_a_certificate_that_says_little_gives_a_key_and_no_name() -> None:
    leaf = bare(MIDDLE)
    assert ROOT.anchors.key_of(parse_x5c(spelled(leaf, MIDDLE)), NOW) == leaf.signer().public_key
    with pytest.raises(IssuerKeyMismatchError):
        parse_x5c(spelled(leaf)).check_names(ISSUER)


def test_extensions_that_cannot_be_read_are_not_believed() -> None:
    names = bare(MIDDLE, x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"junk"))
    with pytest.raises(IssuerKeyMismatchError):
        parse_x5c(spelled(names)).check_names(ISSUER)
    constraints = bare(MIDDLE, x509.UnrecognizedExtension(ExtensionOID.BASIC_CONSTRAINTS, b"junk"))
    with pytest.raises(InvalidVerificationMethodError, match="that of an authority"):
        ROOT.anchors.key_of(parse_x5c(spelled(constraints, MIDDLE)), NOW)


def test_what_came_with_certificates_is_verified_by_anchors_alone() -> None:
    envelope = open_sd_jwt_vc(issued(LEAF, MIDDLE), with_certificates=True)
    assert envelope.verify_by_certificate(ROOT.anchors, NOW) == LEAF.signer().public_key
    with pytest.raises(InvalidVerificationMethodError, match="no anchor is pinned"):
        envelope.verify_by_certificate(None, NOW)


def test_a_key_of_another_type_is_named() -> None:
    strong = own("RSA", MIDDLE, uri=ISSUER, key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    with pytest.raises(InvalidVerificationMethodError, match="of a type that we do not know"):
        ROOT.anchors.key_of(parse_x5c(spelled(strong, MIDDLE)), NOW)
    with pytest.raises(InvalidVerificationMethodError):
        ROOT.anchors.key_of(parse_x5c(spelled(EDWARDS, MIDDLE)), NOW)
    brainpool = own("Brainpool", MIDDLE, uri=ISSUER, key=ec.generate_private_key(ec.BrainpoolP256R1()))
    with pytest.raises(InvalidVerificationMethodError):
        ROOT.anchors.key_of(parse_x5c(spelled(brainpool, MIDDLE)), NOW)


def test_a_chain_that_is_another_persons_does_not_make_the_signature_fit() -> None:
    result = checked(issued(header={"x5c": spelled(LEAF, MIDDLE)}, signer=own("Thief").signer()))
    assert outcomes(result)["proof"] == "failed"


@pytest.mark.parametrize("value", [None, [], {}, "MII", [7], ["!"], ["AAAA"], ["A" * 20_000], spelled(LEAF) * (MAX_CHAIN + 1)])
def test_what_is_no_chain_is_refused(value: object) -> None:
    with pytest.raises(ParsingError):
        parse_x5c(value)
    result = checked(issued(header={"x5c": value}, signer=LEAF.signer()))
    assert outcomes(result) == {"data-model": "failed"}


def test_anchors_are_certificates() -> None:
    with pytest.raises(ParsingError, match="PEM"):
        Anchors.parse(b"not a certificate")


def test_a_key_is_certified_by_an_authority_of_its_own() -> None:
    signer = LEAF.signer()
    x5c, anchors = certify(signer.public_key, "verifier.example", starts=NOW - YEAR, ends=NOW + YEAR)
    chain = parse_x5c(list(x5c))
    assert anchors.key_of(chain, NOW) == signer.public_key
    assert (chain.hosts, chain.is_self_signed) == (("verifier.example",), False)
    assert chain.thumbprint == b64url_encode(sha256(base64.b64decode(x5c[0])).digest())
    with pytest.raises(InvalidVerificationMethodError):
        ROOT.anchors.key_of(chain, NOW)


def test_the_authorities_behind_a_certificate_are_named_by_their_keys() -> None:
    identifiers = {
        b64url_encode(owner.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest)
        for owner in (ROOT, MIDDLE)
    }
    assert parse_x5c(spelled(LEAF, MIDDLE)).authority_keys == identifiers
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "alone")])
    alone = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW - YEAR, NOW + YEAR).sign(key, hashes.SHA256())
    chain = parse_x5c(spelled(Owner(alone, key)))
    assert (chain.authority_keys, chain.hosts, chain.is_self_signed) == (frozenset(), (), True)
