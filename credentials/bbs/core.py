"""The core operations, on scalars: sign, verify, and the proof of knowing a signature (CFRG BBS §3.6, §3.7).

The interfaces differ in how messages become scalars, in which generators they use and in what else the challenge binds. Here all of
that is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credentials import bls
from credentials.bbs.ciphersuites import Generators, Interface, RandomScalars
from credentials.bbs.keys import parse_public_key
from credentials.bls import G1Point, Scalar
from credentials.errors import CryptographicSecurityError, ProofVerificationError

SIGNATURE_BYTES: Final = bls.G1_BYTES + bls.SCALAR_BYTES
_PROOF_POINTS: Final = 3
_PROOF_SCALARS: Final = 4  # of a proof that hides nothing
_LEAST_PROOF: Final = _PROOF_POINTS * bls.G1_BYTES + _PROOF_SCALARS * bls.SCALAR_BYTES
_ZERO: Final = bls.scalar(0)
_FIT: Final = "the signature does not fit what was signed"
_PROOF_FIT: Final = "the proof does not fit what is disclosed"


@dataclass(frozen=True, slots=True)
class Signature:
    """A BBS signature (A, e)."""

    a: G1Point
    e: Scalar

    def octets(self) -> bytes:
        """Return its 80 bytes (§4.2.4.2)."""
        return self.a.to_compressed_bytes() + self.e.to_be_bytes()


def parse_signature(data: bytes) -> Signature:
    """Return the signature that 80 bytes spell (§4.2.4.3).

    Raises:
        CryptographicSecurityError: another length, or a point or scalar that we refuse.
    """
    if len(data) != SIGNATURE_BYTES:
        raise CryptographicSecurityError("a BBS signature has 80 bytes")
    return Signature(bls.parse_g1(data[: bls.G1_BYTES]), bls.parse_scalar(data[bls.G1_BYTES :]))


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signature is about: the key, the header, and the generators of all its messages.

    Attributes:
        interface: the interface in use.
        public_key: 96 bytes.
        generators: Q_1 and one for each message, blind ones included.
        header: application bytes that are signed and always disclosed.
    """

    interface: Interface
    public_key: bytes
    generators: Generators
    header: bytes

    def domain(self) -> Scalar:
        """Return the scalar that binds all of it (§4.2.3)."""
        count = len(self.generators.points) - 1
        data = (
            self.public_key,
            count.to_bytes(8, "big"),
            *self.generators.octets,
            self.interface.api_id,
            len(self.header).to_bytes(8, "big"),
            self.header,
        )
        return self.interface.hash_to_scalar(b"".join(data))

    def signed_point(self, messages: Sequence[Scalar], domain: Scalar) -> G1Point:
        """Return B, the point that is signed (§3.6.1)."""
        return self.interface.ciphersuite.p1 + bls.sum_of_products(self.generators.points, (domain, *messages))


def signature_over(secret_key: Scalar, signed_point: G1Point, e: Scalar) -> Signature:
    """Return (A, e) with A the signed point divided by the secret key plus e (§3.6.1).

    Raises:
        CryptographicSecurityError: e is the secret key's negative, or nothing is signed; nobody will see it happen.
    """
    divisor = secret_key + e
    if divisor.is_zero() or bls.is_identity(signed_point):
        raise CryptographicSecurityError("this key cannot sign this")
    return Signature(signed_point * divisor.inverse(), e)


def core_sign(statement: Statement, secret_key: Scalar, messages: Sequence[Scalar]) -> Signature:
    """Return the signature over the messages (§3.6.1)."""
    domain = statement.domain()
    e = statement.interface.hash_to_scalar(b"".join(scalar.to_be_bytes() for scalar in (secret_key, *messages, domain)))
    return signature_over(secret_key, statement.signed_point(messages, domain), e)


def core_verify(statement: Statement, signature: Signature, messages: Sequence[Scalar]) -> None:
    """Raise unless the signature is over the messages (§3.6.2).

    Raises:
        ProofVerificationError: it is not.
        CryptographicSecurityError: the public key is one that we refuse.
    """
    _check_signature(statement, signature, statement.signed_point(messages, statement.domain()))


def _check_signature(statement: Statement, signature: Signature, signed_point: G1Point) -> None:
    key = parse_public_key(statement.public_key)
    if not bls.pairings_cancel((signature.a, key), (signature.a * signature.e - signed_point, bls.BASE_G2)):
        raise ProofVerificationError(_FIT)


