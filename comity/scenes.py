"""What a certificate is worth, told in scenes that a border post could play without a network.

A partnership of four fictional states with keys of its own, made afresh each time and thrown away: its lists are signed and carried
in a zip, status lists are taken along, and every certificate is signed, verified and asked about as a real one is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from comity.cli.files import read_json
from comity.cli.output import say
from comity.clock import now
from comity.compose import ROOT
from credentials.data_integrity import add_proof_set, proofs_of
from credentials.encoding import b64url_encode
from credentials.errors import FetchError, MalformedValueError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner, PublicKey, Signer, generate_private_key
from credentials.status.bitstring import StatusList, status_list_credential
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from issuer_api.documents import PURPOSES, Award, Place, build
from registry.deciding import Signing
from registry.endorsing import issue_endorsement
from registry.founding import build_files, state_codes
from registry.publishing import Publisher
from trust.anchoring import short_hash
from trust.bundle import Bundle, open_bundle
from trust.endorsements import co_certification
from trust.outcomes import Outcome, PartiallyRecognised, Recognised
from trust.recognition import Dossier, recognize
from trust.wording import words
from web.bundle_sources import BundleZip, pack
from web.pages import Pages

EXAMPLES: Final = ROOT / "examples"
LISTS: Final = EXAMPLES / "scenes" / "partnership"
SCHOOL: Final = "sunder-bay-care"
INSTITUTE: Final = "belmora-trades"
SHIPYARD: Final = "harborline-shipyard"
HOST: Final = "https://scenes.example"
WORKER: Final = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
"""Whom two papers name: the certificate and the attestation of the one who comes home."""
_NOT: Final = {"undecided": "no decision yet", "unknown": "could not be told", "refused": "refused", "invalid": "not valid"}
_ISSUED_BEFORE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FreshKeys:
    """Keys that are made when first asked for, and kept nowhere."""

    made: dict[str, InMemorySigner] = field(default_factory=dict, repr=False)

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        """Make a key; one that exists is returned."""
        made = InMemorySigner(verification_method, generate_private_key(algorithm), algorithm)
        return self.made.setdefault(verification_method, made).public_key

    def signer(self, verification_method: str) -> Signer:
        """Return the signer of a key."""
        self.create(verification_method)
        return self.made[verification_method]

    def verification_methods(self) -> tuple[str, ...]:
        """Return the names of all keys, sorted."""
        return tuple(sorted(self.made))


@dataclass(frozen=True, slots=True)
class Stick:
    """What was taken along: status lists by their address. There is no network."""

    lists: dict[str, bytes] = field(default_factory=dict)

    def fetch(self, url: str) -> Fetched:
        """Return a status list that was taken along.

        Raises:
            FetchError: it was not.
        """
        if url not in self.lists:
            raise FetchError(f"{url} is not on the stick, and there is no network")
        return Fetched(url, self.lists[url], "application/vc")


@dataclass(frozen=True, slots=True)
class Stage:
    """The partnership of the scenes.

    Attributes:
        folder: keeps the zips that a border post takes along.
        lists: where the lists are published.
        pages: for words.
        began: when the scenes began, whole seconds.
        keys: of issuers, authorities and roles.
        stick: the status lists.
    """

    folder: Path
    lists: Path
    pages: Pages
    began: datetime
    keys: FreshKeys = field(default_factory=FreshKeys)
    stick: Stick = field(default_factory=Stick)

    @property
    def issued(self) -> date:
        """The day on which the certificates of the scenes were issued."""
        return (self.began - _ISSUED_BEFORE).date()

    def files(self) -> dict[str, Any]:
        """Return the lists as JSON, by target path."""
        return {path: json.loads(content) for path, content in build_files(LISTS, self._keys_of).items()}

    def publish(self, files: Mapping[str, Any], name: str, at: datetime) -> Bundle:
        """Sign the lists, carry them away in a zip, and return what is read from the zip at that moment."""
        publisher = Publisher(self.lists, self.keys)
        content = {path: json.dumps(document, ensure_ascii=False).encode() for path, document in files.items()}
        publisher.publish(content, state_codes(LISTS), now=at)
        pack(self.lists, self.folder / name)
        return open_bundle(BundleZip(self.folder / name), root=publisher.root(), now=at)

    def award(self, slug: str, programme: Mapping[str, Any], award: Award, index: int) -> dict[str, Any]:
        """Return an unsigned credential of an issuer, with its place in the status lists."""
        place = Place(f"{HOST}/status/{slug}-1", index)
        document = build(did(slug), slug, programme, award, place, self.issued)
        self._take_status_lists(slug, place)
        return document

    def signed(self, slug: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a credential with the proofs of its issuer's key, as of the day that it names."""
        created = datetime.fromisoformat(document["validFrom"])
        return add_proof_set(document, self.keys.signer(f"{did(slug)}#k1"), created=created)

    def verified(self, document: Mapping[str, Any], lists: Bundle, at: datetime) -> VerificationResult:
        """Return the report on a credential, without a network."""
        return verify_credential(
            json.dumps(document).encode(), VerificationOptions(now=at, fetcher=self.stick, known_keys=lists.listed_keys())
        )

    def _keys_of(self, slug: str) -> tuple[str, Mapping[str, str]]:
        return did(slug), {"#k1": self.keys.create(f"{did(slug)}#k1").multibase}

    def _take_status_lists(self, slug: str, place: Place) -> None:
        for purpose in PURPOSES:
            url = place.list_url(purpose)
            if url in self.stick.lists:
                continue
            until = self.began + timedelta(days=7)
            bits = StatusList.from_indices(frozenset())
            document = status_list_credential(
                url, issuer=did(slug), purpose=purpose, status_list=bits, valid_from=self.began, valid_until=until
            )
            secured = add_proof_set(document, self.keys.signer(f"{did(slug)}#k1"), created=self.began)
            self.stick.lists[url] = json.dumps(secured).encode()


