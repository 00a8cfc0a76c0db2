"""The keys of a training centre through time: by the commands, and by what the verifier says of its certificates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from alembic import command as migrate
from alembic.config import Config

from comity.certified_signers import certificates_of, certified_key
from comity.clock import now
from comity.compose import ROOT, compose
from comity.settings import Settings
from credentials.encoding import b64url_encode
from credentials.keys import PublicKey
from credentials.verify import VerificationOptions, verify_credential
from credentials.x509 import certify, pem_of
from issuer_api.archive import archive
from issuer_api.certified_keys import certified_signer
from issuer_api.cohorts import import_cohort
from issuer_api.errors import KeyCompromisedError, KeyRetiredError, NoSigningKeyError
from issuer_api.issuing import credential_json, issue_cohort
from issuer_api.keys import key_signer
from issuer_api.organisations import organisation, published_document
from issuer_api.service import Purpose
from tests.comity.conftest import EXAMPLES, Command, class_of
from trust.anchoring import short_hash
from trust.outcomes import NotRecognised, StepOutcome
from trust.recognition import Dossier, recognize
from web.db import open_engine

SLUG = "sunder-bay-care"
DID = f"did:web:localhost%3A8000:issuers:{SLUG}"


@dataclass
class Centre:
    """The demonstration's training centre, and certificates that it issues as of some days ago."""

    comity: Command
    data: Path
    lists: Path

    def issue(self, name: str, *, days_ago: int = 0) -> Path:
        """Issue a certificate to a person, by the key that signs, as of some days ago; return its file."""
        moment = now() - timedelta(days=days_ago)
        composition = compose(Settings(data=self.data), clock=lambda: moment)
        content = f"name,awarded_on\n{name},{moment:%Y-%m-%d}\n".encode()
        cohort = import_cohort(composition.issuer, SLUG, "caregiving-nc2", content, "list.csv").id
        [credential] = issue_cohort(composition.issuer, SLUG, cohort)
        path = self.data / f"{name}.json"
        path.write_bytes(credential_json(composition.issuer, SLUG, credential))
        composition.close()
        return path

    def publish(self) -> None:
        assert self.comity("bundle", "publish", self.lists).status == 0

    def verdict(self, path: Path) -> tuple[int, str]:
        """Return the exit status and the verdict."""
        ran = self.comity("verify", path, "--state", "XB", "--json")
        assert ran.err == ""
        return ran.status, ran.json["verdict"]

    def outcome(self, path: Path) -> tuple[str, set[str]]:
        """Return of what kind it is that a state does not recognise a certificate, and the reasons that are not good."""
        composition = compose(Settings(data=self.data))
        lists, at = composition.verifier.bundle(), now()
        options = VerificationOptions(now=at, fetcher=composition.verifier.fetcher, known_keys=lists.listed_keys())
        outcome = recognize(Dossier(verify_credential(path.read_bytes(), options)), "XB", at, bundle=lists, now=at)
        composition.close()
        assert isinstance(outcome, NotRecognised)
        bad = {step.code for step in outcome.chain if step.outcome in (StepOutcome.FAILED, StepOutcome.UNKNOWN)}
        return outcome.kind, bad

    def states(self) -> dict[str, str]:
        return {key["id"]: key["state"] for key in self.comity("keys", "show", SLUG, "--json").json}

    def listed(self) -> dict[str, dict[str, Any]]:
        """Return the centre's keys as the folder's lists would be published now."""
        composition = compose(Settings(data=self.data))
        published = json.loads(composition.registry.publisher.current()["states/XA/issuers.json"])
        composition.close()
        [record] = [issuer for issuer in published["issuers"] if issuer["did"].endswith(f":{SLUG}")]
        return {key["id"]: key for key in record["keys"]}


def signed_by(path: Path) -> set[str]:
    proofs = json.loads(path.read_bytes())["proof"]
    return {"#" + proof["verificationMethod"].partition("#")[2] for proof in proofs}


@pytest.fixture
def centre(demo: Command, data: Path, tmp_path: Path) -> Centre:
    return Centre(demo, data, copytree(EXAMPLES / "partnership", tmp_path / "lists"))


def test_after_a_rotation_old_and_new_certificates_are_good(centre: Centre) -> None:
    old = class_of(centre.data)[0]
    ran = centre.comity("keys", "rotate", SLUG)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"k2 signs for {SLUG} from now on.\n  k1: retired since {now():%Y-%m-%d}\n")
    assert centre.states() == {"#k1": "retired", "#k2": "active"}
    new = centre.issue("Nadia")
    assert (signed_by(old), signed_by(new)) == ({"#k1"}, {"#k2"})
    assert centre.verdict(new) == (3, "unknown")  # the lists do not name the key yet
    centre.publish()
    for path in (old, new):
        assert centre.verdict(path) == (0, "recognized")
    listed = centre.listed()
    assert (listed["#k1"]["until"] is not None, listed["#k2"]["until"]) == (True, None)
    assert centre.comity("doctor").status == 0
    shown = centre.comity("keys", "show", SLUG).out.splitlines()
    assert [line.split()[:2] for line in shown] == [["k1", "retired"], ["k2", "active"]]


