"""Issuers that are named by a certificate: a chain to anchors that the caller pins (RFC 5280; SD-JWT VC §2.5; HAIP 1.0 §7).

A certificate says whose key it is and nothing more: what its owner may award is said elsewhere. Path building and signatures are
those of `cryptography.x509.verification`; no system store is read, and nothing a certificate names is fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from credentials.encoding import b64url_encode
from credentials.errors import InvalidVerificationMethodError, IssuerKeyMismatchError, ParsingError
from credentials.keys import PublicKey

MAX_CHAIN: Final = 5
MAX_CERTIFICATE: Final = 8 * 1024
MDOC_SIGNER: Final = ObjectIdentifier("1.0.18013.5.1.2")
"""What the key of a certificate is for: to sign mobile documents (ISO/IEC 18013-5:2021 §B.1.4)."""
_ALGORITHMS: Final = {SECP256R1.name: "ES256", SECP384R1.name: "ES384", SECP521R1.name: "ES512"}


@dataclass(frozen=True, slots=True)
class Chain:
    """The certificates that came with a signature, the signer's first; nothing about them is verified.

    Attributes:
        leaf: the signer's certificate.
        others: those above it, without the anchor.
    """

    leaf: x509.Certificate
    others: tuple[x509.Certificate, ...]

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the signer's certificate (RFC 7515 §4.1.8)."""
        return b64url_encode(hashlib.sha256(self.leaf.public_bytes(Encoding.DER)).digest())

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that the signer's certificate is made out to."""
        names = _alternative_names(self.leaf)
        return tuple(names.get_values_for_type(x509.DNSName)) if names else ()

    @property
    def name(self) -> str:
        """Whom the signer's certificate is made out to: its one URI, its one host as an https URL, or else its own hash.

        A certificate that names several is known by its hash too: nothing says which of them signs.
        """
        names = _alternative_names(self.leaf)
        uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
        found = uris or [f"https://{host}" for host in self.hosts]
        return found[0] if len(found) == 1 else f"x509_hash:{self.thumbprint}"

    @property
    def in_force(self) -> tuple[datetime, datetime]:
        """The first and the last moment at which every certificate of the chain is in force."""
        every = (self.leaf, *self.others)
        return max(one.not_valid_before_utc for one in every), min(one.not_valid_after_utc for one in every)

    @property
    def is_self_signed(self) -> bool:
        """Whether the signer vouches for itself alone."""
        return self.leaf.issuer == self.leaf.subject

    def check_signs_mdocs(self) -> None:
        """Raise unless the certificate says that its key signs mobile documents.

        Raises:
            InvalidVerificationMethodError: it says something else, or nothing.
        """
        try:
            uses = set(self.leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        except (x509.ExtensionNotFound, ValueError):
            uses = set()
        if MDOC_SIGNER not in uses:
            raise InvalidVerificationMethodError("the certificate is not for the signer of mobile documents", pointer="/x5chain")

    def check_in_force(self, moment: datetime) -> None:
        """Raise unless the signer's certificate was in force at a moment.

        Raises:
            InvalidVerificationMethodError: it was not.
        """
        if not self.leaf.not_valid_before_utc <= moment <= self.leaf.not_valid_after_utc:
            raise InvalidVerificationMethodError("the certificate was not in force when its key signed", pointer="/x5chain")

    @property
    def authority_keys(self) -> frozenset[str]:
        """The identifiers of the keys that signed the certificates, base64url (`aki`, OpenID4VP 1.0 §6.1.1.1)."""
        found = (_authority_key(certificate) for certificate in (self.leaf, *self.others))
        return frozenset(b64url_encode(identifier) for identifier in found if identifier)

    @property
    def unverified_key(self) -> PublicKey:
        """The key in the signer's certificate; nothing says yet whose it is.

        Raises:
            InvalidVerificationMethodError: a key of a type that we do not know.
        """
        return _key(self.leaf)

    def check_names(self, issuer: str) -> None:
        """Raise unless the signer's certificate is made out to the issuer: as a URI, or as the host of its https URL.

        Raises:
            IssuerKeyMismatchError: to somebody else.
        """
        names = _alternative_names(self.leaf)
        uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
        hosts = names.get_values_for_type(x509.DNSName) if names else []
        address = urlsplit(issuer)
        if issuer not in uris and not (address.scheme == "https" and address.hostname in hosts):
            raise IssuerKeyMismatchError("the certificate is not made out to the issuer", pointer="/iss")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Certificates of authorities that a caller trusts to say whose a key is."""

    certificates: tuple[x509.Certificate, ...]

    @classmethod
    def parse(cls, pem: bytes) -> Anchors:
        """Return the anchors of a PEM file.

        Raises:
            ParsingError: there is no certificate in it, or one that cannot be read.
        """
        try:
            return cls(tuple(x509.load_pem_x509_certificates(pem)))
        except ValueError as error:
            raise ParsingError("the anchors are no certificates in PEM") from error

    def key_of(self, chain: Chain, now: datetime) -> PublicKey:
        """Return the signer's key, once its certificate is shown to lead to an anchor.

        Raises:
            InvalidVerificationMethodError: it leads to none, is not in force, is that of an authority, is itself an anchor, or its
                key is of a type that we do not know.
        """
        if chain.leaf.issuer == chain.leaf.subject or _is_authority(chain.leaf):
            raise InvalidVerificationMethodError("the first certificate is that of an authority, not of a signer", pointer="/x5c/0")
        policy = PolicyBuilder().store(Store(list(self.certificates))).time(now).max_chain_depth(MAX_CHAIN)
        policy = policy.extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all())
        try:
            policy.build_client_verifier().verify(chain.leaf, list(chain.others))
        except VerificationError as error:
            reason = str(error).partition("\n")[0][:200]
            raise InvalidVerificationMethodError(f"the certificate leads to no anchor: {reason}", pointer="/x5c") from error
        return _key(chain.leaf)


def parse_x5c(value: object) -> Chain:
    """Return the chain of an `x5c` header (RFC 7515 §4.1.6), not verified.

    Raises:
        ParsingError: no list of one to five certificates in base64 of DER.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CHAIN:
        raise ParsingError(f"x5c is a list of one to {MAX_CHAIN} certificates", pointer="/x5c")
    leaf, *others = (_certificate(item, place) for place, item in enumerate(value))
    return Chain(leaf, tuple(others))


def parse_x5chain(value: object) -> Chain:
    """Return the chain of an `x5chain` header (RFC 9360 §2), not verified.

    Raises:
        ParsingError: neither a certificate in DER nor two to five of them.
    """
    several = value if isinstance(value, list) else [value]
    if not 1 <= len(several) <= MAX_CHAIN or (isinstance(value, list) and len(several) == 1):
        raise ParsingError(f"x5chain is one certificate, or a list of two to {MAX_CHAIN}")
    leaf, *others = (_of_der(item, "/x5chain") for item in several)
    return Chain(leaf, tuple(others))


def x5chain_of(x5c: Sequence[str]) -> bytes | list[bytes]:
    """Return the certificates of an `x5c` header as an `x5chain` header has them (RFC 9360 §2)."""
    chain = [base64.b64decode(one) for one in x5c]
    return chain[0] if len(chain) == 1 else chain


def pem_of(key: PublicKey) -> str:
    """Return a key on P-256 in PEM, for an authority to certify (RFC 7468 §13)."""
    there = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.raw)
    return there.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def x5c_of(pem: bytes, key: PublicKey) -> tuple[str, ...]:
    """Return the certificates of a PEM file as an `x5c` header has them, the signer's first (RFC 7515 §4.1.6).

    Raises:
        ParsingError: no one to five certificates.
        InvalidVerificationMethodError: the first is not that of the key.
    """
    chain = Anchors.parse(pem).certificates
    if not 1 <= len(chain) <= MAX_CHAIN:
        raise ParsingError(f"a chain has one to {MAX_CHAIN} certificates")
    theirs = chain[0].public_key()
    raw = theirs.public_bytes_raw() if isinstance(theirs, Ed25519PublicKey) else _key(chain[0]).raw
    if raw != key.raw:
        raise InvalidVerificationMethodError("the first certificate is that of another key")
    return tuple(base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain)


