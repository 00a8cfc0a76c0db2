"""Lists that several sign, each where the key lies; lists that travel."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from comity.compose import Composition
from credentials.verify import VerificationOptions, verify_credential
from registry import cases
from registry.statistics_periods import quarter_of
from registry.statistics_releasing import releases
from registry.statistics_rows import decisions
from tests.comity.conftest import EXAMPLES, Command, Ran, class_of
from trust.recognition import Dossier, recognize

LISTS = EXAMPLES / "partnership"
At = Callable[..., Ran]


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    return shutil.copytree(LISTS, tmp_path / "lists")


@pytest.fixture
def at(tmp_path: Path, comity: Command, monkeypatch: pytest.MonkeyPatch) -> At:
    """Run a command on the machine of that name, which has a data folder of its own."""

    def run(machine: str, *arguments: object) -> Ran:
        with monkeypatch.context() as here:
            here.setenv("COMITY_DATA", str(tmp_path / machine))
            if not (tmp_path / machine).exists():
                assert comity("init").status == 0
            return comity(*arguments)

    return run


@pytest.fixture
def house(at: At) -> At:
    for path in sorted((EXAMPLES / "issuers").glob("*.json")):
        at("house", "issuer", "add", path)
    return at


def change(lists: Path) -> None:
    (lists / "states" / "XB" / "rules.json").write_text('{"rules": []}')


def test_a_council_signs_on_machines_of_its_own(house: At, lists: Path, tmp_path: Path) -> None:
    keys = [house(name, "registry", "key", "council").out.strip() for name in ("one", "two", "three")]
    assert house("one", "registry", "key", "council").out.strip() == keys[0]
    (lists / "roles.json").write_text(
        json.dumps({"root": {"threshold": 2, "keys": keys}, "state-XB": {"threshold": 1, "keys": keys[2:]}})
    )
    draft = tmp_path / "draft.json"
    exported = house("house", "registry", "export", lists, draft)
    assert (exported.status, "root: 2 more must sign" in exported.out, "state-XB: 1 more" in exported.out) == (0, True, True)
    assert house("house", "registry", "sign", draft).status == 1
    copies = [shutil.copy(draft, tmp_path / f"{name}.json") for name in ("one", "three")]
    signed = house("one", "registry", "sign", copies[0])
    assert (signed.status, "1 signatures were added" in signed.out, "states/XB/rules.json" in signed.out) == (0, True, True)
    first = house("house", "registry", "import", copies[0])
    assert (first.status, "root: 1 more must sign" in first.out) == (1, True)
    assert not (tmp_path / "house" / "bundle" / "metadata").exists()
    assert "2 signatures were added" in house("three", "registry", "sign", copies[1]).out
    assert house("house", "registry", "import", copies[1]).out == "2 signatures were new.\nPublished version 1 of the lists.\n"
    assert "states XA, XB, XC" in house("house", "bundle", "show").out
    change(lists)
    refused = house("house", "bundle", "publish", lists)
    assert (refused.status, "lie elsewhere" in refused.err) == (2, True)
    assert house("house", "registry", "import", draft).status == 2


def test_nothing_new_is_nothing_to_sign(house: At, lists: Path, tmp_path: Path) -> None:
    assert house("house", "bundle", "publish", lists).status == 0
    ran = house("house", "registry", "export", lists, tmp_path / "draft.json")
    assert (ran.status, "Nothing is to be signed" in ran.out) == (0, True)
    assert not (tmp_path / "draft.json").exists()
    assert house("house", "bundle", "refresh").out == "Signed again: version 2 of the lists.\n"


def test_a_draft_whose_files_were_swapped_is_not_signed(house: At, lists: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    house("house", "registry", "export", lists, draft)
    document = json.loads(draft.read_bytes())
    document["files"]["states/XB/rules.json"] = document["files"]["states/XC/rules.json"]
    draft.write_text(json.dumps(document))
    ran = house("house", "registry", "sign", draft)
    assert (ran.status, "not the file that would be signed" in ran.err) == (2, True)
    assert house("house", "registry", "sign", lists / "parties.json").status == 2


def test_lints_stop_what_must_not_be_published(house: At, lists: Path, tmp_path: Path) -> None:
    assert house("house", "bundle", "lint", lists).out == "Nothing to mend.\n"
    path = lists / "states" / "XA" / "issuers.json"
    document = json.loads(path.read_bytes())
    document["issuers"][0]["accreditations"][0]["scope"]["fields"] = ["04"]
    path.write_text(json.dumps(document))
    told = house("house", "bundle", "lint", lists)
    assert (told.status, "WIDER_THAN_MANDATE" in told.out) == (1, True)
    for arguments in (("bundle", "publish", lists), ("registry", "export", lists, tmp_path / "draft.json")):
        ran = house("house", *arguments)
        assert (ran.status, "WIDER_THAN_MANDATE" in ran.out, "Nothing was published" in ran.err) == (2, True, True)
    assert not (tmp_path / "house" / "bundle").exists()


def test_lists_travel_in_a_zip_to_a_machine_without_a_network(house: At, lists: Path, tmp_path: Path) -> None:
    stick, root = tmp_path / "lists.zip", tmp_path / "house" / "pinned-root.json"
    house("house", "bundle", "publish", lists)
    packed = house("house", "bundle", "pack", stick)
    assert (packed.status, packed.out.startswith("Version 1 of the lists, ")) == (0, True)
    assert house("border", "bundle", "fetch", stick).err.startswith("comity: No root is pinned here yet")
    assert "are here now" in house("border", "bundle", "fetch", stick, "--root", root).out
    assert "are here already" in house("border", "bundle", "fetch", stick).out
    assert "version 1" in house("border", "bundle", "show").out
    change(lists)
    house("house", "bundle", "publish", lists)
    older = shutil.copy(stick, tmp_path / "older.zip")
    house("house", "bundle", "pack", stick)
    assert house("border", "bundle", "fetch", stick).out.startswith("Version 2 ")
    back = house("border", "bundle", "fetch", older)
    assert (back.status, "version 2 was seen before" in back.err) == (3, True)
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert "another root" in house("border", "bundle", "fetch", stick, "--root", other).err
    assert "no zip file" in house("border", "bundle", "fetch", tmp_path / "none.zip").err
    assert house("house", "bundle", "pack", tmp_path / "none" / "lists.zip").status == 2


def test_the_lists_of_some_states_travel_alone_and_say_what_they_leave_out(house: At, lists: Path, tmp_path: Path) -> None:
    stick, root = tmp_path / "some.zip", tmp_path / "house" / "pinned-root.json"
    house("house", "bundle", "publish", lists)
    assert house("house", "bundle", "pack", stick, "--states", "XA,XB").status == 0
    assert house("border", "bundle", "fetch", stick, "--root", root).status == 3  # the lists of XC are missing
    assert "2 states" in house("border", "bundle", "fetch", stick, "--root", root, "--states", "XA,XB").out
    assert house("border", "bundle", "fetch", stick).status == 0  # the choice stays
    assert "not kept here: the lists of XC" in house("border", "bundle", "show").out
    assert house("border", "bundle", "fetch", stick, "--all-states").status == 3
    assert json.loads(house("border", "bundle", "show", "--json").out)["elsewhere"] == ["XC"]
    refused = house("house", "bundle", "fetch", stick, "--states", "XA,XB")
    assert (refused.status, "Keys that sign lists lie here" in refused.err) == (2, True)


def test_an_address_inside_is_not_asked(house: At, lists: Path) -> None:
    house("house", "bundle", "publish", lists)
    ran = house("border", "bundle", "fetch", "https://127.0.0.1/trust/bundle", "--root", lists / "parties.json")
    assert (ran.status, ran.out) == (3, "")


def test_an_authority_decides_and_the_decision_counts(demo: Command, data: Path, composition: Composition, tmp_path: Path) -> None:
    certificate, out = class_of(data)[0], tmp_path / "decision.json"
    ran = demo("registry", "decide", certificate, EXAMPLES / "decisions" / "caregiving-xc.json", "--out", out)
    assert (ran.status, ":registry:authorities:labour-skills-board" in ran.out) == (0, True)
    bundle, now = composition.verifier.bundle(), composition.verifier.clock()
    options = VerificationOptions(now=now, fetcher=composition.verifier.fetcher)  # the key comes from the DID's document
    main, decision = (verify_credential(path.read_bytes(), options) for path in (certificate, out))
    assert decision.verified
    alone, decided = (recognize(Dossier(main, more), "XC", now, bundle=bundle, now=now) for more in ((), (decision,)))
    assert (alone.name, decided.name, decided.chain[-1].code) == ("partly-recognised", "recognised", "DECISION_GRANTS")
    [kept] = cases.decided(composition.registry, "XC")
    assert (kept.decision, kept.can_be_withdrawn) == (json.loads(out.read_bytes()), True)
    with composition.registry.database.write("cases") as session:
        cases.withdraw(composition.registry, session, kept.id)
    problem = verify_credential(out.read_bytes(), options).check("status").problem
    assert problem is not None
    assert problem.type.endswith("REVOKED")


def test_nothing_is_decided_about_what_is_not_genuine(demo: Command, data: Path, tmp_path: Path) -> None:
    [tampered] = (data / "demo").glob("*.tampered")
    out = tmp_path / "decision.json"
    ran = demo("registry", "decide", tampered, EXAMPLES / "decisions" / "caregiving-xc.json", "--out", out)
    assert (ran.status, out.exists(), "Do not rely" in ran.out) == (1, False, True)


def test_a_party_endorses_an_award_and_the_parties_are_counted(demo: Command, data: Path, tmp_path: Path) -> None:
    award, out = class_of(data)[0], tmp_path / "endorsement.json"
    ran = demo("registry", "endorse", award, "urn:comity:XC:authority:labour-skills-board", "--comment", "As agreed.", "--out", out)
    assert (ran.status, ":registry:authorities:labour-skills-board" in ran.out) == (0, True)
    assert json.loads(out.read_bytes())["credentialSubject"]["endorsementComment"] == "As agreed."
    ran = demo("verify", award, "--with", out)
    assert (ran.status, "Certified by 2 of 3 parties" in ran.out, "(Aravel, Calentia)" in ran.out) == (0, True, True)
    told = json.loads(demo("verify", award, "--with", award, "--compared", "--json").out)
    assert (told["coCertification"]["certified"], told["compared"]) == (["XA"], True)
    assert "coCertification" in json.loads(demo("verify", award, "--json").out)
    assert demo("registry", "withdraw", out, "--reason", " ").status == 2
    assert demo("registry", "withdraw", award, "--reason", "Not visited.").status == 2
    ran = demo("registry", "withdraw", out, "--reason", "Not visited.")
    assert (ran.status, ran.out) == (0, "Withdrawn: the endorsement by urn:comity:XC:authority:labour-skills-board\n")
    assert demo("registry", "withdraw", out, "--reason", "Not visited.").status == 2
    told = json.loads(demo("verify", award, "--with", out, "--json").out)
    assert told["coCertification"]["certified"] == ["XA"]


def test_an_endorsement_without_a_place_in_the_list_cannot_be_withdrawn(demo: Command, data: Path, tmp_path: Path) -> None:
    award, out = class_of(data)[0], tmp_path / "endorsement.json"
    board = "urn:comity:XC:authority:labour-skills-board"
    assert demo("registry", "endorse", award, board, "--final", "--out", out).status == 0
    assert "credentialStatus" not in json.loads(out.read_bytes())
    assert demo("registry", "withdraw", out, "--reason", "Not visited.").status == 2


def test_a_status_list_is_signed_only_by_whom_the_lists_name_for_that_centre(
    demo: Command, data: Path, composition: Composition, tmp_path: Path
) -> None:
    award = json.loads(class_of(data)[0].read_bytes())
    address = award["credentialStatus"][0]["statusListCredential"]
    newest, out = tmp_path / "list.json", tmp_path / "signed.json"
    newest.write_bytes(composition.verifier.fetcher.fetch(address).content)
    council = "urn:comity:XA:authority:nsc"
    ran = demo("registry", "status-list", newest, award["issuer"]["id"], council, "--out", out)
    assert (ran.status, "the lists do not let" in ran.err) == (2, True)
    for content, centre in ((b"{}", award["issuer"]["id"]), (newest.read_bytes(), "did:web:somebody.example")):
        newest.write_bytes(content)
        ran = demo("registry", "status-list", newest, centre, council, "--out", out)
        assert (ran.status, "is no genuine status list" in ran.out) == (1, True)
        newest.write_bytes(composition.verifier.fetcher.fetch(address).content)
    assert not out.exists()


def test_nobody_endorses_what_is_not_genuine_or_not_current(demo: Command, data: Path, tmp_path: Path) -> None:
    [tampered] = (data / "demo").glob("*.tampered")
    withdrawn = class_of(data)[0]
    demo("revoke", withdrawn.stem, "--reason", "issued in error")
    for award in (tampered, withdrawn):
        out = tmp_path / "endorsement.json"
        ran = demo("registry", "endorse", award, "urn:comity:XC:authority:labour-skills-board", "--out", out)
        assert (ran.status, out.exists()) == (1, False)


def test_a_decision_by_command_is_counted_and_a_state_releases_its_figures_once(
    demo: Command, data: Path, composition: Composition, tmp_path: Path
) -> None:
    out, now = tmp_path / "decision.json", composition.registry.clock()
    asked = (now - timedelta(days=40)).date().isoformat()
    ruling = EXAMPLES / "decisions" / "caregiving-xc.json"
    assert demo("registry", "decide", class_of(data)[0], ruling, "--asked", asked, "--out", out).status == 0
    with composition.registry.database.session() as session:
        [row] = decisions(session, "XC", quarter_of(now.date()))
    assert (row.origin, row.outcome, row.without, row.days) == ("XA", "recognised", "RULE_CONDITIONAL", 40)
    last_year = str(now.year - 1)
    ran = demo("registry", "release", "xa", last_year)
    assert (ran.status, ran.out.startswith("Released: ")) == (0, True)
    assert [(one.state, one.period) for one in releases(composition.registry.database)] == [("XA", last_year)]
    assert demo("registry", "release", "XA", last_year).status != 0
    assert demo("registry", "release", "XA", quarter_of(now.date()).name).status != 0
    assert demo("registry", "release", "XX", last_year).status != 0