def test_what_a_retired_key_signs_later_is_refused(centre: Centre) -> None:
    centre.comity("keys", "rotate", SLUG)
    composition = compose(Settings(data=centre.data))
    with pytest.raises(KeyRetiredError, match=f"k1 of {SLUG} signs nothing more"):
        key_signer(composition.issuer, SLUG, "k1")
    composition.close()


def test_in_an_overlap_the_old_key_may_still_sign_and_is_ended_by_hand(centre: Centre) -> None:
    ran = centre.comity("keys", "rotate", SLUG, "--overlap", "7")
    assert f"k1: retiring until {now() + timedelta(days=7):%Y-%m-%d}" in ran.out
    composition = compose(Settings(data=centre.data))
    assert key_signer(composition.issuer, SLUG, "k1").verification_method.endswith(f":{SLUG}#k1")
    composition.close()
    assert signed_by(centre.issue("Nadia")) == {"#k2"}
    retired = centre.comity("keys", "retire", SLUG, "k1")
    assert (retired.status, retired.out.partition("\n")[0]) == (
        0,
        f"k1 of {SLUG} signs nothing more: retired since {now():%Y-%m-%d}.",
    )
    assert centre.states() == {"#k1": "retired", "#k2": "active"}
    again = centre.comity("keys", "retire", SLUG, "#k1")
    assert (again.status, again.out) == (0, retired.out)


def test_the_key_that_signs_is_not_ended_before_there_is_another(centre: Centre) -> None:
    ran = centre.comity("keys", "retire", SLUG, "k1")
    assert (ran.status, f"Make the next one first: comity keys rotate {SLUG}" in ran.err) == (1, True)
    assert centre.states() == {"#k1": "active"}


def test_of_a_stolen_key_what_is_later_is_refused_and_what_is_older_needs_a_proof(centre: Centre) -> None:
    old, late = centre.issue("Older", days_ago=20), centre.issue("Later", days_ago=2)
    centre.publish()
    assert {centre.verdict(path) for path in (old, late)} == {(0, "recognized")}
    since = now() - timedelta(days=5)
    ran = centre.comity("keys", "compromised", SLUG, "k1", "--since", f"{since:%Y-%m-%d}")
    assert ran.status == 0
    assert ran.out.startswith(f"k1 of {SLUG} is known to be stolen since {since:%Y-%m-%d}. It signs nothing more.\n")
    assert "\n  1 are older; those that k1 signed count where" in ran.out
    assert f"Make the next key: comity keys rotate {SLUG}\n" in ran.out
    assert centre.comity("keys", "rotate", SLUG).status == 0
    centre.publish()
    assert {centre.verdict(path) for path in (old, late)} == {(3, "unknown")}
    assert centre.outcome(late) == ("invalid", {"KEY_NOT_IN_USE", "KEY_COMPROMISED"})
    assert centre.outcome(old) == ("unknown", {"KEY_COMPROMISED"})
    new = centre.issue("Newest")
    assert centre.verdict(new) == (0, "recognized")
    _accept_on_a_roll(centre, old, late)
    centre.publish()
    assert centre.verdict(old) == (0, "recognized")
    assert centre.outcome(late) == ("invalid", {"KEY_NOT_IN_USE"})  # not even a state's mistake makes it good


def test_what_the_log_held_before_the_theft_stays_good_in_its_archive_form(centre: Centre) -> None:
    path = centre.issue("Anchored")
    centre.publish()
    composition = compose(Settings(data=centre.data))
    kept = centre.data / "archive.json"
    kept.write_bytes(archive(composition.issuer, SLUG, json.loads(path.read_bytes())["id"]))
    composition.close()
    assert centre.comity("keys", "compromised", SLUG, "k1", "--since", now().isoformat()).status == 0
    centre.comity("keys", "rotate", SLUG)
    centre.publish()
    assert centre.verdict(path) == (3, "unknown")
    assert centre.verdict(kept) == (0, "recognized")


def _accept_on_a_roll(centre: Centre, *paths: Path) -> None:
    """Let the home state publish the roll of what it accepts as issued before the theft."""
    accepted: dict[str, dict[str, str]] = {}
    for document in (json.loads(path.read_bytes()) for path in paths):
        entry, proof = document["credentialStatus"][0], document["proof"][0]
        stem = entry["statusListCredential"].removesuffix(f"-{entry['statusPurpose']}")
        accepted.setdefault(stem, {})[entry["statusListIndex"]] = b64url_encode(short_hash(proof["proofValue"]))
    roll = {"closing-rolls": [{"issuer": document["issuer"]["id"], "accepted": accepted}]}
    (centre.lists / "states" / "XA" / "closing-rolls.json").write_text(json.dumps(roll))


