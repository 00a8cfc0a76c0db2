"""What travels over the APIs of the training centre's house, with examples for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool
from pydantic.alias_generators import to_camel

import schemas
from issuer_api.status import Change
from issuer_api.subjects import Found
from issuer_api.tables import Act, ApiToken

VC: Final = "application/vc"
CREDENTIAL_ID: Final = "urn:uuid:2f7a0d5c-9d0e-8c1b-8a54-0f4d1be0c3a1"
COHORT_ID: Final = "9f2c4e1a7b3d5086c1e2f3a4b5"
DAY: Final = "2026-11-13T09:00:00Z"
PROGRAMME: Final[Mapping[str, Any]] = {
    "id": "caregiving-nc2",
    "kind": "training",
    "title": {"en": "Caregiving NC II", "fr": "Aide à la personne NC II"},
    "criteria": "Completed the course of 786 hours and passed the assessment.",
    "qualification": "urn:comity:XA:q:CAREGIVING-NC-II@2026",
    "hours": 786,
    "validYears": 10,
    "number": "XA-SBC",
    "started": "2026-03-02",
    "alignment": [
        {
            "targetType": "ext:ISCO08",
            "targetFramework": "ISCO-08",
            "targetCode": "5322",
            "targetName": "Home-based personal care workers",
            "targetUrl": "http://data.europa.eu/esco/isco/C5322",
        }
    ],
}
ATTESTATION: Final[Mapping[str, Any]] = {
    "names": ["Yusuf Haddad"],
    "roleName": "Welder, hull assembly",
    "startDate": "2023-06-01",
    "endDate": "2026-09-30",
    "hoursPerWeek": 40,
    "country": "XC",
    "attestationBasis": "payroll",
    "alignment": [
        {
            "targetType": "ext:ISCO08",
            "targetFramework": "ISCO-08",
            "targetCode": "7212",
            "targetName": "Welders and flamecutters",
        }
    ],
}
CREDENTIAL: Final[Mapping[str, Any]] = {
    "@context": [schemas.CREDENTIALS_V2, schemas.OPEN_BADGES_CONTEXT],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "awardedDate": "2026-11-13T00:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "name": "Najma Akter",
        "licenseNumber": "XA-SBC-2026-0007",
        "achievement": {"id": "urn:comity:XA:q:CAREGIVING-NC-II@2026", "type": ["Achievement"]},
    },
}
STATUS: Final[dict[str, JsonValue]] = {
    "credentialId": CREDENTIAL_ID,
    "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "suspension", "reason": "under review"},
    "status": True,
}


class Message(BaseModel):
    """Members in camel case; a body may have no others."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Tolerant(BaseModel):
    """A VC-API message: members of other profiles may stand beside those that are read."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class IssueRequest(Tolerant):
    """VC-API: the credential to be issued. What the issuer sets itself (id, status, schema, days) is left out."""

    credential: dict[str, Any] = Field(examples=[CREDENTIAL])


class IssueResponse(Message):
    """VC-API: the secured credential."""

    verifiable_credential: dict[str, Any] = Field(examples=[{**CREDENTIAL, "id": CREDENTIAL_ID, "proof": []}])


class StatusEntry(Tolerant):
    """Which of a credential's statuses."""

    type: str = Field(default="BitstringStatusListEntry", examples=["BitstringStatusListEntry"])
    status_purpose: str = Field(description="revocation or suspension", examples=["suspension"])
    status: StrictBool | None = Field(default=None, description="the new value, here or beside `credentialStatus`", examples=[True])
    reason: str | None = Field(default=None, description="kept sealed with the person's data", examples=["under review"])


class StatusRequest(Tolerant):
    """VC-API: change a credential's status."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATUS]})

    credential_id: str = Field(examples=[CREDENTIAL_ID])
    credential_status: StatusEntry
    status: StrictBool | None = Field(default=None, examples=[True])


class StatusResponse(Message):
    """The credential whose status was changed."""

    credential_id: str = Field(examples=[CREDENTIAL_ID])


class Defined(Message):
    """The programme that was defined."""

    id: str = Field(examples=["caregiving-nc2"])


class Links(Message):
    """Claim link, and text of the printed code, for the graduate. Whoever has one of them can read the certificate."""

    claim: str = Field(examples=["https://skills.example/claim/…"])
    printed_code: str = Field(examples=["HTTPS://SKILLS.EXAMPLE/L/…#…"])


class StatusChanged(Message):
    """What was done to a credential's status."""

    purpose: str = Field(examples=["suspension"])
    status: bool = Field(examples=[True])
    reason: str = Field(examples=["under review"])
    by: str = Field(examples=["API token register office"])
    at: datetime = Field(examples=[DAY])

    @classmethod
    def of(cls, change: Change) -> StatusChanged:
        """Return the message of a change."""
        return cls(purpose=change.purpose, status=change.is_set, reason=change.reason, by=change.by, at=change.at)


class SearchRequest(Message):
    """Parts of a name; a person is found who has them all. In the body, so that no log keeps it."""

    name: str = Field(min_length=1, max_length=200, examples=["najma"])


class PersonFound(Message):
    """Where a person is found; no name."""

    person: str = Field(examples=["0b7d6a5c4e3f2a190817263544"])
    credential: str | None = Field(examples=[CREDENTIAL_ID])
    state: str | None = Field(examples=["delivered"])
    cohort: str | None = Field(examples=[COHORT_ID])
    row: int | None = Field(examples=[2])

    @classmethod
    def of(cls, found: Found) -> PersonFound:
        """Return the message of a person."""
        return cls(person=found.person, credential=found.credential, state=found.state, cohort=found.cohort, row=found.row)


class TokenEntry(Message):
    """An API token in the list; the token itself cannot be read back."""

    id: str = Field(examples=["77aa6a5c4e3f2a190817263544"])
    name: str = Field(examples=["register office"])
    actions: list[str] = Field(examples=[["read", "issue"]])
    created: datetime = Field(examples=[DAY])
    expires: datetime | None = Field(examples=[None])
    revoked: datetime | None = Field(examples=[None])

    @classmethod
    def of(cls, token: ApiToken) -> TokenEntry:
        """Return the message of a token."""
        return cls(
            id=token.id,
            name=token.name,
            actions=token.actions.split(),
            created=token.created_at,
            expires=token.expires_at,
            revoked=token.revoked_at,
        )


class ActEntry(Message):
    """Who did what, and when."""

    id: int = Field(examples=[41])
    at: datetime = Field(examples=[DAY])
    by: str = Field(examples=["API token register office"])
    action: str = Field(examples=["credential-issued"])
    thing: str = Field(examples=[CREDENTIAL_ID])

    @classmethod
    def of(cls, act: Act) -> ActEntry:
        """Return the message of an act."""
        return cls(id=act.id or 0, at=act.at, by=act.by, action=act.action, thing=act.thing)