def did(slug: str) -> str:
    """Return the DID of an issuer of the scenes."""
    return f"did:web:scenes.example:issuers:{slug}"


def play_scenes(pages: Pages, folder: Path) -> dict[str, str]:
    """Play every scene, and return what came of each: scene and state to the code of the step that decided."""
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory() as lists:
        stage = Stage(folder, Path(lists), pages, now().replace(microsecond=0))
        first = stage.publish(stage.files(), "lists.zip", stage.began)
        return dict(
            (
                *_three_states(stage, first),
                *_coming_home(stage, first),
                *_joint(stage, first),
                *_certified_together(stage, first),
                *_closing(stage, stage.files()),
            )
        )


Told = tuple[str, str]


def _three_states(stage: Stage, lists: Bundle) -> Iterator[Told]:
    say("\n   One worker, three states, no network: the lists come from a zip on a stick, lists.zip")
    certificate = stage.signed(SCHOOL, _care(stage, ("Najma Akter", "নাজমা আক্তার"), 1))
    dossier = Dossier(stage.verified(certificate, lists, stage.began))
    for state in ("XB", "XC", "XD"):
        yield f"one worker, {state}", _ask(stage, lists, dossier, state, stage.began)


def _coming_home(stage: Stage, lists: Bundle) -> Iterator[Told]:
    say("\n   A worker comes home to Aravel with a certificate from Belmora and an attestation of work from Calentia")
    programme = _programme("scenes/programmes/welding-4.json")
    award = Award(("Yusuf Haddad", "يوسف حدّاد"), stage.issued, "XB-BTI-2026-0007")
    certificate = stage.award(INSTITUTE, programme, award, 7)
    told = read_json(EXAMPLES / "work" / "yusuf-haddad.json")
    names = tuple(told.pop("names"))
    work = {name: value for name, value in told.items() if name not in {"issuer", "form"}}
    attestation = stage.award(SHIPYARD, _programme("forms/work-experience.json"), Award(names, stage.issued, "", work=work), 3)
    for slug, document in ((INSTITUTE, certificate), (SHIPYARD, attestation)):
        document["credentialSubject"]["id"] = WORKER
        document.update(stage.signed(slug, document))
    main, shown = (stage.verified(document, lists, stage.began) for document in (certificate, attestation))
    yield "comes home, certificate alone", _ask(stage, lists, Dossier(main), "XA", stage.began, "the certificate alone")
    yield "comes home, both", _ask(stage, lists, Dossier(main, (shown,)), "XA", stage.began, "with the attestation beside it")


def _joint(stage: Stage, lists: Bundle) -> Iterator[Told]:
    say("\n   A programme that Aravel and Belmora drew up together, awarded by a centre in each under the one definition")
    programme = _programme("scenes/programmes/joint-home-care.json")
    for number, (slug, person) in enumerate(((SCHOOL, "Rahima Begum"), (INSTITUTE, "Lena Varga")), start=20):
        document = stage.award(slug, programme, Award((person,), stage.issued, f"JOINT-{number}"), number)
        dossier = Dossier(stage.verified(stage.signed(slug, document), lists, stage.began))
        for state in ("XA", "XB"):
            yield f"joint, {slug}, {state}", _ask(stage, lists, dossier, state, stage.began, f"awarded by {slug}")