@dataclass(frozen=True, slots=True)
class ProofInit:
    """The first move of a proof (§3.7.1, §3.7.3)."""

    a_bar: G1Point
    b_bar: G1Point
    d: G1Point
    t1: G1Point
    t2: G1Point
    domain: Scalar

    def challenge(
        self, interface: Interface, disclosed: Mapping[int, Scalar], presentation_header: bytes, also: Sequence[G1Point] = ()
    ) -> Scalar:
        """Return the challenge that binds this move to what is disclosed (§3.7.4).

        Args:
            interface: the interface in use.
            disclosed: scalars of the disclosed messages, by their position.
            presentation_header: bound by the proof.
            also: further points that the interface binds, such as a pseudonym's.
        """
        data = [len(disclosed).to_bytes(8, "big")]
        for position in sorted(disclosed):
            data += [position.to_bytes(8, "big"), disclosed[position].to_be_bytes()]
        data += [point.to_compressed_bytes() for point in (self.a_bar, self.b_bar, self.d, self.t1, self.t2, *also)]
        data += [self.domain.to_be_bytes(), len(presentation_header).to_bytes(8, "big"), presentation_header]
        return interface.hash_to_scalar(b"".join(data))


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of knowing a signature (§4.2.4.4).

    Attributes:
        a_bar: the signature's point, blinded.
        b_bar: the signed point, blinded.
        d: the signed point, blinded once.
        e: response for e.
        r1: response for the first blinding factor.
        r3: response for the inverse of the second.
        hidden: responses for the messages that are not disclosed, in their order.
        challenge: the challenge.
    """

    a_bar: G1Point
    b_bar: G1Point
    d: G1Point
    e: Scalar
    r1: Scalar
    r3: Scalar
    hidden: tuple[Scalar, ...]
    challenge: Scalar

    def octets(self) -> bytes:
        """Return its bytes."""
        points = (self.a_bar, self.b_bar, self.d)
        scalars = (self.e, self.r1, self.r3, *self.hidden, self.challenge)
        return b"".join([*(point.to_compressed_bytes() for point in points), *(scalar.to_be_bytes() for scalar in scalars)])


def parse_proof(data: bytes) -> Proof:
    """Return the proof that bytes spell (§4.2.4.5).

    Raises:
        CryptographicSecurityError: a length that no proof has, or a point or scalar that we refuse.
    """
    if len(data) < _LEAST_PROOF or (len(data) - _LEAST_PROOF) % bls.SCALAR_BYTES:
        raise CryptographicSecurityError("no BBS proof has this length")
    points_end = _PROOF_POINTS * bls.G1_BYTES
    a_bar, b_bar, d = (bls.parse_g1(data[start : start + bls.G1_BYTES]) for start in range(0, points_end, bls.G1_BYTES))
    e, r1, r3, *hidden, challenge = (
        bls.parse_scalar(data[start : start + bls.SCALAR_BYTES]) for start in range(points_end, len(data), bls.SCALAR_BYTES)
    )
    return Proof(a_bar, b_bar, d, e, r1, r3, tuple(hidden), challenge)


class Prover:
    """Makes one proof: the first move, then the answer to a challenge (§3.7.1, §3.7.2), of a signature that fits.

    Args:
        statement: what the signature is about.
        signature: the signature.
        messages: the scalars of all messages.
        hidden: positions of those that are not disclosed, ascending.
        random_scalars: secret, and never used twice.

    Raises:
        ProofVerificationError: the signature does not fit.
        CryptographicSecurityError: the public key is one that we refuse.
    """

    def __init__(
        self,
        statement: Statement,
        signature: Signature,
        messages: Sequence[Scalar],
        hidden: Sequence[int],
        random_scalars: RandomScalars,
    ) -> None:
        domain = statement.domain()
        point = statement.signed_point(messages, domain)
        _check_signature(statement, signature, point)
        self._e = signature.e
        self._r1, r2, self._e_tilde, self._r1_tilde, self._r3_tilde, *self._tilde = random_scalars(5 + len(hidden))
        self._hidden = [messages[position] for position in hidden]
        self._r3 = r2.inverse()
        d = point * r2
        a_bar = signature.a * (self._r1 * r2)
        points = [statement.generators.points[position + 1] for position in hidden]
        self.init = ProofInit(
            a_bar=a_bar,
            b_bar=d * self._r1 - a_bar * self._e,
            d=d,
            t1=bls.sum_of_products((a_bar, d), (self._e_tilde, self._r1_tilde)),
            t2=bls.sum_of_products((d, *points), (self._r3_tilde, *self._tilde)),
            domain=domain,
        )

    @property
    def last_blinding(self) -> Scalar:
        """The random scalar that blinds the last hidden message."""
        return self._tilde[-1]

    def finalize(self, challenge: Scalar) -> Proof:
        """Return the proof that answers the challenge."""
        return Proof(
            a_bar=self.init.a_bar,
            b_bar=self.init.b_bar,
            d=self.init.d,
            e=self._e_tilde + self._e * challenge,
            r1=self._r1_tilde - self._r1 * challenge,
            r3=self._r3_tilde - self._r3 * challenge,
            hidden=tuple(t + message * challenge for t, message in zip(self._tilde, self._hidden, strict=True)),
            challenge=challenge,
        )


def verify_init(statement: Statement, proof: Proof, disclosed: Mapping[int, Scalar]) -> ProofInit:
    """Return the first move that the proof must have begun with (§3.7.3).

    Raises:
        ProofVerificationError: a position that no message has.
    """
    count = len(statement.generators.points) - 1
    if any(not 0 <= position < count for position in disclosed):
        raise ProofVerificationError(_PROOF_FIT)
    domain, c = statement.domain(), proof.challenge
    responses = iter(proof.hidden)
    factors = [disclosed[position] * c if position in disclosed else next(responses) for position in range(count)]
    points = (statement.interface.ciphersuite.p1, proof.d, *statement.generators.points)
    return ProofInit(
        a_bar=proof.a_bar,
        b_bar=proof.b_bar,
        d=proof.d,
        t1=bls.sum_of_products((proof.b_bar, proof.a_bar, proof.d), (c, proof.e, proof.r1)),
        t2=bls.sum_of_products(points, (c, proof.r3, domain * c, *factors)),
        domain=domain,
    )


def check_proof(statement: Statement, proof: Proof, challenge: Scalar) -> None:
    """Raise unless the challenge is the proof's and the blinded signature is the key's (§3.6.4).

    Raises:
        ProofVerificationError: it is not.
        CryptographicSecurityError: the public key is one that we refuse.
    """
    key = parse_public_key(statement.public_key)
    if challenge != proof.challenge or not bls.pairings_cancel((proof.a_bar, key), (-proof.b_bar, bls.BASE_G2)):
        raise ProofVerificationError(_PROOF_FIT)
