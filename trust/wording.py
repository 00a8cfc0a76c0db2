"""The names behind the identifiers in a step, in a language: what a page puts into the step's sentence."""

from __future__ import annotations

from collections.abc import Mapping

from trust.bundle import Bundle
from trust.outcomes import Step


def words(step: Step, bundle: Bundle, language: str) -> dict[str, str]:
    """Return the step's params with identifiers replaced by names of the lists; what has no name stays as it is."""
    known: dict[str, Mapping[str, str]] = {
        **{code: state.names for code, state in (*bundle.states.items(), *bundle.elsewhere.items())},
        **{authority.id: authority.names for authority in bundle.authorities.values()},
        **{issuer.did: issuer.names for issuer in bundle.issuers.values()},
        **{qualification.id: qualification.names for qualification in bundle.qualifications.values()},
    }
    return {key: _named(known.get(value), value, language) for key, value in step.params.items()}


def _named(names: Mapping[str, str] | None, value: str, language: str) -> str:
    return value if names is None else names.get(language) or names.get("en") or value
