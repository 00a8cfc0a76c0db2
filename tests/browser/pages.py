"""The one list of pages: each is walked in Chromium in every language, width and scheme that matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from sqlmodel import col, select

from issuer_api.classroom import ask, open_class, open_classroom
from issuer_api.cohorts import cohorts, import_cohort
from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from issuer_api.programmes import programmes
from issuer_api.tables import Issued
from tests.browser import desk, figures
from tests.browser.showing import Show, answer, kept, opened, reached, rule_tried, rule_with_conditions, shared, wallet_with
from tests.conftest import Served


@dataclass(frozen=True)
class Page:
    """A page: its name, its path in a running deployment, who must sign in, and how it is reached when not by its path.

    Whoever must sign in is the registrar, or the officer of a state with that role.
    """

    name: str
    path: Callable[[Served], str] = str
    signed_in: bool = False
    officer: str = ""
    show: Show | None = None


def fixed(path: str) -> Callable[[Served], str]:
    return lambda _: path


def first_credential(served: Served, slug: str = "sunder-bay-care", place: int = 0) -> str:
    """Return what the row at a place of the demonstration's class has now: a certificate that gave way has no row."""
    issuer = served.demonstrated.composition.issuer
    mine = (Issued.organisation == slug, col(Issued.row_number).is_not(None))
    with issuer.database.session() as session:
        found = session.exec(select(Issued.id).where(*mine).order_by(col(Issued.row_number)).offset(place)).first()
    assert found is not None
    return found


def classroom_code(served: Served) -> tuple[str, str]:
    """Return a class that learners ask to be in, one of whom waits, and the code that is open for it."""
    issuer = served.demonstrated.composition.issuer
    cohort = open_class(issuer, "sunder-bay-care", "caregiving-nc2")
    code = open_classroom(issuer, "sunder-bay-care", cohort, awarded_on=issuer.clock().date()).code
    ask(issuer, code, {"name": "Najma Akter", "name_native": "নাজমা আক্তার"})
    return cohort, code


def claim_path(served: Served) -> str:
    issuer = served.demonstrated.composition.issuer
    credential = first_credential(served)
    _, subject = find_issued(issuer, "sunder-bay-care", credential)
    return claim_url(issuer, credential, subject).removeprefix(served.base_url)


def authorize_path(served: Served) -> str:
    """Return the authorization page's path, with the request of a wallet that does not push it."""
    issuer, slug = served.demonstrated.composition.issuer, "sunder-bay-care"
    asked = {
        "response_type": "code",
        "client_id": "a-wallet",
        "redirect_uri": "https://wallet.example/back",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "scope": programmes(issuer, slug)[0]["id"],
    }
    return f"/issuers/{slug}/authorize?{urlencode(asked)}"


CENTRE: Final = "/issuer/sunder-bay-care"
SCHOOL: Final = "tarimba-welding"
SMALL_LIST: Final = Path(__file__).parents[2] / "examples" / "cohorts" / "welding-small.csv"


def signed_class(served: Served) -> str:
    """Return the demonstration's class: 27 certificates are signed, three rows need the registrar."""
    [cohort] = cohorts(served.demonstrated.composition.issuer, "sunder-bay-care")
    return f"{CENTRE}/classes/{cohort.id}"


def class_to_sign(served: Served) -> str:
    """Return a class of which nothing is signed."""
    issuer = served.demonstrated.composition.issuer
    report = import_cohort(issuer, SCHOOL, "smaw-nc2", SMALL_LIST.read_bytes(), SMALL_LIST.name)
    return f"/issuer/{SCHOOL}/classes/{report.id}"


def certificate(served: Served, act: str = "") -> str:
    return f"{CENTRE}/certificates/{first_credential(served).removeprefix('urn:uuid:')}{act}"


ANSWERS: Final = (
    "recognised",
    "work elsewhere",
    "partly, several things",
    "level only",
    "undecided",
    "refused",
    "stopped at home",
    "no state",
    "withdrawn",
    "on hold",
    "ended",
    "not yet",
    "forged",
    "stranger",
    "another course",
    "no status list",
    "key that cannot be had",
)
"""One case of `tests.verifier.cases` for each verdict; work looks different."""

