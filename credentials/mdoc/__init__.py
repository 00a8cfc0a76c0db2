"""Mobile documents (ISO/IEC 18013-5:2021) as OpenID4VCI 1.0 (Appendix A.2) and OpenID4VP 1.0 (Appendix B.2) carry them.

    values    what stands in CBOR, as JSON, and back
    issuing   elements, salted and digested, under a MobileSecurityObject that the issuer signs (§9.1.2)
    reading   IssuerSigned off the wire: signature, digests, validity (§9.3.1)
    device    the holder's signature over one session of OpenID4VP (§9.1.3, §9.3.3)
    envelope  the same as the envelope of a credential, for `credentials.verify`

The issuer is whoever its certificate (`x5chain`) names. Beside that a `kid` may name the same key as a DID URL: then the DID's
document vouches for it, and the certificate has only to be of the same key.
"""

from credentials.mdoc.device import (
    DeviceResponse,
    Handover,
    dc_api_handover,
    openid4vp_handover,
    parse_device_response,
    present_mdoc,
    session_transcript,
)
from credentials.mdoc.envelope import MSO_MDOC, MdocEnvelope, envelope_of, looks_like_mdoc, open_mdoc, parse_mdoc
from credentials.mdoc.issuing import Validity, issue_mdoc
from credentials.mdoc.reading import IssuerSigned, parse_issuer_signed

__all__ = [
    "MSO_MDOC",
    "DeviceResponse",
    "Handover",
    "IssuerSigned",
    "MdocEnvelope",
    "Validity",
    "dc_api_handover",
    "envelope_of",
    "issue_mdoc",
    "looks_like_mdoc",
    "open_mdoc",
    "openid4vp_handover",
    "parse_device_response",
    "parse_issuer_signed",
    "parse_mdoc",
    "present_mdoc",
    "session_transcript",
]
