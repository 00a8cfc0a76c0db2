// A whole credential in one small code, as `credentials/qr` writes and reads it: the same bytes, the same refusals.
import { base58, equal, fromBase58, joined, sha256, utf8, type Bytes } from "./bytes.ts";
import { inflate } from "./inflate.ts";
import { canonical, isObject, type Json, type JsonObject } from "./json.ts";
import { Reader, varint } from "./octets.ts";
import { Differs, MalformedValue, NotEncodable, UpdateNeeded } from "./problems.ts";
import { parseProfile, Tables, type Profile } from "./profiles.ts";
import { readSlots, writeSlots } from "./slots.ts";
import { expand } from "./template.ts";

const MAGIC = 0xc1;
const SIGNATURE_BYTES = 64;
const CHECK_BYTES = 2;

export type Deflate = (content: Bytes, dictionary: Bytes) => Bytes;

export class Codec {
  readonly #profiles: Map<number, Profile>;
  readonly #tables: Tables;

  constructor(profiles: Profile[], tables: Tables) {
    this.#profiles = new Map(profiles.map((profile) => [profile.number, profile]));
    this.#tables = tables;
  }

  // Browsers can unpack with a dictionary and not pack: without `deflate`, compressed profiles are left out.
  async encode(document: JsonObject, deflate?: Deflate): Promise<Bytes> {
    const proofs = Array.isArray(document.proof) ? document.proof : [document.proof as Json];
    let shortest: Bytes | undefined;
    for (const profile of this.#profiles.values()) {
      for (const proof of proofs) {
        const payload = await this.#tried(profile, { ...document, proof }, deflate);
        if (payload && !(shortest && shortest.length <= payload.length)) shortest = payload;
      }
    }
    if (!shortest) throw new NotEncodable("no profile of these lists gives this credential back exactly; use a link");
    return shortest;
  }

  async #tried(profile: Profile, document: JsonObject, deflate?: Deflate): Promise<Bytes | undefined> {
    if (profile.deflate && !deflate) return undefined;
    try {
      const written = writeSlots(profile, document, this.#tables);
      const slots = profile.deflate && deflate ? deflate(written, profile.dictionary) : written;
      const value = isObject(document.proof) ? String(document.proof.proofValue) : "";
      const signature = fromBase58(value.replace(/^z/, ""));
      const rebuilt = await this.#rebuild(profile, slots, signature);
      if (canonical(rebuilt) !== canonical(document) || signature.length !== SIGNATURE_BYTES) return undefined;
      return joined(Uint8Array.of(MAGIC), varint(profile.number), check(document), slots, signature);
    } catch (error) {
      if (error instanceof MalformedValue || error instanceof NotEncodable) return undefined;
      throw error;
    }
  }

  async decode(payload: Bytes): Promise<JsonObject> {
    const head = new Reader(payload);
    if (head.take(1)[0] !== MAGIC) throw new MalformedValue("this is no code of a certificate");
    const number = head.varint();
    const expected = head.take(CHECK_BYTES);
    const profile = this.#profiles.get(number);
    if (!profile) throw new UpdateNeeded(`the code is written by profile ${number}, which is newer than these lists`);
    const rest = head.rest();
    if (rest.length < SIGNATURE_BYTES) throw new MalformedValue("the code ends too early");
    const document = await this.#rebuild(profile, rest.slice(0, -SIGNATURE_BYTES), rest.slice(-SIGNATURE_BYTES));
    if (!equal(check(document), expected)) throw new Differs("the code means other rows than these lists have, or is damaged");
    return document;
  }

  async #rebuild(profile: Profile, slots: Bytes, signature: Bytes): Promise<JsonObject> {
    const opened = profile.deflate ? await inflate(slots, profile.dictionary) : slots;
    const reader = new Reader(opened);
    const values = readSlots(profile, reader, this.#tables);
    reader.end();
    const document = expand(profile.template, { ...values, signature: `z${base58(signature)}` });
    if (!isObject(document)) throw new MalformedValue("the profile writes no credential");
    this.#checkSpelling(profile, document, opened);
    return document;
  }

  #checkSpelling(profile: Profile, document: JsonObject, slots: Bytes): void {
    let spelt: Bytes;
    try {
      spelt = writeSlots(profile, document, this.#tables);
    } catch (error) {
      if (!(error instanceof NotEncodable)) throw error;
      throw new MalformedValue("the code holds a value that its profile does not write");
    }
    if (!equal(spelt, slots)) throw new MalformedValue("the code spells a value in another way than it must");
  }
}

function check(document: JsonObject): Bytes {
  return sha256(utf8(canonical(document))).slice(0, CHECK_BYTES);
}

// A profile of a form that this program does not know is left out: its codes ask for an update, the others are read.
export function parseCodec(record: Json): Codec {
  if (!isObject(record) || !Array.isArray(record.profiles) || !isObject(record.tables)) throw new MalformedValue("these are no profiles and tables");
  if (!Object.values(record.tables).every(Array.isArray)) throw new MalformedValue("these are no tables");
  return new Codec(record.profiles.flatMap(parsed), new Tables(record.tables));
}

function parsed(record: Json): Profile[] {
  try {
    return [parseProfile(record)];
  } catch (error) {
    if (error instanceof MalformedValue) return [];
    throw error;
  }
}