def _certified_together(stage: Stage, lists: Bundle) -> Iterator[Told]:
    say("\n   One certificate, certified by several parties: each endorses the very same paper")
    certificate = stage.signed(SCHOOL, _care(stage, ("Najma Akter", "নাজমা আক্তার"), 1))
    main, signing = stage.verified(certificate, lists, stage.began), Signing(stage.keys, stage.stick, stage.began)
    papers: list[VerificationResult] = []
    for authority in ("urn:comity:XB:authority:skills-office", "urn:comity:XC:authority:labour-skills-board"):
        papers.append(stage.verified(issue_endorsement(certificate, authority, lists, signing), lists, stage.began))
        found = co_certification(Dossier(main, tuple(papers)), stage.began, bundle=lists, now=stage.began)
        if found is None:
            raise MalformedValueError("a certificate that holds has been certified by its own state")
        names = ", ".join(lists.states[code].names["en"] for code in found.certified)
        say(f"     {stage.pages.text('en', found.step.message, **found.step.params)} ({names})")
        yield f"certified by {len(found.certified)}", found.step.code


def _closing(stage: Stage, files: dict[str, Any]) -> Iterator[Told]:
    say("\n   The school closes and its key is stolen; Aravel publishes the roll of what the school had issued (lists-after.zip)")
    honest = stage.signed(SCHOOL, _care(stage, ("Najma Akter", "নাজমা আক্তার"), 1))
    closed = now()
    _close(files, [honest], closed)
    later = closed + timedelta(seconds=2)
    lists = stage.publish(files, "lists-after.zip", later)
    stolen = stage.signed(SCHOOL, _care(stage, ("Somebody Else",), 1))
    for who, document in (("an honest graduate", honest), ("a thief, with the school's key and an old date", stolen)):
        dossier = Dossier(stage.verified(document, lists, later))
        yield f"closed school, {who}", _ask(stage, lists, dossier, "XB", later, who)


def _close(files: dict[str, Any], honest: list[dict[str, Any]], closed: datetime) -> None:
    """End the school's approvals and its key from a moment on, and accept by a roll what it had issued."""
    moment = closed.isoformat()
    [school] = [record for record in files["states/XA/issuers.json"]["issuers"] if record["slug"] == SCHOOL]
    for accreditation in school["accreditations"]:
        accreditation["periods"][-1] |= {"until": moment, "untilRecordedAt": moment}
    school["keys"][0]["compromisedSince"] = moment
    accepted: dict[str, dict[str, str]] = {}
    for document in honest:
        [entry, *_] = document["credentialStatus"]
        stem = entry["statusListCredential"].removesuffix(f"-{entry['statusPurpose']}")
        value = str(proofs_of(document)[0]["proofValue"])
        accepted.setdefault(stem, {})[entry["statusListIndex"]] = b64url_encode(short_hash(value))
    files["states/XA/closing-rolls.json"] = {"closing-rolls": [{"issuer": did(SCHOOL), "accepted": accepted}]}


def _care(stage: Stage, names: tuple[str, ...], index: int) -> dict[str, Any]:
    programme = _programme("programmes/caregiving-nc2.json")
    return stage.award(SCHOOL, programme, Award(names, stage.issued, f"XA-SBC-2026-{index:04}"), index)


def _programme(path: str) -> dict[str, Any]:
    return read_json(EXAMPLES / path)


def _ask(stage: Stage, lists: Bundle, dossier: Dossier, state: str, at: datetime, what: str = "") -> str:
    """Ask a state, say the answer with the reason that decided, and return that reason's code."""
    outcome = recognize(dossier, state, at, bundle=lists, now=at)
    decisive, pages = outcome.chain[-1], stage.pages
    name = lists.states[state].names["en"]
    say(f"     {name:<9} {_headline(outcome)}{f' ({what})' if what else ''}")
    say(f"               {pages.text('en', decisive.message, **words(decisive, lists, 'en'))}")
    for condition in outcome.conditions if isinstance(outcome, PartiallyRecognised) else ():
        say(f"               still needed: {condition.texts['en']}")
    return decisive.code


def _headline(outcome: Outcome) -> str:
    if isinstance(outcome, Recognised):
        return f"recognised as {outcome.granted.local_titles['en']}"
    if isinstance(outcome, PartiallyRecognised):
        return f"recognised in part as {outcome.granted.local_titles['en']}"
    return {"undecided": "no decision yet", "unknown": "could not be told", "refused": "refused", "invalid": "not valid"}[
        outcome.kind
    ]
