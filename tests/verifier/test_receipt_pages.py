"""A receipt of what the result page answered, and the page that says what a receipt says."""

from __future__ import annotations

from tests.trust.world import Keys
from tests.verifier.cases import good, worked
from tests.verifier.desk import BASE, browser, desk
from tests.verifier.test_many import signing_desk
from tests.verifier.test_pages import shown
from verifier.receipts import mark_of, method_of, read_receipt


def test_the_result_page_gives_a_receipt_as_a_file_and_another_says_what_it_says() -> None:
    house = browser(signing_desk())
    content = good()
    page = house.post("/verify", data={"state": "XB", "text": content.decode()}, headers={"Accept": "text/html"}).text
    assert 'action="/verify/receipt"' in page
    assert 'action="/verify/receipt"' not in shown(desk(), content).text  # nothing signs there
    assert browser(desk()).post("/verify/receipt", data={"text": content.decode()}).status_code == 404
    kept = house.post("/verify/receipt", data={"state": "XB", "text": content.decode(), "same": "yes"})
    assert kept.headers["content-disposition"].startswith('attachment; filename="receipt-2026-11-20-')
    said = read_receipt(kept.text, Keys().signer(method_of(BASE)).public_key)
    assert (said["verdict"], said["state"], said["answers"]["same-person"]) == ("recognized", "XB", "yes")
    assert said["certificate"] == mark_of(content)
    assert "Najma" not in str(said)
    files = {"file": ("r.jws", kept.content), "certificate": ("c.json", content)}
    told = house.post("/verify/receipts", files=files).text
    for word in (
        "as it was signed",
        "Recognised in",
        "Belmora",
        "20 November 2026",
        "It is about the certificate that you handed over",
    ):
        assert word in told, word
    other = house.post("/verify/receipts", data={"receipt": kept.text}, files={"certificate": ("c.json", worked())}).text
    assert "It is about another certificate" in other
    forged = house.post("/verify/receipt", data={"text": content.decode().replace("Najma", "Nadia"), "same": "yes"})
    assert read_receipt(forged.text, Keys().signer(method_of(BASE)).public_key)["answers"]["same-person"] == "not-asked"
    for wrong in (kept.text[:-4] + "AAAA", "", "a.b.c", "é" * 50):
        assert house.post("/verify/receipts", data={"receipt": wrong}).status_code == 422
    assert "Check a receipt" in house.get("/verify/receipts").text
