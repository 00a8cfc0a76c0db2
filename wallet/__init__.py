"""The worker's house: keep certificates, look at them, show them by a link that can be stopped.

A wallet belongs to whoever holds its *browser secret*, 32 random bytes in a cookie. The server
keeps neither the secret nor anything that it could open by itself::

    browser secret ──► locator      names the row in `wallet_unlocks`
                  └──► unlock key ──► opens that row: the vault key, 32 random bytes
    vault key ──► one key for each record and link (sealed, bound to wallet, record, version)
             └──► blind names: the same certificate is recognised without being readable

A *vault* (`vaults`, `vault_ways`, `web/client/vault*.ts`) goes further: its key is made in the browser and never sent. It opens
with a recovery card, a passkey or a PIN, on several devices. The server keeps ciphertext by number and version. The wallet of the
cookie stays for whoever has no scripts, and for what has not moved into the vault yet; a press moves its certificates.

A share link is `/s/{id}#key`. The server keeps the ciphertext by id. The key stands in the
fragment, which browsers do not send, and, sealed, in the wallet that made the link.
"""
