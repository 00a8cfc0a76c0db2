// @digitalbazaar/bbs-2023-cryptosuite, asked over standard input: one JSON object {"contexts": {url: document}, "asked": [question, …]},
// a question being {"ask": "issue" | "derive" | "verify", …}. Answers on standard output: a list of {"answer", "milliseconds"} or {"error"}.
import {
  createDiscloseCryptosuite, createSignCryptosuite, createVerifyCryptosuite
} from '@digitalbazaar/bbs-2023-cryptosuite';
import * as bls from '@digitalbazaar/bls12-381-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {text} from 'node:stream/consumers';
import jsigs from 'jsonld-signatures';

const {contexts, asked} = JSON.parse(await text(process.stdin));
const purpose = new jsigs.purposes.AssertionProofPurpose({
  controller: {assertionMethod: []}
});
purpose.validate = async () => ({valid: true});

async function documentLoader(url) {
  const [did, fragment] = url.split('#');
  const document = contexts[url] ?? (fragment && {
    '@context': 'https://w3id.org/security/multikey/v1', id: url, type: 'Multikey', controller: did, publicKeyMultibase: fragment
  });
  if(!document) {
    throw new Error(`not served here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

const answers = {
  async issue({document, key, mandatoryPointers}) {
    const pair = await bls.from(key, {algorithm: bls.ALGORITHMS.BBS_BLS12381_SHA256});
    const suite = new DataIntegrityProof({
      signer: pair.signer(), date: '2026-11-24T12:00:00Z', cryptosuite: createSignCryptosuite({mandatoryPointers})
    });
    return jsigs.sign(document, {suite, purpose, documentLoader});
  },

  async derive({document, selectivePointers}) {
    const suite = new DataIntegrityProof({cryptosuite: createDiscloseCryptosuite({selectivePointers})});
    return jsigs.derive(document, {suite, purpose, documentLoader});
  },

  async verify({document}) {
    const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
    const {verified, error} = await jsigs.verify(document, {suite, purpose, documentLoader});
    return {verified, reason: error && [error.message, ...(error.errors ?? []).map(({message}) => message)].join('; ')};
  }
};

const said = [];
for(const question of asked) {
  const began = performance.now();
  try {
    said.push({answer: await answers[question.ask](question), milliseconds: performance.now() - began});
  } catch(error) {
    said.push({error: error.message});
  }
}
process.stdout.write(JSON.stringify(said));
