// An independent implementation, asked by the tests over standard input, one JSON object a line:
//   {"contexts": {url: document}}                                   first line: the only contexts there are
//   {"ask": "verify", "credential": …, "documents": {did: …}, "now": …}   @digitalbazaar/vc with eddsa-rdfc-2022
//   {"ask": "issue", "credential": …, "key": {…}, "documents": {…}}
//   {"ask": "canonize", "document": …}                              jsonld.js, RDFC-1.0
// Every answer is one line: {"answer": …} or {"error": "…"}. Nothing is fetched.
import {createInterface} from 'node:readline';
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import jsonld from 'jsonld';

let contexts = {};

function loader(documents = {}) {
  return async url => {
    const [did, fragment] = url.split('#');
    let document = contexts[url] ?? documents[did];
    if(fragment && document && !contexts[url]) {
      const method = document.verificationMethod.find(({id}) => id === url);
      document = method && {'@context': 'https://w3id.org/security/multikey/v1', ...method};
    }
    if(!document) {
      throw new Error(`not served here: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

function reason(error) {
  return [error?.message, ...(error?.errors ?? []).map(reason)].filter(Boolean).join('; ');
}

const answers = {
  async verify({credential, documents, now}) {
    const suite = new DataIntegrityProof({cryptosuite});
    const result = await vc.verifyCredential({
      credential, suite, now, documentLoader: loader(documents),
      checkStatus: async () => ({verified: true})
    });
    const proofs = (result.results ?? []).filter(({proof}) => proof).map(({proof}) => proof.cryptosuite);
    return {verified: result.verified, proofs, reason: reason(result.error)};
  },

  async issue({credential, key, documents}) {
    const signer = (await Ed25519Multikey.from(key)).signer();
    const suite = new DataIntegrityProof({signer, cryptosuite, date: credential.validFrom});
    return vc.issue({credential, suite, documentLoader: loader(documents)});
  },

  async canonize({document}) {
    return jsonld.canonize(document, {
      algorithm: 'RDFC-1.0', format: 'application/n-quads', base: null, safe: false,
      rdfDirection: 'i18n-datatype', canonizeOptions: {maxWorkFactor: 3}, documentLoader: loader()
    });
  }
};

for await (const line of createInterface({input: process.stdin})) {
  const question = JSON.parse(line);
  let said;
  try {
    contexts = question.contexts ?? contexts;
    said = {answer: question.ask ? await answers[question.ask](question) : null};
  } catch(error) {
    said = {error: reason(error) || String(error)};
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