PAGES: Final = (
    Page("front", fixed("/")),
    Page("scan", fixed("/verify")),
    Page("ask a wallet", fixed("/verify/ask")),
    Page("what counts where", fixed("/registry")),
    Page("figures for planning", fixed("/registry/statistics")),
    Page("released figures", figures.released),
    Page("sign in", fixed("/sign-in")),
    Page("sign in by link", lambda served: served.sign_in_path()),
    Page("nothing here", fixed("/no-such-page")),
    Page("empty wallet", fixed("/wallet")),
    Page("claim", claim_path),
    Page("claim for another wallet", lambda served: f"{claim_path(served)}/other-wallet"),
    Page("wallet that asks for a certificate", authorize_path),
    Page("claim that is unknown", fixed("/claim/AAAAAAAAAAAAAAAAAAAAAA")),
    Page("share link that is unknown", fixed("/s/AAAAAAAAAAAAA")),
    Page("account", fixed("/account"), signed_in=True),
    Page("people", fixed("/organisations/sunder-bay-care/people"), signed_in=True),
    Page("who did what", fixed("/organisations/sunder-bay-care/acts"), signed_in=True),
    Page("which centre", fixed("/issuer"), signed_in=True),
    Page("what waits", fixed(CENTRE), signed_in=True),
    Page("classes", fixed(f"{CENTRE}/classes"), signed_in=True),
    Page("second person", fixed(f"/issuer/{SCHOOL}/second-person"), signed_in=True),
    Page("bring a list", fixed(f"/issuer/{SCHOOL}/classes/new"), signed_in=True),
    Page("class", signed_class, signed_in=True),
    Page("several certificates", lambda served: f"{signed_class(served)}/certificates/withdraw?row=2&row=3&row=4", signed_in=True),
    Page("look at one", lambda served: f"{class_to_sign(served)}/look", signed_in=True),
    Page("sign and print", lambda served: f"{signed_class(served)}/sign", signed_in=True),
    Page("slips to hand out", lambda served: f"{signed_class(served)}/hand-out", signed_in=True),
    Page("find a certificate", fixed(f"{CENTRE}/certificates?name=Cruz"), signed_in=True),
    Page("certificate", certificate, signed_in=True),
    Page("withdraw", lambda served: certificate(served, "/withdraw"), signed_in=True),
    Page("programmes", fixed(f"{CENTRE}/programmes"), signed_in=True),
    Page("programme", fixed(f"{CENTRE}/programmes/caregiving-nc2"), signed_in=True),
    Page("change a programme", fixed(f"{CENTRE}/programmes/caregiving-nc2/change"), signed_in=True),
    Page("learners who ask", lambda served: f"{CENTRE}/classes/{classroom_code(served)[0]}/classroom", signed_in=True),
    Page("ask in the classroom", lambda served: f"/class/{classroom_code(served)[1]}"),
    Page("design a certificate", fixed(f"{CENTRE}/programmes/caregiving-nc2/design"), signed_in=True),
    Page("attest work", fixed("/issuer/harborline-shipyard/work/work-experience"), signed_in=True),
    Page("history", fixed(f"{CENTRE}/history"), signed_in=True),
    Page("how a centre gets trusted", fixed("/registry/apply?state=XA")),
    Page("how an application stands", lambda served: f"/registry/applications/{desk.application(served)}"),
    Page("why a cell", fixed("/registry/cell?qualification=urn:comity:XA:q:CAREGIVING-NC-II@2026&state=XC")),
    Page("ask a state to decide", fixed("/registry/ask?state=XC")),
    Page("how a case stands", lambda served: f"/registry/cases/{desk.case(served)}"),
    Page("what was decided", lambda served: f"/registry/cases/{desk.decided_case(served)}"),
    Page("front of an officer", fixed("/"), officer="assessor"),
    Page("what waits for an authority", lambda served: desk.DESK if desk.change(served) else "", officer="assessor"),
    Page("application", lambda served: f"{desk.DESK}/applications/{desk.application(served)}", officer="assessor"),
    Page("centres of a state", fixed(f"{desk.DESK}/centres"), officer="assessor"),
    Page("centre of a state", fixed(desk.CENTRE), officer="assessor"),
    Page("end an approval", fixed(f"{desk.CENTRE}/end?accreditation={desk.APPROVAL}"), officer="assessor"),
    Page("suspend a centre", fixed(f"{desk.CENTRE}/suspend"), officer="assessor"),
    Page("change before a second person", desk.change, officer="approver"),
    Page("what a state recognises", fixed(f"{desk.DESK}/rules"), officer="assessor"),
    Page("write a rule", fixed(f"{desk.DESK}/rules/write?rule=urn:comity:XA:rule:1@1"), officer="assessor"),
    Page("rule with every kind of condition", officer="assessor", show=rule_with_conditions),
    Page("rule that was tried", officer="assessor", show=rule_tried),
    Page("whom a suspension reaches", officer="assessor", show=reached),
    Page("people who wait for a decision", lambda served: f"{desk.DESK}/cases" if desk.case(served) else "", officer="assessor"),
    Page("decide", lambda served: f"{desk.DESK}/cases/{desk.case(served)}", officer="assessor"),
    Page("what is to be endorsed", fixed(f"{desk.DESK}/endorsements"), officer="assessor"),
    Page("endorse", desk.award, officer="assessor"),
    Page("lists and keys", fixed(f"{desk.DESK}/lists"), officer="signer"),
    Page("figures of a state", fixed(f"{desk.DESK}/figures"), officer="signer"),
    Page("cost-sharing statement", figures.statement, officer="signer"),
    *(Page(f"answer: {name}", show=answer(name)) for name in ANSWERS),
    Page("wallet", show=wallet_with(claim_path)),
    Page("kept certificate", show=kept(claim_path)),
    Page("share", show=kept(claim_path, "/share")),
    Page("remove", show=kept(claim_path, "/remove")),
    Page("open link", show=shared(claim_path)),
    Page("stopped link", show=shared(claim_path, stopped=True)),
    Page("share link without its key", show=opened(claim_path)),
)
