// The vault's keys, words and ways, as the browser makes them.
import { base64url } from "../../web/client/bytes.ts";
import { encrypted } from "../../web/client/vault_export.ts";
import { accessOf, newVault, openRecord, random, sealRecord } from "../../web/client/vault_keys.ts";
import { newWay, pinKey, secretOf, stretchedPin, unwrap, wrapFor } from "../../web/client/vault_ways.ts";
import { fromWords, toWords } from "../../web/client/vault_words.ts";

const refused = async (act) => {
  try {
    await act();
    return "";
  } catch (error) {
    return error.constructor.name;
  }
};
const same = (one, other) => base64url(one) === base64url(other);

const code = random(16);
const words = await toWords(code);
const typed = words.map((word, place) => `${place + 1}. ${word.toUpperCase()}`).join("\n");
const slip = [words[1], words[0], ...words.slice(2)].join(" ");
const vault = newVault();
const other = { id: vault.id, key: random(32) };
const sealed = await sealRecord(vault, "record", 3, { name: "নাজমা" });
const changed = sealed.slice();
changed[20] ^= 1;

const secret = await secretOf(code, "card");
const way = await newWay(vault, "card", secret);
const again = await wrapFor(way.pair, other);
const stranger = await secretOf(random(16), "card");

const device = random(32);
const pepper = random(32);
const [one, two] = [await stretchedPin("804163", device), await stretchedPin("804163", random(32))];
const pin = await newWay(vault, "pin", { locator: one.locator, key: await pinKey(one.stretched, pepper) });

console.log(
  JSON.stringify({
    words: words.length,
    shape: words.every((word) => /^[a-z]{5}$/.test(word)),
    read: same(await fromWords(typed), code),
    slip: words[0] === words[1] ? "MalformedValue" : await refused(() => fromWords(slip)),
    short: await refused(() => fromWords(words.slice(1).join(" "))),
    foreign: await refused(() => fromWords("a".repeat(45))),
    record: (await openRecord(vault, "record", 3, sealed)).name,
    length: sealed.length % 256,
    elsewhere: await Promise.all([
      refused(() => openRecord(vault, "record", 4, sealed)),
      refused(() => openRecord(vault, "another", 3, sealed)),
      refused(() => openRecord({ ...vault, id: "another" }, "record", 3, sealed)),
      refused(() => openRecord(other, "record", 3, sealed)),
      refused(() => openRecord(vault, "record", 3, changed)),
    ]),
    access: (await accessOf(vault)) !== (await accessOf(other)),
    opened: same((await unwrap(secret.key, way.wrap, vault.id, way.pair.way)).key, vault.key),
    rewrapped: same((await unwrap(secret.key, again, vault.id, way.pair.way)).key, other.key),
    strangers: await Promise.all([
      refused(() => unwrap(stranger.key, way.wrap, vault.id, way.pair.way)),
      refused(() => unwrap(secret.key, way.wrap, "another", way.pair.way)),
    ]),
    pin: same((await unwrap(await pinKey(one.stretched, pepper), pin.wrap, vault.id, pin.pair.way)).key, vault.key),
    withoutPepper: await refused(async () => unwrap(await pinKey(one.stretched, random(32)), pin.wrap, vault.id, pin.pair.way)),
    devices: one.locator !== two.locator && one.verifier !== two.verifier,
    export: await encrypted({ hello: "نجمة" }, "correct horse battery"),
  }),
);
