// The ECDSA suites of @digitalbazaar, asked over standard input: one JSON object {"contexts": {url: document}, "asked": [question, …]},
// a question being {"ask": "issue" | "derive" | "verify", "suite": …, …}. Answers on standard output: a list of
// {"answer", "milliseconds"} or {"error"}.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as jcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as multikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as rdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as sd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {text} from 'node:stream/consumers';
import jsigs from 'jsonld-signatures';

const {contexts, asked} = JSON.parse(await text(process.stdin));
const purpose = new jsigs.purposes.AssertionProofPurpose({controller: {assertionMethod: []}});
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

const signing = {
  'ecdsa-rdfc-2019': () => rdfc,
  'ecdsa-jcs-2019': () => jcs.createSignCryptosuite(),
  'ecdsa-sd-2023': ({mandatoryPointers}) => sd.createSignCryptosuite({mandatoryPointers})
};
const verifying = {
  'ecdsa-rdfc-2019': () => rdfc,
  'ecdsa-jcs-2019': () => jcs.createVerifyCryptosuite(),
  'ecdsa-sd-2023': () => sd.createVerifyCryptosuite()
};

const answers = {
  async issue({document, key, suite: name, ...options}) {
    const signer = (await multikey.from(key)).signer();
    const suite = new DataIntegrityProof({signer, date: '2026-11-24T12:00:00Z', cryptosuite: signing[name](options)});
    return jsigs.sign(document, {suite, purpose, documentLoader});
  },

  async derive({document, selectivePointers}) {
    const suite = new DataIntegrityProof({cryptosuite: sd.createDiscloseCryptosuite({selectivePointers})});
    return jsigs.derive(document, {suite, purpose, documentLoader});
  },

  async verify({document, suite: name}) {
    const suite = new DataIntegrityProof({cryptosuite: verifying[name]()});
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