def test_while_the_only_key_is_stolen_nothing_is_signed(centre: Centre) -> None:
    centre.comity("keys", "compromised", SLUG, "k1", "--since", f"{now():%Y-%m-%d}")
    doctor = centre.comity("doctor")
    assert (doctor.status, f"{SLUG} has no key that may sign" in doctor.out) == (1, True)
    with pytest.raises(NoSigningKeyError, match="comity keys rotate"):
        centre.issue("Nadia")
    composition = compose(Settings(data=centre.data))
    with pytest.raises(KeyCompromisedError, match="known to be stolen"):
        key_signer(composition.issuer, SLUG, "k1")
    composition.close()
    centre.comity("keys", "rotate", SLUG)
    assert centre.comity("doctor").status == 0
    assert centre.states() == {"#k1": "compromised", "#k2": "active"}


def test_a_theft_is_moved_to_an_earlier_day_and_never_taken_back(centre: Centre) -> None:
    first, earlier = now() - timedelta(days=3), now() - timedelta(days=9)

    def say(day: str) -> tuple[int, str]:
        ran = centre.comity("keys", "compromised", SLUG, "k1", "--since", day)
        return ran.status, ran.err

    assert say(f"{first:%Y-%m-%d}") == (0, "")
    assert say(f"{first:%Y-%m-%d}") == (0, "")
    assert say(f"{earlier:%Y-%m-%d}") == (0, "")
    status, told = say(f"{first:%Y-%m-%d}")
    assert (status, "that is not taken back" in told) == (1, True)
    status, told = say(f"{now() + timedelta(days=2):%Y-%m-%d}")
    assert (status, "lies in the future" in told) == (2, True)
    status, told = say("last Tuesday")
    assert (status, "--since is 'last Tuesday'; it should be a day" in told) == (2, True)
    [key] = centre.comity("keys", "show", SLUG, "--json").json
    assert key["compromisedSince"] == key["until"] == f"{earlier:%Y-%m-%d}T00:00:00+00:00"
    assert f"k1   compromised since {earlier:%Y-%m-%d}" in centre.comity("keys", "show", SLUG).out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("show", "nobody"), 2, "there is no issuer 'nobody'"),
        (("rotate", "nobody"), 2, "there is no issuer 'nobody'"),
        (("retire", SLUG, "k7"), 2, f"{SLUG} has no key 'k7'"),
        (("retire", SLUG, "first"), 2, f"{SLUG} has no key 'first'"),
        (("compromised", SLUG, "k7", "--since", "2026-01-01"), 2, f"{SLUG} has no key 'k7'"),
        (("rotate", SLUG, "--overlap", "-1"), 2, "--overlap is a number of days, 0 to 366"),
        (("rotate", SLUG, "--overlap", "367"), 2, "--overlap is a number of days, 0 to 366"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_changes(centre: Centre, arguments: tuple[str, ...], status: int, told: str) -> None:
    before = centre.states()
    ran = centre.comity("keys", *arguments)
    assert (ran.status, ran.out, told in ran.err) == (status, "", True)
    assert centre.states() == before


def test_an_upgrade_records_the_keys_of_issuers_from_before(deployed: Command, data: Path) -> None:
    deployed("issuer", "add", EXAMPLES / "issuers" / f"{SLUG}.json")
    before = deployed("keys", "show", SLUG).out
    config = Config()
    config.set_main_option("script_location", str(ROOT / "comity" / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = open_engine(f"sqlite:///{data / 'comity.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        migrate.downgrade(config, "0001")
    engine.dispose()
    refused = deployed("keys", "show", SLUG)
    assert (refused.status, "comity init --upgrade" in refused.err) == (2, True)
    assert deployed("init", "--upgrade").status == 0
    assert deployed("keys", "show", SLUG).out == before


def test_keys_are_listed_with_their_public_halves(deployed: Command) -> None:
    assert deployed("keys", "list").out == "There are no signing keys yet; each issuer gets its own: comity issuer add FILE\n"
    assert deployed("keys", "list", "--json").json == []
    deployed("issuer", "add", EXAMPLES / "issuers" / f"{SLUG}.json")
    [key] = deployed("keys", "list", "--json").json
    assert key["verificationMethod"] == f"{DID}#k1"
    assert key["publicKeyMultibase"].startswith("z6Mk")
    assert deployed("keys", "list").out == f"{key['publicKeyMultibase']}  {DID}#k1\n"


def certify_for(centre: Centre, fragment: str) -> PublicKey:
    """Put a certificate of a key where the command says, and return the key."""
    composition = compose(Settings(data=centre.data))
    key = certified_key(composition.issuer.keys, composition.deployment, SLUG, fragment)
    did, _ = organisation(composition.issuer, SLUG)
    x5c, _ = certify(key, SLUG, starts=now() - timedelta(days=1), ends=now() + timedelta(days=9), did=did, mdocs_of="ZZ")
    file = certificates_of(composition.deployment, SLUG, fragment)
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"-----BEGIN CERTIFICATE-----\n{x5c[0]}\n-----END CERTIFICATE-----\n")
    composition.close()
    return key


def signs_documents(centre: Centre) -> str | None:
    """Return the key that signs the centre's mobile documents."""
    composition = compose(Settings(data=centre.data))
    found = certified_signer(composition.issuer, SLUG, Purpose.MOBILE_DOCUMENTS)
    composition.close()
    return found.fragment if found else None


def test_the_key_of_mobile_documents_is_certified_listed_followed_by_the_next_and_stolen(centre: Centre) -> None:
    shown = centre.comity("keys", "mdoc", SLUG)
    assert (shown.status, shown.out.splitlines()[0]) == (0, "-----BEGIN PUBLIC KEY-----")
    assert centre.comity("keys", "mdoc", SLUG).out == shown.out
    too_early = centre.comity("keys", "mdoc", SLUG, "--next")
    assert (too_early.status, f"mdoc of {SLUG} is not certified yet" in too_early.err) == (2, True)
    assert "#mdoc" not in centre.listed()
    key = certify_for(centre, "mdoc")
    assert (pem_of(key) in shown.out, f"issuers:{SLUG} (as a URI" in shown.out, signs_documents(centre)) == (True, True, "mdoc")
    centre.publish()
    assert centre.listed()["#mdoc"]["publicKeyMultibase"] == key.multibase
    assert centre.verdict(class_of(centre.data)[0]) == (0, "recognized")
    assert centre.comity("doctor").status == 0
    assert centre.comity("keys", "mdoc", "nobody").status == 2
    for_tokens = centre.comity("keys", "x5c", SLUG).out
    assert (for_tokens.startswith("-----BEGIN PUBLIC KEY-----"), f"x5c-{SLUG}.pem" in for_tokens) == (True, True)
    assert pem_of(key) not in for_tokens
    following = centre.comity("keys", "mdoc", SLUG, "--next")
    assert (f"mdoc2-{SLUG}.pem" in following.out, signs_documents(centre)) == (True, "mdoc")
    new = certify_for(centre, "mdoc2")
    assert (pem_of(new) in following.out, signs_documents(centre)) == (True, "mdoc2")
    assert centre.states() == {"#k1": "active", "#mdoc": "certified", "#mdoc2": "certified"}


def test_of_certified_keys_the_stolen_one_signs_nothing_more_and_is_listed_so(centre: Centre) -> None:
    certify_for(centre, "mdoc")
    since = now() - timedelta(days=5)

    def say(key: str, day: datetime) -> tuple[int, str]:
        ran = centre.comity("keys", "compromised", SLUG, key, "--since", f"{day:%Y-%m-%d}")
        return ran.status, ran.out + ran.err

    status, told = say("mdoc", since)
    assert (status, f"Make the next key: comity keys mdoc {SLUG} --next\n" in told) == (0, True)
    assert told.startswith(f"mdoc of {SLUG} is known to be stolen since {since:%Y-%m-%d}. It signs nothing more.\n")
    assert signs_documents(centre) is None
    assert centre.states() == {"#k1": "active", "#mdoc": "compromised"}
    centre.publish()
    listed = centre.listed()["#mdoc"]
    assert listed["compromisedSince"] == listed["until"] == f"{since:%Y-%m-%d}T00:00:00+00:00"
    composition = compose(Settings(data=centre.data))
    document = published_document(composition.issuer, SLUG)
    composition.close()
    assert document["assertionMethod"] == [f"{document['id']}#k1"]
    assert [one["id"] for one in document["verificationMethod"] if "revoked" in one] == [f"{document['id']}#mdoc"]
    assert "Make the next" in say("#mdoc", since - timedelta(days=2))[1]
    for key, day, wanted, words in (
        ("mdoc", since, 1, "that is not taken back"),
        ("mdoc", now() + timedelta(days=2), 2, "lies in the future"),
        ("mdoc2", since, 2, f"{SLUG} has no certified key 'mdoc2'"),
    ):
        status, told = say(key, day)
        assert (status, words in told) == (wanted, True), told
    assert f"mdoc2-{SLUG}.pem" in centre.comity("keys", "mdoc", SLUG, "--next").out
    certify_for(centre, "mdoc2")
    assert signs_documents(centre) == "mdoc2"
