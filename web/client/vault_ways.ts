// The ways to open a vault. Each way has a key pair of its own (ECDH, P-256). The vault key is wrapped to the public key, the private
// key is sealed under what only the holder has: so the vault key can be changed while the card lies at home.
import { base64url, fromBase64url, fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import { derived, newName, openWith, random, sealingKey, sealWith, type Vault } from "./vault_keys.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const ROUNDS = 600_000; // PBKDF2 with SHA-256
const PRF_INPUT = utf8("comity vault passkey v1");

export type Kind = "card" | "device" | "passkey" | "pin" | "helper";

// What is kept of a way's key pair in the vault itself, so that the server cannot slip in another.
export interface Pair {
  way: string;
  kind: Kind;
  public: string;
  private: string; // sealed under the holder's secret
}

// What the holder has: how the way is found, and the key that opens its private key.
export interface Secret {
  locator: string;
  key: CryptoKey;
}

export interface Way {
  pair: Pair;
  wrap: string;
  locator: string;
}

interface Wrap {
  public: string;
  private: string;
  ephemeral: string;
  sealed: string;
}

export async function secretOf(value: Bytes, kind: Kind): Promise<Secret> {
  const locator = base64url(await derived(value, `comity vault ${kind} locator v1`));
  return { locator, key: await sealingKey(await derived(value, `comity vault ${kind} key v1`)) };
}

// A device's key stays in the browser's own keeping: it cannot be read out, only used.
export async function deviceSecret(): Promise<Secret> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return { locator: base64url(random(32)), key };
}

// Returns what a PIN comes to on one device: the device's secret is in it, so that a guess needs the device.
export async function stretchedPin(pin: string, secret: Bytes): Promise<{ locator: string; verifier: string; stretched: Bytes }> {
  const base = await crypto.subtle.importKey("raw", utf8(pin.normalize("NFKC")), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: secret, iterations: ROUNDS };
  const stretched = new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
  const verifier = base64url(await derived(stretched, "comity vault pin verifier v1"));
  return { locator: base64url(await derived(secret, "comity vault pin locator v1")), verifier, stretched };
}

// The server's pepper is needed beside the PIN.
export async function pinKey(stretched: Bytes, pepper: Bytes): Promise<CryptoKey> {
  return sealingKey(await derived(joined(stretched, pepper), "comity vault pin key v1"));
}

export async function helperLocator(code: Bytes): Promise<string> {
  return base64url(await derived(code, "comity vault helper locator v1"));
}

// A helper's card is one half; the server gives the other half, the pepper, after a delay.
export async function helperKey(code: Bytes, pepper: Bytes): Promise<CryptoKey> {
  return sealingKey(await derived(joined(code, pepper), "comity vault helper key v1"));
}

export async function newWay(vault: Vault, kind: Kind, { locator, key }: Secret): Promise<Way> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const way = newName();
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const kept: Pair = {
    way,
    kind,
    public: base64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))),
    private: base64url(await sealWith(key, secret, `comity vault way v1\n${vault.id}\n${way}`)),
  };
  return { pair: kept, wrap: await wrapFor(kept, vault), locator };
}

async function agreed(privateKey: CryptoKey, publicKey: CryptoKey, vault: string, way: string): Promise<CryptoKey> {
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256));
  return sealingKey(await derived(shared, `comity vault wrap v1 ${vault} ${way}`));
}

// Returns the vault key, wrapped for a way.
export async function wrapFor(pair: Pair, vault: Vault): Promise<string> {
  const once = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const to = await crypto.subtle.importKey("raw", fromBase64url(pair.public), CURVE, false, []);
  const key = await agreed(once.privateKey, to, vault.id, pair.way);
  const wrap: Wrap = {
    public: pair.public,
    private: pair.private,
    ephemeral: base64url(new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey))),
    sealed: base64url(await sealWith(key, vault.key, `comity vault wrap v1\n${vault.id}\n${pair.way}`)),
  };
  return base64url(utf8(JSON.stringify(wrap)));
}

// Returns the vault that a way opens. Raises an OperationError when the secret is another's.
export async function unwrap(key: CryptoKey, text: string, id: string, way: string): Promise<Vault> {
  const wrap = JSON.parse(fromUtf8(fromBase64url(text))) as Wrap;
  const secret = await openWith(key, fromBase64url(wrap.private), `comity vault way v1\n${id}\n${way}`);
  const own = await crypto.subtle.importKey("pkcs8", secret, CURVE, false, ["deriveBits"]);
  const other = await crypto.subtle.importKey("raw", fromBase64url(wrap.ephemeral), CURVE, false, []);
  const shared = await agreed(own, other, id, way);
  return { id, key: await openWith(shared, fromBase64url(wrap.sealed), `comity vault wrap v1\n${id}\n${way}`) };
}

const PASSKEY = { challenge: random(32), timeout: 120_000, extensions: { prf: { eval: { first: PRF_INPUT } } } };

function prfOf(credential: Credential | null): Bytes | null {
  const results = (credential as PublicKeyCredential | null)?.getClientExtensionResults().prf?.results?.first;
  return results ? new Uint8Array(results as ArrayBuffer) : null;
}

// Makes a passkey and returns its secret; null where the authenticator has no PRF (WebAuthn Level 3 §10.1.4).
export async function newPasskey(name: string): Promise<Secret | null> {
  const made = await navigator.credentials.create({
    publicKey: {
      ...PASSKEY,
      rp: { name: "Comity" },
      user: { id: random(32), name, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    },
  });
  const enabled = (made as PublicKeyCredential | null)?.getClientExtensionResults().prf?.enabled;
  if (!made || !enabled) return null;
  const value = prfOf(made) ?? (await askPasskey(new Uint8Array((made as PublicKeyCredential).rawId)));
  return value && secretOf(value, "passkey");
}

async function askPasskey(id?: Bytes): Promise<Bytes | null> {
  const allowCredentials = id ? [{ type: "public-key" as const, id }] : [];
  return prfOf(await navigator.credentials.get({ publicKey: { ...PASSKEY, challenge: random(32), userVerification: "required", allowCredentials } }));
}

// Returns the secret of a passkey that the holder picks.
export async function usePasskey(): Promise<Secret | null> {
  const value = await askPasskey();
  return value && secretOf(value, "passkey");
}
