// Runs the browser's codec on the shared vectors, in Node; prints what differs.
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { fromDigits, toDigits } from "../../web/client/armour.ts";
import { fromHex, hex } from "../../web/client/bytes.ts";
import { parseCodec } from "../../web/client/codec.ts";
import { canonical } from "../../web/client/json.ts";
import { byNoble, parseMultikey } from "../../web/client/keys.ts";
import { MalformedValue, UpdateNeeded } from "../../web/client/problems.ts";
import { proofHolds } from "../../web/client/proofs.ts";
import { fromBase58, joined, sha256, utf8 } from "../../web/client/bytes.ts";

const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));
const codecs = Object.fromEntries(
  Object.entries(vectors.tables).map(([name, tables]) => [name, parseCodec({ profiles: vectors.profiles, tables })]),
);
const keys = Object.fromEntries(Object.entries(vectors.keys).map(([method, key]) => [method, parseMultikey(key)]));
const deflate = (content, dictionary) =>
  new Uint8Array(deflateRawSync(content, { level: 9, memLevel: 9, windowBits: 15, dictionary: dictionary.length ? dictionary : undefined }));
const wrong = [];
const counted = { decoded: 0, encoded: 0, packed: 0, verified: 0, refused: 0 };

for (const { name, tables, deflated, document, payload, digits } of vectors.credentials) {
  const codec = codecs[tables];
  const decoded = await codec.decode(fromDigits(digits));
  if (canonical(decoded) !== canonical(document) || toDigits(fromHex(payload)) !== digits) wrong.push(`${name}: decoded otherwise`);
  counted.decoded++;
  const encoded = hex(await codec.encode(document, deflate));
  if (!deflated && encoded !== payload) wrong.push(`${name}: encoded otherwise`);
  if (deflated && canonical(await codec.decode(fromHex(encoded))) !== canonical(document)) wrong.push(`${name}: packed otherwise`);
  counted[deflated ? "packed" : "encoded"]++;
  counted.same = (counted.same ?? 0) + (encoded === payload ? 1 : 0);
  const key = keys[decoded.proof.verificationMethod];
  const forged = { ...decoded, name: "Forged" };
  if (!(await proofHolds(decoded, key)) || (await proofHolds(forged, key))) wrong.push(`${name}: verified otherwise`);
  if (key.algorithm === "Ed25519" && !(await byNoble(key.raw, ...signed(decoded)))) wrong.push(`${name}: noble says otherwise`);
  counted.verified++;
}

function signed({ proof: { proofValue, ...options }, ...unsecured }) {
  const data = joined(sha256(utf8(canonical(options))), sha256(utf8(canonical(unsecured))));
  return [fromBase58(proofValue.slice(1)), data];
}

for (const { tables, payload, problem } of vectors.refused) {
  const found = await problemOf(codecs[tables], fromHex(payload));
  if (found !== problem) wrong.push(`${tables} ${payload.slice(0, 24)}…: ${found}, not ${problem}`);
  counted.refused++;
}

// Rows and profiles that say something else than what was signed: the check tells, and where it was made to fit, the signature does.
for (const { edit, payload, problem } of vectors.forged) {
  const codec = parseCodec(edited(edit));
  const found = await problemOf(codec, fromHex(payload));
  if (found !== problem) wrong.push(`forged ${payload.slice(0, 24)}…: ${found}, not ${problem}`);
  if (found === "signature") {
    const decoded = await codec.decode(fromHex(payload));
    if (await proofHolds(decoded, keys[decoded.proof.verificationMethod])) wrong.push(`forged ${payload.slice(0, 24)}…: verified`);
  }
  counted.forged = (counted.forged ?? 0) + 1;
}

function edited({ profile, table, row, value }) {
  const { profiles, tables: { whole } } = vectors;
  if (profile) return { profiles: profiles.map((one) => (one.number === profile.number ? profile : one)), tables: whole };
  return { profiles, tables: { ...whole, [table]: whole[table].map((one, place) => (place === row ? value : one)) } };
}

async function problemOf(codec, payload) {
  try {
    await codec.decode(payload);
  } catch (error) {
    if (error instanceof UpdateNeeded) return "update needed";
    if (error instanceof MalformedValue) return "malformed";
    throw error;
  }
  return "signature";
}

console.log(JSON.stringify({ ...counted, wrong }));
