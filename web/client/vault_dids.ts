// The keys behind the DIDs of those who ask and issue: did:jwk and did:key hold theirs; did:web is asked of its host.
import { decoded } from "./sd_jwt.ts";
import { keyInDocument, type Key } from "./jws.ts";
import { objectIn, type Courier } from "./vault_relay.ts";

// Returns where the document of a did:web lies; null for another DID.
export function webAddress(did: string): string | null {
  const [, host = "", path = ""] = /^did:web:([A-Za-z0-9.-]+(?:%3A[0-9]+)?)((?::[A-Za-z0-9._-]+)*)$/.exec(did) ?? [];
  if (!host) return null;
  const named = host.replace("%3A", ":");
  const scheme = /^localhost(:|$)/.test(named) ? "http" : "https";
  return `${scheme}://${named}${path ? path.replaceAll(":", "/") : "/.well-known"}/did.json`;
}

// Returns the key that a DID URL names; null where there is none, or nobody says so.
export async function keyBehind(url: string, courier: Courier): Promise<Key | null> {
  const did = url.split("#")[0] as string;
  if (did.startsWith("did:jwk:")) return url === `${did}#0` ? { jwk: decoded(did.slice("did:jwk:".length)) } : null;
  if (did.startsWith("did:key:")) return url === `${did}#${did.slice("did:key:".length)}` ? { multikey: did.slice("did:key:".length) } : null;
  const address = webAddress(did);
  if (!address) return null;
  const reply = await courier({ url: address, accept: "application/json" });
  return reply.status === 200 ? keyInDocument(objectIn(reply), url) : null;
}
