from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from comity.compose import Composition
from issuer_api.tables import Cohort, Issued
from tests.comity.conftest import Command, class_of


def test_certificates_are_corrected_and_many_are_changed_together(demo: Command, data: Path, tmp_path: Path) -> None:
    first, second, third = (path.stem for path in class_of(data)[:3])
    corrected = demo("correct", first, "--name", "Amina Right", "--json")
    assert (corrected.status, corrected.json["replaces"]) == (0, f"urn:uuid:{first}")
    assert demo("correct", first, "--name", "Amina Right", "--json").json == corrected.json
    assert demo("correct", second).status == 2
    assert "in its place" in demo("correct", second, "--anew").out
    listed = tmp_path / "ids.txt"
    listed.write_text(f"{first}\n\nurn:uuid:{third}\n")
    changed = demo("statuses", "suspend", listed, "--reason", "checking", "--json")
    assert [one["outcome"] for one in changed.json] == ["withdrawn", "changed"]
    assert changed.status == 1
    assert demo("statuses", "reinstate", listed, "--reason", "checked").out.splitlines()[1].startswith("changed")
    listed.write_text("urn:uuid:nobody\n")
    assert demo("statuses", "revoke", listed, "--reason", "x").status == 2
    listed.write_text("\n")
    assert demo("statuses", "revoke", listed, "--reason", "x").status == 2


def test_mails_and_figures_are_told(demo: Command, composition: Composition) -> None:
    with composition.issuer.database.session() as session:
        cohort = session.exec(select(Cohort)).first()
        assert cohort is not None
        slug, name = cohort.organisation, cohort.id
        issued = len(session.exec(select(Issued.id).where(Issued.organisation == slug)).all())
    told = demo("mails", slug, name, "--json")
    assert (told.status, told.json["queued"], told.json["states"]) == (0, 0, {})
    assert "0 mails were queued" in demo("mails", slug, name).out
    refused = demo("mails", slug, name, "--send", "en")
    assert (refused.status, refused.err) == (1, "comity: this server sends no mail\n")
    counted = demo("figures", slug, "--json")
    assert counted.json["issued"] == issued
    assert sum(month["issued"] for month in counted.json["months"]) == issued
    assert f"{issued} issued" in demo("figures", slug).out
    assert demo("figures", "nobody").status == 2
