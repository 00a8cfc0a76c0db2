"""The one list of pages: each is walked in Chromium in every language, width and scheme that matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlmodel import col, select

from issuer_api.cohorts import cohorts, import_cohort
from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from issuer_api.tables import Issued
from tests.browser.showing import Show, answer, kept, opened, shared, wallet_with
from tests.conftest import Served


@dataclass(frozen=True)
class Page:
    """A page: its name, its path in a running deployment, whether one must sign in, and how it is reached when not by its path."""

    name: str
    path: Callable[[Served], str] = str
    signed_in: bool = False
    show: Show | None = None


def fixed(path: str) -> Callable[[Served], str]:
    return lambda _: path


def first_credential(served: Served, slug: str = "sunder-bay-care") -> str:
    issuer = served.demonstrated.composition.issuer
    query = select(Issued.id).where(Issued.organisation == slug).order_by(col(Issued.row_number))
    with issuer.database.session() as session:
        found = session.exec(query).first()
    assert found is not None
    return found


def claim_path(served: Served) -> str:
    issuer = served.demonstrated.composition.issuer
    credential = first_credential(served)
    _, subject = find_issued(issuer, "sunder-bay-care", credential)
    return claim_url(issuer, credential, subject).removeprefix(served.base_url)


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
    Page("what counts where", fixed("/registry")),
    Page("figures for planning", fixed("/registry/statistics")),
    Page("sign in", fixed("/sign-in")),
    Page("sign in by link", lambda served: served.sign_in_path()),
    Page("nothing here", fixed("/no-such-page")),
    Page("empty wallet", fixed("/wallet")),
    Page("claim", claim_path),
    Page("claim that is unknown", fixed("/claim/AAAAAAAAAAAAAAAAAAAAAA")),
    Page("share link that is unknown", fixed("/s/AAAAAAAAAAAAA")),
    Page("account", fixed("/account"), signed_in=True),
    Page("people", fixed("/organisations/sunder-bay-care/people"), signed_in=True),
    Page("who did what", fixed("/organisations/sunder-bay-care/acts"), signed_in=True),
    Page("which centre", fixed("/issuer"), signed_in=True),
    Page("what waits", fixed(CENTRE), signed_in=True),
    Page("classes", fixed(f"{CENTRE}/classes"), signed_in=True),
    Page("bring a list", fixed(f"/issuer/{SCHOOL}/classes/new"), signed_in=True),
    Page("class", signed_class, signed_in=True),
    Page("look at one", lambda served: f"{class_to_sign(served)}/look", signed_in=True),
    Page("sign and print", lambda served: f"{signed_class(served)}/sign", signed_in=True),
    Page("slips to hand out", lambda served: f"{signed_class(served)}/hand-out", signed_in=True),
    Page("find a certificate", fixed(f"{CENTRE}/certificates?name=Cruz"), signed_in=True),
    Page("certificate", certificate, signed_in=True),
    Page("withdraw", lambda served: certificate(served, "/withdraw"), signed_in=True),
    Page("programmes", fixed(f"{CENTRE}/programmes"), signed_in=True),
    Page("programme", fixed(f"{CENTRE}/programmes/caregiving-nc2"), signed_in=True),
    Page("attest work", fixed("/issuer/harborline-shipyard/work/work-experience"), signed_in=True),
    Page("history", fixed(f"{CENTRE}/history"), signed_in=True),
    *(Page(f"answer: {name}", show=answer(name)) for name in ANSWERS),
    Page("wallet", show=wallet_with(claim_path)),
    Page("kept certificate", show=kept(claim_path)),
    Page("share", show=kept(claim_path, "/share")),
    Page("remove", show=kept(claim_path, "/remove")),
    Page("open link", show=shared(claim_path)),
    Page("stopped link", show=shared(claim_path, stopped=True)),
    Page("share link without its key", show=opened(claim_path)),
)
