"""What Comity issues, independent implementations verify, and the other way round; what was changed, everybody refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from credentials.dids import did_document
from tests.conftest import Demonstrated
from tests.credentials.test_schema import example
from tests.credentials.world import WEB_DID, WEB_SEED, WEB_URL, Outside, report, secured, web_signer
from tests.independent.peer import Documents, NodePeer, PeerRefusedError, node_key, openvc_issue, openvc_verify
from tests.strategies import changed

pytestmark = pytest.mark.node
OURS: Final = {WEB_DID: did_document(WEB_DID, {"k1": web_signer().public_key})}
SUITES: Final = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
KINDS: Final = ("training-credential", "work-experience-credential")
TAMPERED: Final[tuple[tuple[tuple[str | int, ...], object], ...]] = (
    (("id",), "urn:uuid:00000000-0000-8000-8000-000000000000"),
    (("name",), "Master of the sea"),
    (("issuer", "name"), "Somebody else"),
    (("validFrom",), "2020-01-01T00:00:00Z"),
    (("validUntil",), ...),
    (("credentialSubject", "name", 0, "@value"), "Somebody Else"),
    (("credentialSubject", "name", 0, "@language"), "sw"),
    (("credentialStatus", 0, "statusListIndex"), "1"),
    (("credentialSchema", "id"), "urn:other"),
    (("credentialSubject", "favouriteColour"), "blue"),
)


def with_proof(document: Mapping[str, Any], cryptosuite: str) -> dict[str, Any]:
    """Return the document with one proof of its set: a proof set's proofs hold each on its own."""
    [proof] = [proof for proof in document["proof"] if proof["cryptosuite"] == cryptosuite]
    return {**document, "proof": proof}


@pytest.fixture(scope="module")
def issued(demonstrated: Demonstrated) -> dict[str, dict[str, Any]]:
    """Return one credential of each kind that the demonstration issued."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(demonstrated.files.glob("*.json")):
        document = json.loads(path.read_bytes())
        found[KINDS["WorkExperienceCredential" in document["type"]]] = document
    return found


@pytest.fixture(scope="module")
def documents(demonstrated: Demonstrated) -> Documents:
    """Return the DID documents that the demonstration wrote."""
    written = [json.loads(path.read_bytes()) for path in demonstrated.files.rglob("did.json")]
    return {document["id"]: document for document in written}


@pytest.mark.parametrize("kind", KINDS)
def test_the_node_peer_verifies_what_comity_issued(
    node: NodePeer, issued: dict[str, dict[str, Any]], documents: Documents, kind: str
) -> None:
    now = datetime.now(UTC)
    assert [proof["cryptosuite"] for proof in issued[kind]["proof"]] == list(SUITES)
    assert node.verify(issued[kind], documents, now) == ["eddsa-rdfc-2022"]


@pytest.mark.parametrize("kind", KINDS)
def test_openvc_verifies_what_comity_issued(issued: dict[str, dict[str, Any]], documents: Documents, kind: str) -> None:
    verified = openvc_verify(with_proof(issued[kind], "eddsa-jcs-2022"), documents, datetime.now(UTC))
    assert verified == "data-integrity:eddsa-jcs-2022"


def simplified(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Return JSON in which language tags are lower case and no direction is said: all that `openvc-core` canonicalizes."""
    if isinstance(value, list):
        return [simplified(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: simplified(inner) for name, inner in value.items() if name != "@direction"}
    return kept | ({"@language": kept["@language"].lower()} if "@language" in kept else {})


@pytest.mark.parametrize("kind", KINDS)
def test_openvc_verifies_the_canonical_form_where_it_can_make_it(
    issued: dict[str, dict[str, Any]], documents: Documents, kind: str
) -> None:
    with pytest.raises(PeerRefusedError, match=r"compacted form|does not verify"):
        openvc_verify(with_proof(issued[kind], "eddsa-rdfc-2022"), documents, datetime.now(UTC))
    document = simplified({name: value for name, value in issued[kind].items() if name != "proof"})
    document["issuer"]["id"] = WEB_DID
    verified = openvc_verify(secured(document, web_signer(), [SUITES[0]]), OURS, datetime.now(UTC))
    assert verified == "data-integrity:eddsa-rdfc-2022"


@pytest.mark.parametrize(("path", "value"), TAMPERED, ids=lambda part: "/".join(map(str, part)) if isinstance(part, tuple) else "")
@pytest.mark.parametrize("kind", KINDS)
def test_the_peers_refuse_what_was_changed_after_comity_issued_it(
    node: NodePeer, issued: dict[str, dict[str, Any]], documents: Documents, kind: str, path: tuple[str | int, ...], value: object
) -> None:
    now = datetime.now(UTC)
    tampered = changed(issued[kind], path, value)
    with pytest.raises(PeerRefusedError):
        node.verify(tampered, documents, now)
    for cryptosuite in SUITES:
        with pytest.raises(PeerRefusedError):
            openvc_verify(with_proof(tampered, cryptosuite), documents, now)


Issue = Callable[[dict[str, Any]], dict[str, Any]]


def peers(node: NodePeer) -> dict[str, Issue]:
    """Return what issues with the key of a did:web, by name of peer and suite."""
    made = datetime(2026, 11, 20, tzinfo=UTC)

    def by_node(document: dict[str, Any]) -> dict[str, Any]:
        return node.issue(document, node_key(web_signer(), WEB_SEED), OURS)

    def by_openvc(document: dict[str, Any]) -> dict[str, Any]:
        return openvc_issue(simplified(document), web_signer(), "eddsa-rdfc-2022", made)

    def by_openvc_jcs(document: dict[str, Any]) -> dict[str, Any]:
        """Return it with `@context` in the proof, where vc-di-eddsa §3.3.1 puts it: the peer signs it and leaves it out."""
        secured = openvc_issue(document, web_signer(), "eddsa-jcs-2022", made)
        assert "@context" not in secured["proof"]
        assert not report(secured, outside()).verified
        return secured | {"proof": secured["proof"] | {"@context": document["@context"]}}

    return dict(zip(PEERS, (by_node, by_openvc, by_openvc_jcs), strict=True))


def outside() -> Outside:
    return Outside({WEB_URL: json.dumps(OURS[WEB_DID]).encode()})


def theirs(name: str) -> dict[str, Any]:
    """Return an example as a centre of a peer would issue it: without a status that nobody here serves."""
    document = example(name)
    document["issuer"]["id"] = WEB_DID
    del document["credentialStatus"], document["credentialSchema"]
    return document


PEERS: Final = ("@digitalbazaar/vc", "openvc-core eddsa-rdfc-2022", "openvc-core eddsa-jcs-2022")


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("kind", KINDS)
def test_comity_verifies_what_a_peer_issued_and_refuses_what_was_changed_in_it(node: NodePeer, kind: str, peer: str) -> None:
    document = peers(node)[peer](theirs(kind))
    result = report(document, outside())
    assert result.verified, result.to_json()
    for path, value in TAMPERED:
        if path[0] in document or path[-1] == "favouriteColour":
            tampered = changed(document, path, value)
            assert tampered != document
            assert not report(tampered, outside()).is_genuine, path
