// What the vault says of certificates of issuers that no list knows, by status lists that are handed in; and who signed a mobile document.
import {readFileSync} from 'node:fs';
import {isSignedBy} from '../../web/client/jws.ts';
import {isSigned, parseMdoc, signedPart} from '../../web/client/mdoc.ts';
import {listedState} from '../../web/client/vault_bitstring.ts';
import {issuedBy} from '../../web/client/vault_issuers.ts';

const given = JSON.parse(readFileSync(0, 'utf8'));
const asked = [];
const courier = async ({url}) => {
  asked.push(url);
  const text = given.answers[url];
  return {status: text === undefined ? 404 : 200, type: '', content: new Uint8Array(Buffer.from(text ?? ''))};
};
const lists = {files: {issuers: given.listed.map(record => ({state: 'XA', record})), authorities: []}};
const states = {};
for (const [name, document] of Object.entries(given.documents)) states[name] = (await listedState(document, lists, courier)).state;

const documents = {};
for (const [name, text] of Object.entries(given.mobile)) {
  const mdoc = parseMdoc(text);
  const {key, isListed} = await issuedBy({header: {kid: mdoc.kid}, claims: {iss: mdoc.kid.split('#')[0]}}, lists, {courier, key: null});
  documents[name] = {byCertificate: await isSigned(mdoc), isListed, byIssuer: key ? await isSignedBy(signedPart(mdoc), key) : null, until: mdoc.until, status: mdoc.status};
}
console.log(JSON.stringify({states, documents, asked: [...new Set(asked)].length}));
