"""A state's issuers as a list of trusted entities (ETSI TS 119 602, JSON binding), for whoever reads that.

One service for each accreditation, with its status now and the history before it; keys as JSON Web Keys. The list is flat: who
stands above whom, and what other states recognize, is in the signed lists alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from trust.bundle import Bundle
from trust.periods import Period
from trust.records import Accreditation, IssuerRecord, State

_VERSION: Final = 1
_ALL_HISTORY: Final = 65_535  # days; says that nothing is left out (TS 119 602 clause 6.3)
_TERMS: Final = "https://comity.example/lote"
_STATUS: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"


def lote(state: State, bundle: Bundle, base_url: str, now: datetime, lasts: timedelta) -> dict[str, Any]:
    """Return a state's list.

    Args:
        state: whose issuers.
        bundle: the lists.
        base_url: where they are served.
        now: the moment; what begins later is left out.
        lasts: for how long after their publishing the lists are current.
    """
    issuers = sorted((entry for entry in bundle.issuers.values() if entry.state == state.code), key=lambda entry: entry.did)
    entities = [_entity(issuer, services, base_url) for issuer in issuers if (services := list(_services(issuer, now)))]
    listed = {"TrustedEntitiesList": entities} if entities else {}
    return {"LoTE": {"ListAndSchemeInformation": _scheme(state, bundle, base_url, lasts), **listed}}


def _scheme(state: State, bundle: Bundle, base_url: str, lasts: timedelta) -> dict[str, Any]:
    return {
        "LoTEVersionIdentifier": _VERSION,
        "LoTESequenceNumber": bundle.version,
        "LoTEType": f"{_TERMS}/accredited-issuers",
        "SchemeOperatorName": _texts(state.names),
        "SchemeName": _texts(bundle.agreement),
        "SchemeInformationURI": [{"lang": "en", "uriValue": f"{base_url}/registry"}],
        "StatusDeterminationApproach": f"{_TERMS}/signed-lists",
        "SchemeTerritory": state.code,
        "HistoricalInformationPeriod": _ALL_HISTORY,
        "ListIssueDateTime": _zulu(bundle.published),
        "NextUpdate": _zulu(bundle.published + lasts),
        "DistributionPoints": [f"{base_url}/registry/lote/{state.code}"],
    }


def _entity(issuer: IssuerRecord, services: list[dict[str, Any]], base_url: str) -> dict[str, Any]:
    address = {"lang": "en", "StreetAddress": issuer.place, "Locality": issuer.place, "Country": issuer.state}
    return {
        "TrustedEntityInformation": {
            "TEName": _texts(issuer.names),
            "TEAddress": {"TEPostalAddress": [address], "TEElectronicAddress": [{"lang": "en", "uriValue": issuer.did}]},
            "TEInformationURI": [{"lang": "en", "uriValue": f"{base_url}/registry"}],
        },
        "TrustedEntityServices": services,
    }


def _services(issuer: IssuerRecord, now: datetime) -> Iterator[dict[str, Any]]:
    for entry in issuer.accreditations:
        said = [(at, status) for at, status in _turns(entry.periods) if at <= now]
        if said:
            newest, *before = [_instance(issuer, entry, at, status) for at, status in reversed(said)]
            history = {"ServiceHistory": before} if before else {}
            yield {"ServiceInformation": newest, **history}


def _turns(periods: tuple[Period, ...]) -> list[tuple[datetime, str]]:
    """Return when a service was granted and withdrawn, in order; a period that follows on another withdraws nothing."""
    turns: list[tuple[datetime, str]] = []
    for period in sorted(periods, key=lambda period: period.start):
        if turns and turns[-1] == (period.start, "withdrawn"):
            turns.pop()
        else:
            turns.append((period.start, "granted"))
        if period.end is not None:
            turns.append((period.end, "withdrawn"))
    return turns


def _instance(issuer: IssuerRecord, entry: Accreditation, at: datetime, status: str) -> dict[str, Any]:
    return {
        "ServiceTypeIdentifier": f"{_TERMS}/{entry.action}",
        "ServiceName": _texts(issuer.names),
        "ServiceDigitalIdentity": {
            "PublicKeyValues": [{**key.public_key.jwk(), "kid": issuer.did + key.id} for key in issuer.keys if at in key.period],
            "OtherIds": [issuer.did],
        },
        "ServiceStatus": f"{_STATUS}{status}",
        "StatusStartingTime": _zulu(at),
    }


def _texts(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"lang": language, "value": text} for language, text in names.items()]


def _zulu(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
