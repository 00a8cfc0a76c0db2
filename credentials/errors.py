"""What can be wrong, one class per problem type.

::

    VCError
    ├── ParsingError                 not JSON, or not the JSON we accept
    ├── MalformedValueError          a member has the wrong shape
    │   └── RangeError               a number or date lies outside what is allowed
    ├── CryptographicSecurityError   an algorithm, key or parameter we refuse
    │   ├── InvalidVerificationMethodError
    │   │   ├── InvalidVerificationMethodURLError
    │   │   └── InvalidRelationshipError   the key is not one for this purpose
    │   ├── ForeignDIDDocumentError  the address answers with the document of another DID
    │   ├── InvalidDIDLogError       the history of a did:webvh does not hold
    │   ├── DeactivatedDIDError      the DID has ended
    │   ├── HeaderNotAllowedError    a header parameter that would bring its own key, or change what is signed
    │   ├── TypeMismatchError        signed as something else than what is due here
    │   └── ClaimNotSelectiveError   a claim that everybody must see was made disclosable
    ├── ProofError
    │   ├── ProofVerificationError   the signature does not fit
    │   ├── ProofGenerationError
    │   ├── ProofTransformationError
    │   │   └── UnknownContextError  could not check: a context that we do not ship
    │   ├── InvalidDomainError
    │   ├── InvalidChallengeError
    │   ├── KeyBindingError          the holder's signature is not for this presentation, verifier or moment
    │   │   └── KeyBindingRequiredError
    │   └── DataLossError            JSON-LD would drop, or leave unsigned, something that was said
    ├── StatusError
    │   ├── StatusRetrievalError     could not check
    │   ├── StatusVerificationError
    │   ├── StatusListLengthError
    │   ├── RevokedError
    │   └── SuspendedError
    ├── NotYetValidError, ExpiredError
    ├── SchemaError                  does not fit its credentialSchema
    ├── IssuerKeyMismatchError       the key is not the issuer's
    ├── ComplexityLimitError, TooLargeError
    └── FetchError                   could not check
        ├── NotThereError            the address has no such thing
        └── FetchBlockedError        never tried: the address is not one we go to

A class carries its problem-type URI and the message id of its title, never an HTTP status: `web.problems` holds that
table. `could_not_check` says that nothing was found wrong, only that the answer could not be had.
"""

from __future__ import annotations

from typing import ClassVar

VC = "https://www.w3.org/TR/vc-data-model#"
SECURITY = "https://w3id.org/security#"
STATUS = "https://www.w3.org/ns/credentials/status-list#"
COMITY = "https://comity.example/problems#"


