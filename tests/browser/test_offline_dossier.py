"""Several certificates of one person, read without a network: what one alone does not meet, both together do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from credentials.jose import parse_jws
from registry.publishing import Publisher
from tests.browser import station
from tests.browser.station import answers, installed, paste, verdict
from tests.browser.test_checking import first_file
from tests.browser.test_offline_desk import saved
from tests.browser.test_pages import unreachable, violations
from tests.conftest import Served
from tests.trust.world import Files, Keys, Memory, published
from verifier.receipts import mark_of

pytestmark = pytest.mark.browser
ASKED = [
    {"id": "practice", "texts": {"en": "a year of work"}, "credentialType": "WorkExperienceCredential"},
    {"id": "course", "texts": {"en": "a course or work"}, "credentialType": "WorkExperienceCredential", "maxAgeDays": 3650},
]


def test_two_papers_of_one_person_are_weighed_together_and_a_receipt_names_both(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    lists = _asking_for_work(served)
    training = station.document_of(served, station.digits_of(first_file(served, "-offline.png")))
    work = _work_of(served, training["credentialSubject"]["name"])
    codes = [station.code_of(served, one) for one in (training, work, station.renamed(training, "Somebody Else"))]
    context = browser.new_context(locale="en-GB", viewport={"width": 320, "height": 900})
    context.route("**/trust/bundle/**", lambda route: _answered(route, lists))
    tab = installed(context, served, "XC")
    paste(tab, codes[0])
    expect(verdict(tab)).to_have_text("Recognised in part in Calentia")
    paste(tab, codes[2])
    expect(verdict(tab)).to_have_text("Do not rely on this certificate")
    expect(tab.locator("[data-together]")).to_be_hidden()
    paste(tab, codes[1])
    expect(tab.locator("[data-together-said]")).to_contain_text("2 certificates in the list bear the name Najma Akter.")
    paste(tab, codes[0])
    expect(verdict(tab)).to_have_text("Recognised in part in Calentia")
    assert violations(tab) == []
    assert unreachable(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.click("[data-weigh]")
    expect(verdict(tab)).to_have_text("Recognised in Calentia")
    assert answers(tab)[3] == "Yes"
    expect(tab.locator("[data-together]")).to_be_hidden()
    expect(tab.locator("[data-scans] > li").last).to_contain_text("Najma Akter: Recognised in Calentia")
    tab.click("[data-save-receipt]")
    tab.click("summary:has-text('Receipts')")
    said = parse_jws(saved(tab, "[data-receipts] button >> nth=0", tmp_path), typ=("comity-receipt+jwt",)).claims()
    marks = [mark_of(json.dumps(one).encode()) for one in (training, work)]
    assert [said["certificate"], *said["beside"]] == marks
    assert (said["verdict"], said["compared"]) == ("recognized", True)
    context.close()


def _work_of(served: Served, name: list[Any]) -> dict[str, Any]:
    """Return the demonstration's record of work, with another name on it, signed by the employer."""
    codes = (station.digits_of(path) for path in sorted(served.demonstrated.files.glob("*-offline.png")))
    documents = (station.document_of(served, digits) for digits in codes)
    work = next(one for one in documents if "WorkExperienceCredential" in one["type"])
    return station.signed_by_the_centre(served, {**work, "credentialSubject": {**work["credentialSubject"], "name": name}})


def _asking_for_work(served: Served) -> Memory:
    """Return the deployment's lists, in which Calentia asks carers for certificates of work beside that of the course."""
    held = Publisher(served.demonstrated.composition.deployment.bundle, Keys()).current()
    files: Files = {path: json.loads(content) for path, content in held.items()}
    for rule in files["states/XC/rules.json"]["rules"]:
        rule["requires"] = {"allOf": ASKED}
    lists, _ = published(files, datetime.now(UTC).replace(microsecond=0))
    return lists


def _answered(route: Route, lists: Memory) -> None:
    content = lists.read(route.request.url.partition("/trust/bundle/")[2].partition("?")[0])
    if content is None:
        route.fulfill(status=404)
    else:
        route.fulfill(body=content, content_type="application/json")
