"""A partnership of 200 states and 100,000 issuers, made up from numbers alone, and signed as any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import islice, product
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

from credentials.data_integrity import add_proof_set
from credentials.keys import InMemorySigner, PublicKey, Signer
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from registry.publishing import Publisher
from trust.bundle import Bundle

STATES: Final = 200
ISSUERS_OF_A_STATE: Final = 500
PUBLISHED: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOW: Final = PUBLISHED + timedelta(hours=1)
_AUTHORITIES, _QUALIFICATIONS, _RULES, _STOPS = 5, 12, 20, 3
_ORIGINS: Final = 40  # states that one rule names
_SINCE: Final = {"from": "2024-01-01", "until": None, "recordedAt": "2023-11-20"}
_FIELDS: Final = ("0711", "0713", "0714", "0715", "0716", "0732", "0811", "0913", "0921", "1013", "1015", "1041")
_OCCUPATIONS: Final = ("7212", "7411", "7412", "7213", "7231", "7112", "9211", "3221", "5322", "5120", "5131", "8332")
_WORDS: Final = ("Harbour", "Northern", "Valley", "Central", "Lakeside", "Upper", "Royal", "Municipal", "Island", "New")
_TRADES: Final = ("Welding", "Electrical", "Care", "Nursing", "Catering", "Masonry", "Driving", "Farm", "Refrigeration", "Marine")
_KINDS: Final = ("School", "Institute", "Training Centre", "College", "Academy")


class Keys:
    """A key store whose keys follow from their names."""

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        """Return the public key of a name."""
        return InMemorySigner(verification_method, _digest(verification_method), algorithm).public_key

    def signer(self, verification_method: str) -> Signer:
        """Return what signs under a name."""
        return InMemorySigner(verification_method, _digest(verification_method))

    def verification_methods(self) -> tuple[str, ...]:
        """Return nothing: keys are made as they are asked for."""
        return ()


@dataclass(frozen=True)
class Partnership:
    """The made-up partnership in a folder.

    Attributes:
        folder: gets the published files.
    """

    folder: Path

    @cached_property
    def publisher(self) -> Publisher:
        """What publishes it."""
        return Publisher(self.folder, Keys())

    def publish(self) -> None:
        """Sign and write everything."""
        self.publisher.publish(dict(files()), codes(), now=PUBLISHED)

    def change_one(self, code: str) -> None:
        """Publish anew with a rule more in one state."""
        changed = self.publisher.current()
        path = f"states/{code}/rules.json"
        listed = json.loads(changed[path])["rules"]
        changed[path] = _spelled("rules", [*listed, _rule(code, len(listed))])
        self.publisher.publish(changed, codes(), now=PUBLISHED + timedelta(minutes=30))


def codes() -> tuple[str, ...]:
    """Return the codes of the states."""
    return tuple(first + second for first, second in islice(product(ascii_uppercase, repeat=2), STATES))


def files() -> Iterator[tuple[str, bytes]]:
    """Yield target path and content of every file."""
    parties = [{"code": code, "names": {"en": f"State of {code}"}, "from": "2024-01-01", "until": None} for code in codes()]
    agreement = {"en": "Skills Mobility Agreement"}
    yield "partnership/parties.json", json.dumps({"agreement": agreement, "parties": parties}).encode()
    for code in codes():
        made = {
            "authorities": [_authority(code, number) for number in range(_AUTHORITIES)],
            "issuers": [_issuer(code, number) for number in range(ISSUERS_OF_A_STATE)],
            "qualifications": [_qualification(code, number) for number in range(_QUALIFICATIONS)],
            "rules": [_rule(code, number) for number in range(_RULES)],
            "suspensions": [_stop(code, number) for number in range(_STOPS)],
        }
        for name, records in made.items():
            yield f"states/{code}/{name}.json", _spelled(name, records)


def did(code: str, number: int) -> str:
    """Return the DID of an issuer."""
    return f"did:web:centres.{code.lower()}.example:{number}"


def certificate(code: str, number: int, bundle: Bundle) -> VerificationResult:
    """Return a training certificate of an issuer, signed and verified."""
    issuer, signer = did(code, number), Keys().signer(f"{did(code, number)}#k1")
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"]},
        "validFrom": "2026-05-10T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"id": _qualification(code, number % _QUALIFICATIONS)["id"], "type": ["Achievement"]},
        },
    }
    secured = add_proof_set(document, signer, created=PUBLISHED, cryptosuites=("eddsa-jcs-2022",))
    options = VerificationOptions(now=NOW, fetcher=_NoNetwork(), known_keys=bundle.listed_keys())
    return verify_credential(json.dumps(secured).encode(), options)


class _NoNetwork:
    def fetch(self, url: str) -> Any:  # noqa: ANN401  # it never returns
        """Raise: nothing is fetched.

        Raises:
            LookupError: always.
        """
        raise LookupError(url)


def _spelled(name: str, records: list[dict[str, Any]]) -> bytes:
    return json.dumps({name: records}, ensure_ascii=False).encode()


def _authority(code: str, number: int) -> dict[str, Any]:
    limits = {"issue": {"fields": ["07", "08", "09", "10"]}, "attest": {"occupations": ["5", "7", "8", "9"]}}
    return {
        "id": _authority_id(code, number),
        "names": {"en": f"Skills Council {number} of {code}"},
        "contact": f"recognition{number}@{code.lower()}.example",
        "answersWithinDays": 30,
        "by": _authority_id(code, 0) if number else "",
        "mandates": [{"action": action, "scope": scope, "periods": [_SINCE]} for action, scope in limits.items()],
    }


def _authority_id(code: str, number: int) -> str:
    return f"urn:comity:{code}:authority:{number}"


def _issuer(code: str, number: int) -> dict[str, Any]:
    issuer, place = did(code, number), number % _QUALIFICATIONS
    words = (_pick(_WORDS, number), _pick(_TRADES, number // 7), _pick(_KINDS, number // 3))
    key = Keys().create(f"{issuer}#k1").multibase
    return {
        "slug": f"centre-{number}",
        "did": issuer,
        "names": {"en": f"{' '.join(words)} {number}"},
        "kind": "TrainingProvider",
        "place": f"{_pick(_WORDS, number // 11)} Town",
        "keys": [{"id": "#k1", "publicKeyMultibase": key, "from": "2024-01-01", "until": None, "compromisedSince": None}],
        "accreditations": [
            {
                "id": f"urn:comity:{code}:accreditation:{number}",
                "by": _authority_id(code, number % _AUTHORITIES),
                "action": "issue",
                "scope": {"qualifications": [_qualification(code, place)["id"]], "fields": [_FIELDS[place]], "nqf": ["2", "3"]},
                "periods": [_SINCE],
            }
        ],
    }


def _qualification(code: str, number: int) -> dict[str, Any]:
    return {
        "id": f"urn:comity:{code}:q:{number}@2026",
        "names": {"en": f"{_pick(_TRADES, number)} NC II"},
        "field": _FIELDS[number],
        "nqf": str(2 + number % 2),
        "isco": _OCCUPATIONS[number],
    }


def _rule(code: str, number: int) -> dict[str, Any]:
    """Return a rule of a state for one field and a fifth of the states."""
    first = codes().index(code) + number * 7
    return {
        "id": f"urn:comity:{code}:rule:{number}@1",
        "from": [codes()[(first + step) % STATES] for step in range(1, _ORIGINS + 1)],
        "subject": "training",
        "scope": {"fields": [_pick(_FIELDS, number)]},
        "mode": _pick(("automatic", "conditional", "caseByCase", "none"), number),
        "grants": {"localTitle": {"en": f"counts as {_pick(_TRADES, number)}"}, "nqf": "2"},
        "requires": None,
        "inForce": _SINCE,
        "legalBasis": f"Article {number}",
        "authority": _authority_id(code, 0),
    }


def _stop(code: str, number: int) -> dict[str, Any]:
    return {
        "id": f"urn:comity:{code}:suspension:{number}",
        "of": {"issuer": did(code, number * 31 + 1)},
        "scope": {},
        **_SINCE,
        "affectsIssuedBefore": False,
        "reason": "An inspection.",
        "reviewBy": "2027-01-01",
    }


def _pick(words: tuple[str, ...], number: int) -> str:
    return words[number % len(words)]


def _digest(name: str) -> bytes:
    return sha256(name.encode()).digest()