class VCError(Exception):
    """A problem with what was received or asked, to be shown to whoever sent it.

    Args:
        detail: one sentence in English that says what is wrong and where, without personal data.
        pointer: JSON Pointer (RFC 6901) to the member concerned; empty for the whole document.
    """

    type: ClassVar[str] = VC + "MALFORMED_VALUE_ERROR"
    title: ClassVar[str] = "problem.malformed-value"
    could_not_check: ClassVar[bool] = False

    def __init__(self, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


class ParsingError(VCError):
    """Not JSON, or JSON with duplicate keys, NaN or too much nesting (VCDM 2.0 §7.2)."""

    type = VC + "PARSING_ERROR"
    title = "problem.parsing"


class MalformedValueError(VCError):
    """A member has a value that the data model does not allow (VCDM 2.0 §7.2)."""


class RangeError(MalformedValueError):
    """A number or a date lies outside what is allowed."""

    type = STATUS + "RANGE_ERROR"
    title = "problem.range"


class CryptographicSecurityError(VCError):
    """An algorithm, key or parameter that we refuse."""

    type = VC + "CRYPTOGRAPHIC_SECURITY_ERROR"
    title = "problem.cryptographic-security"


class InvalidVerificationMethodError(CryptographicSecurityError):
    """The verification method is missing, of another type, or somebody else's (CID 1.0 §3.3)."""

    type = SECURITY + "INVALID_VERIFICATION_METHOD"
    title = "problem.invalid-verification-method"


class InvalidVerificationMethodURLError(InvalidVerificationMethodError):
    """The verification method is no URL that we resolve."""

    type = SECURITY + "INVALID_VERIFICATION_METHOD_URL"


class InvalidRelationshipError(InvalidVerificationMethodError):
    """The document does not list the key for this purpose (CID 1.0 §3.3 step 11)."""

    type = SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


class ForeignDIDDocumentError(CryptographicSecurityError):
    """The document is that of another DID (CID 1.0 §3.3 step 5)."""

    type = SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"


class InvalidDIDLogError(CryptographicSecurityError):
    """The history of a did:webvh does not hold, so that nothing is known of its document (CID 1.0 §3.5)."""

    type = SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"


class DeactivatedDIDError(CryptographicSecurityError):
    """The DID was deactivated by its controller: nobody vouches for its keys any more, and nothing shows that they were misused."""

    type = COMITY + "DID_DEACTIVATED"
    could_not_check = True


class HeaderNotAllowedError(CryptographicSecurityError):
    """A header parameter that would bring a key of its own, or change what is signed (RFC 8725 §3.10)."""

    type = COMITY + "HEADER_NOT_ALLOWED"


class TypeMismatchError(CryptographicSecurityError):
    """The envelope says that it is something else than what is due here (RFC 8725 §3.11)."""

    type = COMITY + "TYPE_MISMATCH"


class ClaimNotSelectiveError(CryptographicSecurityError):
    """A claim that every verifier must see was made selectively disclosable (SD-JWT VC §2.2.2.3)."""

    type = COMITY + "CLAIM_NOT_SELECTIVE"


class ProofError(VCError):
    """Something about a Data Integrity proof (VC Data Integrity 1.0 §4.7)."""

    type = SECURITY + "PROOF_VERIFICATION_ERROR"
    title = "problem.proof-verification"


class ProofVerificationError(ProofError):
    """The proof is missing, malformed, or its signature does not fit."""


class ProofGenerationError(ProofError):
    """A proof could not be made."""

    type = SECURITY + "PROOF_GENERATION_ERROR"
    title = "problem.proof-generation"


class ProofTransformationError(ProofError):
    """The document could not be brought into its canonical form."""

    type = SECURITY + "PROOF_TRANSFORMATION_ERROR"
    title = "problem.proof-transformation"


class UnknownContextError(ProofTransformationError):
    """The document names a JSON-LD context that we do not ship: what its terms mean, and so what was signed, is not known here."""

    could_not_check = True


class InvalidDomainError(ProofError):
    """The proof was made for another domain."""

    type = SECURITY + "INVALID_DOMAIN_ERROR"
    title = "problem.invalid-domain"


class InvalidChallengeError(ProofError):
    """The proof answers another challenge."""

    type = SECURITY + "INVALID_CHALLENGE_ERROR"
    title = "problem.invalid-challenge"


class KeyBindingError(ProofError):
    """The holder's signature was made for another presentation, verifier, question or moment (RFC 9901 §7.3)."""

    type = COMITY + "KEY_BINDING_ERROR"


class KeyBindingRequiredError(KeyBindingError):
    """Nothing shows that whoever presents holds the key that the credential was issued to."""

    type = COMITY + "KEY_BINDING_REQUIRED"


class DataLossError(ProofError):
    """A term, type or IRI would be dropped by JSON-LD and so would not be signed."""

    type = SECURITY + "DATA_LOSS_DETECTION_ERROR"
    title = "problem.data-loss"


class StatusError(VCError):
    """Something about a status list (Bitstring Status List 1.0 §3.5)."""

    type = STATUS + "STATUS_VERIFICATION_ERROR"
    title = "problem.status-verification"


class StatusRetrievalError(StatusError):
    """The status list could not be had: nothing is known about revocation."""

    type = STATUS + "STATUS_RETRIEVAL_ERROR"
    title = "problem.status-retrieval"
    could_not_check = True


class StatusVerificationError(StatusError):
    """The status list is not one that can be relied on for this credential."""

    could_not_check = True


class StatusRollbackError(StatusVerificationError):
    """The status list is older than one that was seen at its address before: what it leaves out may have been set since."""

    title = "problem.status-rollback"


class StatusListLengthError(StatusError):
    """The status list is shorter than 131,072 entries, or larger than allowed."""

    type = STATUS + "STATUS_LIST_LENGTH_ERROR"
    title = "problem.status-list-length"
    could_not_check = True


class RevokedError(StatusError):
    """The issuer has revoked the credential."""

    type = COMITY + "REVOKED"
    title = "problem.revoked"


class SuspendedError(StatusError):
    """The issuer has suspended the credential for the time being."""

    type = COMITY + "SUSPENDED"
    title = "problem.suspended"


class NotYetValidError(VCError):
    """`validFrom` lies in the future."""

    type = COMITY + "NOT_YET_VALID"
    title = "problem.not-yet-valid"


class ExpiredError(VCError):
    """`validUntil` lies in the past."""

    type = COMITY + "EXPIRED"
    title = "problem.expired"


class SchemaError(VCError):
    """The credential does not fit the schema it names, or the schema is not one we have."""

    type = COMITY + "SCHEMA_MISMATCH"
    title = "problem.schema-mismatch"


class UnknownSchemaError(SchemaError):
    """The schema that the credential names is not one we have: nothing is known about the fit."""

    type = COMITY + "SCHEMA_UNKNOWN"
    title = "problem.schema-unknown"
    could_not_check = True


class IssuerKeyMismatchError(CryptographicSecurityError):
    """The key that signed does not belong to the issuer that the credential names."""

    type = COMITY + "ISSUER_KEY_MISMATCH"
    title = "problem.issuer-key-mismatch"


class ComplexityLimitError(VCError):
    """The document is small enough to read and too intricate to process."""

    type = COMITY + "COMPLEXITY_LIMIT"
    title = "problem.complexity-limit"


class TooLargeError(VCError):
    """The document is larger than we read."""

    type = COMITY + "TOO_LARGE"
    title = "problem.too-large"


class FetchError(VCError):
    """Something outside could not be had; trying again later may help."""

    type = COMITY + "FETCH_ERROR"
    title = "problem.fetch"
    could_not_check = True


class NotThereError(FetchError):
    """The address answered that it has no such thing (404, 410)."""

    type = COMITY + "NOT_THERE"


class FetchBlockedError(FetchError):
    """The address is not one that we go to (scheme, port, or a private network)."""

    type = COMITY + "FETCH_BLOCKED"
    title = "problem.fetch-blocked"