def certify(
    key: PublicKey, host: str, *, starts: datetime, ends: datetime, did: str = "", mdocs_of: str = ""
) -> tuple[tuple[str, ...], Anchors]:
    """Return (the `x5c` of a key, its anchor): a certificate by a new authority, whose own key nobody keeps.

    Args:
        key: on P-256.
        host: that the certificate is made out to.
        starts: when it comes into force.
        ends: when it ends.
        did: that it is made out to instead; the host is then its common name alone.
        mdocs_of: the country whose mobile documents the key signs (ISO/IEC 18013-5:2021 §B.1); empty where it signs none.
    """
    named = x509.UniformResourceIdentifier(did) if did else x509.DNSName(host)
    authority = generate_private_key(SECP256R1())
    theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.raw)
    made: list[x509.Certificate] = []
    for name, owner in (("Authority of one key", authority.public_key()), (host, theirs)):
        is_authority = not made
        by_name, to_name = _named("Authority of one key", mdocs_of), _named(name, mdocs_of)
        builder = x509.CertificateBuilder().subject_name(to_name).issuer_name(by_name).public_key(owner)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(starts).not_valid_after(ends)
        builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(owner), critical=False)
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        builder = builder.add_extension(by, critical=False).add_extension(_usage(signs_others=is_authority), critical=True)
        if not is_authority:
            builder = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False)
        if mdocs_of and not is_authority:
            builder = builder.add_extension(x509.ExtendedKeyUsage([MDOC_SIGNER]), critical=True)
        made.append(builder.sign(authority, SHA256()))
    return (base64.b64encode(made[1].public_bytes(Encoding.DER)).decode(),), Anchors((made[0],))


def _named(name: str, country: str) -> x509.Name:
    there = [x509.NameAttribute(NameOID.COUNTRY_NAME, country)] if country else []
    return x509.Name([*there, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(item: object, place: int) -> x509.Certificate:
    if not isinstance(item, str) or len(item) > MAX_CERTIFICATE * 4 // 3:
        raise ParsingError("not a certificate, or one of more than 8 KiB", pointer=f"/x5c/{place}")
    try:
        content = base64.b64decode(item, validate=True)
    except ValueError as error:
        raise ParsingError("not a certificate in base64 of DER", pointer=f"/x5c/{place}") from error
    return _of_der(content, f"/x5c/{place}")


def _of_der(content: object, pointer: str) -> x509.Certificate:
    if not isinstance(content, bytes) or len(content) > MAX_CERTIFICATE:
        raise ParsingError("not a certificate, or one of more than 8 KiB", pointer=pointer)
    try:
        return x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise ParsingError("not a certificate in DER", pointer=pointer) from error


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _authority_key(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except (x509.ExtensionNotFound, ValueError):
        return None


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
    except ValueError:
        return True


def _key(certificate: x509.Certificate) -> PublicKey:
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey) or key.curve.name not in _ALGORITHMS:
        raise InvalidVerificationMethodError("the certificate's key is of a type that we do not know", pointer="/x5c/0")
    return PublicKey(_ALGORITHMS[key.curve.name], key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
