"""An authority at work in a real browser, without scripts: from a centre's application to the answer that employers get."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from comity.cli.issuing_commands import add_issuer
from comity.demo import EXAMPLES
from issuer_api.cohorts import import_cohort
from issuer_api.issuing import credential_json, issue_cohort
from issuer_api.programmes import define_programme
from tests.browser.desk import DESK, officer_path
from tests.conftest import Served
from web.people import add_member, create_person, create_sign_in_link

pytestmark = pytest.mark.browser
SLUG: Final = "lowland-care"
UNKNOWN: Final = "Signed, but the centre is not in the register"
COUNTS: Final = "Recognised in Belmora"


def found_centre(served: Served) -> str:
    """Make a centre with a programme, which no state has approved; return its DID."""
    composition = served.demonstrated.composition
    record = json.loads((EXAMPLES / "issuers" / "sunder-bay-care.json").read_bytes())
    did = add_issuer(composition, record | {"slug": SLUG, "name": "Lowland Care School", "place": "Lowland"})
    programme = json.loads((EXAMPLES / "programmes" / "caregiving-nc2.json").read_bytes())
    define_programme(composition.issuer, SLUG, programme | {"issuer": SLUG, "id": "lowland-nc2", "number": "XA-LCS"})
    return did


def award(served: Served, name: str) -> bytes:
    """Issue a certificate of the centre; return its file."""
    issuer = served.demonstrated.composition.issuer
    today = f"{issuer.clock():%Y-%m-%d}"
    report = import_cohort(issuer, SLUG, "lowland-nc2", f"name,awarded_on\n{name},{today}\n".encode(), f"{name}.csv")
    [credential] = issue_cohort(issuer, SLUG, report.id)
    return credential_json(issuer, SLUG, credential)


@pytest.fixture
def at_desk(browser: Browser, served: Served) -> Callable[..., Any]:
    """Open a browser without scripts in which an officer has signed in by their link, and come to the desk."""

    @contextmanager
    def opened(link: str, state: str = "Aravel") -> Iterator[Page]:
        context = browser.new_context(locale="en-GB", java_script_enabled=False)
        tab = context.new_page()
        tab.goto(served.base_url + link)
        tab.click("form button")
        expect(tab.locator("h1")).to_have_text("What waits")
        expect(tab.locator(".masthead__house")).to_have_text(state)
        yield tab
        context.close()

    return opened


@pytest.fixture
def outside(browser: Browser) -> Iterator[Page]:
    """The browser of somebody who has no account."""
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()


def verdict(tab: Page, served: Served, content: bytes, state: str) -> str:
    """Return what an employer in a state reads who checks a certificate's file."""
    tab.goto(f"{served.base_url}/verify")
    tab.select_option("#state", state)
    tab.set_input_files("#file", {"name": "certificate.json", "mimeType": "application/json", "buffer": content})
    tab.click("form[enctype] button:not([type=button])")
    return tab.locator(".verdict h1").inner_text()


def test_from_the_application_to_another_answer_for_employers(served: Served, outside: Page, at_desk: Callable[..., Any]) -> None:
    did = found_centre(served)
    certificate = award(served, "Ana Bell")
    assert verdict(outside, served, certificate, "XB") == UNKNOWN

    outside.goto(f"{served.base_url}/registry")
    outside.click("text=How does a centre get trusted?")
    for name, text in (("name", "Lowland Care School"), ("place", "Lowland"), ("contact", "office@lowland.example"), ("did", did)):
        outside.fill(f"#{name}", text)
    outside.check("text=Caregiving NC II")
    outside.fill("#evidence", "Four nurses teach here.")
    outside.click("text=Send the application")
    expect(outside.locator("[aria-current=step]")).to_contain_text("The authority looks at it")
    standing = outside.url

    with at_desk(officer_path(served, "assessor")) as assessor:
        assessor.click("text=Lowland Care School")
        assessor.fill("#question", "Who teaches first aid?")
        assessor.click("button:has-text('Ask the centre')")
        expect(assessor.locator(".talk")).to_contain_text("Who teaches first aid?")
        application = assessor.url
        outside.reload()
        outside.fill("#answer", "Nurse Lowe does.")
        outside.click("text=Send the answer")
        expect(outside.locator("h1")).to_have_text("The application waits for the authority")
        assessor.goto(application)
        expect(assessor.locator(".talk")).to_contain_text("Nurse Lowe does.")
        assessor.click("text=Propose the approval")
        expect(assessor.locator("[role=alert]")).to_contain_text("say why, in plain words")
        assessor.fill("#reason", "It teaches well.")
        assessor.click("text=Propose the approval")
        expect(assessor.locator("h1")).to_have_text("Approve a centre")
        expect(assessor.locator("button:has-text('Sign the change')")).to_have_count(0)
        change = assessor.url
    outside.reload()
    expect(outside.locator("[aria-current=step]")).to_contain_text("Two people decide")

    with at_desk(officer_path(served, "approver")) as approver:
        approver.click("text=Approve a centre")
        assert approver.url == change
        expect(approver.locator("#aff ~ dl dd").first).to_have_text("1")
        approver.click("button:has-text('Sign the change')")
        expect(approver.locator(".tag").first).to_contain_text("goes out with the next lists")
    assert verdict(outside, served, certificate, "XB") == UNKNOWN

    with at_desk(officer_path(served, "signer")) as signer:
        signer.click("text=See what goes out")
        expect(signer.locator("main")).to_contain_text("Lowland Care School")
        signer.click("text=Sign and publish")
        expect(signer.locator("main")).to_contain_text("Nothing changed.")

    outside.goto(standing)
    expect(outside.locator("h1")).to_have_text("The centre was approved")
    expect(outside.locator(".steps .is-done")).to_have_count(4)
    assert verdict(outside, served, certificate, "XB") == COUNTS


