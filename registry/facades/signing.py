"""Signs exports with the keys of authorities that lie in this deployment.

What is exported is the same for a minute, and is signed once in it: whoever asks often does not make a key work often.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from credentials.data_integrity import add_proof_set
from credentials.jose import sign_jws
from credentials.keys import KeyStore, PublicKey, Signer
from registry.cases import deciding_authority
from registry.deciding import key_in_use
from registry.errors import NotSignedHereError
from registry.facades.lote import lote
from registry.facades.recognized_entities import recognized_entities
from trust.bundle import Bundle
from trust.records import Authority

Certificates = Callable[[str, PublicKey], tuple[str, ...]]
"""State's code and a key to the chain of the certificate of that key, as `x5c` has it; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Exports:
    """Exports of the lists, signed or not.

    Attributes:
        keys: of the authorities.
        base_url: the public URL, without a trailing slash.
        lasts: for how long after their publishing the lists are current.
        certificates: of the keys that sign lists of trusted entities.
    """

    keys: KeyStore
    base_url: str
    lasts: timedelta
    certificates: Certificates = lambda _state, _key: ()
    _kept: dict[str, tuple[str, datetime, str]] = field(default_factory=dict)

    def entities(self, authority: Authority, bundle: Bundle, now: datetime) -> dict[str, Any]:
        """Return what an authority recognizes, unsigned."""
        return recognized_entities(authority, bundle, self.base_url, now, self.lasts)

    def trusted(self, state: str, bundle: Bundle, now: datetime) -> dict[str, Any]:
        """Return a state's list of trusted entities, unsigned."""
        return lote(bundle.states[state], bundle, self.base_url, now, self.lasts)

    def secured_entities(self, authority: Authority, bundle: Bundle, now: datetime) -> str:
        """Return what an authority recognizes as a credential that it has secured (VC Data Integrity), as JSON.

        Raises:
            NotSignedHereError: its key does not lie here.
        """

        def sign(minute: datetime) -> str:
            signer = self._signer(authority, minute)
            secured = add_proof_set(self.entities(authority, bundle, minute), signer, created=minute)
            return json.dumps(secured, ensure_ascii=False)

        return self._once(authority.id, bundle, now, sign)

    def signed_list(self, state: str, bundle: Bundle, now: datetime) -> str:
        """Return a state's list of trusted entities as a compact JWS (ETSI TS 119 602 clause 6.8, TS 119 182-1).

        With a certificate of the key it is of JAdES baseline B; without, `kid` names the key, which stands in the signed lists.

        Raises:
            NotSignedHereError: no key that signs for the state lies here.
            MalformedValueError: the state has no authority that signs.
        """

        def sign(minute: datetime) -> str:
            signer = self._signer(deciding_authority(bundle, state), minute)
            chain = self.certificates(state, signer.public_key)
            named: Mapping[str, object] = {"x5c": list(chain)} if chain else {}
            header = {"kid": signer.verification_method, "iat": int(minute.timestamp()), **named}
            payload = json.dumps(self.trusted(state, bundle, minute), ensure_ascii=False).encode()
            return sign_jws(payload, signer, typ="JOSE", header=header)

        return self._once(state, bundle, now, sign)

    def _signer(self, authority: Authority, now: datetime) -> Signer:
        method = authority.did + key_in_use(authority, now).id if authority.did else ""
        if method not in self.keys.verification_methods():
            raise NotSignedHereError(f"the key of {authority.id} does not lie here; add ?unsigned=true for what is not signed")
        return self.keys.signer(method)

    def _once(self, name: str, bundle: Bundle, now: datetime, sign: Callable[[datetime], str]) -> str:
        minute = max(now.replace(second=0, microsecond=0), bundle.published.replace(microsecond=0))
        kept = self._kept.get(name)
        if kept is None or kept[:2] != (bundle.hash, minute):
            kept = self._kept[name] = (bundle.hash, minute, sign(minute))
        return kept[2]
