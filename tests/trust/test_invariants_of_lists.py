"""The invariants of chains, the past, versions, thresholds and decisions; and that each of the seventeen has a test so named."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tuf.api.metadata import Metadata, Root

from credentials.keys import Signer
from registry.drafts import RoleSigner
from registry.publishing import Publisher
from tests.trust.logs import anchored
from tests.trust.test_scenarios import deciding, decision, rule
from tests.trust.test_scope_and_periods import SCOPES, SUBJECTS
from tests.trust.world import NOW, Files, Keys, Memory, bundle_of, encoded, published, read_all, result, shipped, training
from trust.accreditation import Standing, paths
from trust.bundle import open_bundle
from trust.list_errors import RolledBackError, WrongSignerError
from trust.outcomes import Kind, NotRecognised, PartiallyRecognised, Recognised
from trust.periods import Period, parse_period
from trust.recognition import Dossier, recognize
from trust.records import Accreditation, Authority, IssuerRecord, Mandate
from trust.scope import Scope, Subject

few = settings(max_examples=20, deadline=None)
EVER: Final[tuple[Period, ...]] = (parse_period("2020-01-01", None),)
MAIN: Final = result(training())
KEPT, HEAD = anchored(MAIN.require().document, recorded="2026-05-11")


def test_every_invariant_has_a_test_of_its_number() -> None:
    named = re.compile(r"def test_invariant_(\d+)_")
    texts = (path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert {int(number) for text in texts for number in named.findall(text)} == set(range(1, 18))


@given(st.lists(SCOPES, min_size=1, max_size=3), SCOPES, SUBJECTS, SUBJECTS)
def test_invariant_1_a_chain_gives_nothing_that_any_of_its_links_does_not(
    mandates: list[Scope], own: Scope, subject: Subject, other: Subject
) -> None:
    chain = [
        Authority(f"a{place}", "XA", {}, "", 30, f"a{place + 1}" if place + 1 < len(mandates) else "", "", (), (given_,))
        for place, given_ in enumerate(Mandate("issue", scope, EVER) for scope in mandates)
    ]
    entry = Accreditation("e", "a0", "issue", own, EVER)
    centre = IssuerRecord("did:x:y", "y", "XA", {}, "TrainingProvider", "", (), (entry,))
    [path] = paths(centre, ("issue",), subject, NOW, {one.id: one for one in chain})
    links = (own, *mandates)
    assert (path.standing is Standing.ACTIVE) == all(scope.covers(subject) for scope in links)
    assert path.scope.covers(other) == all(scope.covers(other) for scope in links)


def ended(files: Files) -> None:
    """Let the approval end after the award."""
    files["states/XA/issuers.json"]["issuers"][1]["accreditations"][0]["periods"][0]["until"] = "2026-08-31"


def left(files: Files) -> None:
    files["partnership/parties.json"]["parties"][0]["until"] = "2026-09-30"


def rotated(files: Files) -> None:
    files["states/XA/issuers.json"]["issuers"][1]["keys"][0]["until"] = "2026-07-01"


def stolen(files: Files) -> None:
    files["states/XA/issuers.json"]["issuers"][1]["keys"][0]["compromisedSince"] = "2026-06-01"


def narrowed(files: Files) -> None:
    """End the mandate above, and begin a narrower one."""
    mandate = files["states/XA/authorities.json"]["authorities"][0]["mandates"][0]
    mandate["periods"][0]["until"] = "2026-06-30"
    later = {**mandate, "scope": {"fields": ["07"]}, "periods": [{"from": "2026-07-01"}]}
    files["states/XA/authorities.json"]["authorities"][0]["mandates"].append(later)


def stopped(files: Files) -> None:
    of = {"issuer": files["states/XA/issuers.json"]["issuers"][1]["did"]}
    stop = {"id": "urn:comity:XA:stop:1", "of": of, "from": "2026-10-01", "affectsIssuedBefore": False, "reason": "x"}
    files["states/XA/suspensions.json"]["suspensions"] = [{**stop, "reviewBy": "2027-01-01"}]


@few
@given(st.sets(st.sampled_from([ended, left, rotated, stolen, narrowed, stopped])))
def test_invariant_2_no_later_change_alters_what_was_awarded_and_anchored_before(changes: set[Any]) -> None:
    files = shipped()
    files["states/XA/log-heads.json"] = {"log-heads": [HEAD]}
    for change in changes:
        change(files)
    lists = bundle_of(files)
    outcome = recognize(Dossier(MAIN, anchors={"": KEPT}), "XB", NOW, bundle=lists, now=NOW)
    assert isinstance(outcome, Recognised), outcome.chain[-1]
    unproven = recognize(Dossier(MAIN), "XB", NOW, bundle=lists, now=NOW)  # rotating a key is no end of anything
    assert isinstance(unproven, Recognised) == (changes <= {rotated})


@cache
def versions(folder: Path) -> tuple[bytes, tuple[Memory, ...]]:
    """Return the root, and the published files as they stood at each of four versions."""
    publisher, files, found = Publisher(folder, Keys()), shipped(), list[Memory]()
    for number in range(4):
        files["states/XB/rules.json"]["rules"][0]["legalBasis"] = f"Article {number}"
        publisher.publish(encoded(files), ("XA", "XB", "XC"), now=NOW)
        found.append(read_all(folder))
    return publisher.root(), tuple(found)


def test_invariant_12_nobody_is_led_back_to_an_older_version(tmp_path: Path) -> None:
    root, found = versions(tmp_path)
    for seen, shown in ((seen, shown) for seen in range(4) for shown in range(4)):
        if shown >= seen:
            assert open_bundle(found[shown], root=root, now=NOW, seen_version=seen + 1).version == shown + 1
        else:
            with pytest.raises(RolledBackError, match="was seen before"):
                open_bundle(found[shown], root=root, now=NOW, seen_version=seen + 1)


def holders(number: int) -> tuple[Signer, ...]:
    return tuple(Keys().signer(f"holder {place}") for place in range(number))


@few
@given(st.data())
def test_invariant_13_fewer_keys_than_the_threshold_change_nothing(data: st.DataObject) -> None:
    """A council of n, of whom k must sign: any new root signed by a set of them is followed from k on, and never by fewer."""
    memory, first = published_once()
    number = data.draw(st.integers(1, 5))
    threshold = data.draw(st.integers(1, number))
    signing = data.draw(st.sets(st.integers(0, number - 1)))
    council = Metadata[Root].from_bytes(first)
    council.signed.roles["root"].keyids.clear()
    for holder in holders(number):
        council.signed.add_key(RoleSigner(holder).public_key, "root")
    council.signed.roles["root"].threshold = threshold
    council.signatures.clear()
    pinned = council.to_bytes()
    council.signed.version = 2
    council.signed.roles["timestamp"].threshold = 1
    for place in signing:
        council.sign(RoleSigner(holders(number)[place]), append=True)
    files = Memory({**memory.files, "metadata/2.root.json": council.to_bytes()})
    if len(signing) >= threshold:
        assert open_bundle(files, root=pinned, now=NOW).version == 1
    else:
        with pytest.raises(WrongSignerError):
            open_bundle(files, root=pinned, now=NOW)


@cache
def published_once() -> tuple[Memory, bytes]:
    return published(shipped())


MODES: Final = st.sampled_from(["automatic", "levelOnly", "conditional", "caseByCase", "none"])
ANSWERS: Final = {"recognised": Recognised, "partly": PartiallyRecognised, "refused": NotRecognised}


@few
@given(MODES, st.sampled_from(sorted(ANSWERS)))
def test_invariant_16_a_decision_wins_over_whatever_the_rules_say(mode: str, decided: str) -> None:
    files = deciding(shipped())
    rule(files, "XC").update(mode=mode)
    bundle = bundle_of(files)
    outcome = recognize(Dossier(MAIN, (decision(MAIN, decided),)), "XC", NOW, bundle=bundle, now=NOW)
    assert isinstance(outcome, ANSWERS[decided])
    assert outcome.chain[-1].code.startswith("DECISION_")
    if isinstance(outcome, NotRecognised):
        assert outcome.kind is Kind.REFUSED
