// DPoP (RFC 9449): tokens that only the key they were given to can use, so that whoever reads one on its way has nothing.
import { base64url, sha256, utf8 } from "./bytes.ts";
import { random } from "./vault_keys.ts";
import { signedToken, type HolderKey } from "./vault_holder.ts";
import { objectIn, type Courier, type Message, type Reply } from "./vault_relay.ts";

const nonces = new Map<string, string>(); // origin to what its next proof carries, as long as this page lives

function proof(key: HolderKey, { url, content }: Message, token: string, nonce: string | undefined): Promise<string> {
  const { origin, pathname } = new URL(url);
  const { kty, crv, x, y } = key.jwk;
  const claims = {
    jti: base64url(random(16)),
    htm: content === undefined ? "GET" : "POST",
    htu: origin + pathname,
    iat: Math.floor(Date.now() / 1000),
    ...(token && { ath: base64url(sha256(utf8(token))) }),
    ...(nonce && { nonce }),
  };
  return signedToken(key, { typ: "dpop+jwt", jwk: { kty, crv, x, y } as HolderKey["jwk"] }, claims);
}

// Sends a message with a proof; once more where the server gives another nonce and did nothing yet (§8, §9).
export async function withProof(message: Message, key: HolderKey, token: string, courier: Courier): Promise<Reply> {
  const { origin } = new URL(message.url);
  for (let isFirst = true; ; isFirst = false) {
    const nonce = nonces.get(origin);
    const reply = await courier({ ...message, dpop: await proof(key, message, token, nonce) });
    const fresh = reply.dpopNonce ?? "";
    if (fresh) nonces.set(origin, fresh);
    if (!isFirst || !fresh || fresh === nonce || !wantsNonce(reply)) return reply;
  }
}

function wantsNonce(reply: Reply): boolean {
  if (reply.status !== 400 && reply.status !== 401) return false;
  const { error } = objectIn(reply);
  return error === "use_dpop_nonce" || (reply.status === 401 && error === undefined);
}