def link_of(served: Served, name: str, role: str, state: str) -> str:
    """Add an officer of another state; return their sign-in link."""
    people = served.demonstrated.composition.people
    with people.database.write() as session:
        person = create_person(session, name, people.clock())
        assert person.id is not None
        add_member(session, person.id, f"state.{state}", role)
        return f"/sign-in/{create_sign_in_link(session, person.id, people.clock())}"


def test_a_person_asks_and_two_officials_decide(served: Served, outside: Page, at_desk: Callable[..., Any]) -> None:
    issuer = served.demonstrated.composition.issuer
    report = import_cohort(issuer, "tarimba-welding", "smaw-nc2", b"name,awarded_on\nYara Dell,2026-11-02\n", "one.csv")
    [credential] = issue_cohort(issuer, "tarimba-welding", report.id)
    content = credential_json(issuer, "tarimba-welding", credential)
    outside.goto(f"{served.base_url}/registry")
    outside.click("td.m-undecided a")
    outside.click("text=Ask a state to decide")
    outside.set_input_files("#file", {"name": "certificate.json", "mimeType": "application/json", "buffer": content})
    outside.fill("#note", "I have welded for six years.")
    outside.click("button:has-text('Ask for a decision')")
    expect(outside.locator("h1")).to_have_text("Calentia has not decided yet")

    with at_desk(link_of(served, "Mira Solberg", "assessor", "XC"), state="Calentia") as writer:
        writer.click("text=Yara Dell")
        expect(writer.locator("main")).to_contain_text("I have welded for six years.")
        expect(writer.locator(".tag").first).to_have_text("No decision yet")
        writer.check("text=Recognised in part")
        writer.fill("#title-en", "Welder")
        writer.fill("#basis", "Article 7(4)")
        writer.click("text=Put it before a second person")
        expect(writer.locator("[role=alert]")).to_be_visible()
        expect(writer.locator("#title-en")).to_have_value("Welder")
        writer.fill("#more-en", "a test of skill")
        writer.click("text=Put it before a second person")
        expect(writer.locator("h1")).to_have_text("Decide on a certificate")
    with at_desk(link_of(served, "Jon Vale", "approver", "XC"), state="Calentia") as approver:
        approver.click("text=Decide on a certificate")
        expect(approver.locator("main")).to_contain_text("a test of skill")
        approver.click("button:has-text('Sign the change')")
        expect(approver.locator(".tag").first).to_contain_text("the person has it")

    outside.reload()
    expect(outside.locator("h1")).to_have_text("Recognised in part")
    with outside.expect_download() as download:
        outside.click("text=Save the decision")
    decision = json.loads(download.value.path().read_bytes())
    assert decision["credentialSubject"]["recognitionDecision"]["outcome"] == "partly"
    assert decision["issuer"]["id"].endswith(":registry:authorities:labour-skills-board")


def test_nobody_without_the_role_sees_the_desk(served: Served, outside: Page) -> None:
    outside.goto(served.base_url + served.sign_in_path())
    outside.click("form button")
    outside.goto(served.base_url)
    expect(outside.locator(f"a[href='{DESK}']")).to_have_count(0)
    answer = outside.goto(served.base_url + DESK)
    assert answer is not None
    assert answer.status == 404
