// The peers that run on Node, asked over standard input, one JSON object a line:
//   {"ask": "contexts", "contexts": {url: document}}      the only contexts there are
//   {"ask": …, "times": n, …}                             does the work n times
// Every answer is one line: {"answer": …, "seconds": processor time of all n} or {"error": "…"}. Nothing is fetched.
import * as bbs from '@digitalbazaar/bbs-2023-cryptosuite';
import * as bls from '@digitalbazaar/bls12-381-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';
import jsigs from 'jsonld-signatures';
import {createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify} from 'node:crypto';
import {answerAll} from './answering.mjs';

const documents = new Map();
const purpose = new jsigs.purposes.AssertionProofPurpose({controller: {assertionMethod: []}});
purpose.validate = async () => ({valid: true});

async function documentLoader(url) {
  if(!documents.has(url)) {
    const [did, fragment] = url.split('#');
    if(!fragment) {
      throw new Error(`not served here: ${url}`);
    }
    documents.set(url, {
      '@context': 'https://w3id.org/security/multikey/v1', id: url, type: 'Multikey', controller: did, publicKeyMultibase: fragment
    });
  }
  return {contextUrl: null, documentUrl: url, document: documents.get(url), tag: 'static'};
}

const signing = {
  'eddsa-rdfc-2022': () => eddsaRdfc,
  'eddsa-jcs-2022': () => eddsaJcs.createSignCryptosuite(),
  'ecdsa-rdfc-2019': () => ecdsaRdfc,
  'ecdsa-sd-2023': ({mandatoryPointers}) => ecdsaSd.createSignCryptosuite({mandatoryPointers}),
  'bbs-2023': ({mandatoryPointers}) => bbs.createSignCryptosuite({mandatoryPointers})
};
const disclosing = {
  'ecdsa-sd-2023': options => ecdsaSd.createDiscloseCryptosuite(options),
  'bbs-2023': options => bbs.createDiscloseCryptosuite(options)
};
const verifying = {
  'eddsa-rdfc-2022': () => eddsaRdfc,
  'eddsa-jcs-2022': () => eddsaJcs.createVerifyCryptosuite(),
  'ecdsa-rdfc-2019': () => ecdsaRdfc,
  'ecdsa-sd-2023': () => ecdsaSd.createVerifyCryptosuite(),
  'bbs-2023': () => bbs.createVerifyCryptosuite()
};

const pairs = new Map();

async function signerOf(key, suite) {
  if(!pairs.has(key.id)) {
    const from = suite === 'bbs-2023' ?
      () => bls.from(key, {algorithm: bls.ALGORITHMS.BBS_BLS12381_SHA256}) :
      () => (suite.startsWith('eddsa') ? ed25519Multikey : ecdsaMultikey).from(key);
    pairs.set(key.id, (await from()).signer());
  }
  return pairs.get(key.id);
}

const hashes = {ES256: 'sha256', EdDSA: null};
const hasher = (data, alg) => createHash(alg.replace('-', '')).update(data).digest();
const saltGenerator = () => randomBytes(16).toString('base64url');
const keys = new Map();

function once(make, jwk) {
  const name = `${make.name} ${jwk.x} ${'d' in jwk}`;
  if(!keys.has(name)) {
    keys.set(name, make({key: jwk, format: 'jwk'}));
  }
  return keys.get(name);
}

const signature = (key, alg) => data =>
  sign(hashes[alg], Buffer.from(data), {key: once(createPrivateKey, key), dsaEncoding: 'ieee-p1363'}).toString('base64url');
const check = (key, alg) => (data, value) => verify(
  hashes[alg], Buffer.from(data), {key: once(createPublicKey, key), dsaEncoding: 'ieee-p1363'}, Buffer.from(value, 'base64url'));

const answers = {
  async contexts({contexts}) {
    Object.entries(contexts).forEach(([url, document]) => documents.set(url, document));
  },

  async issue({suite: name, document, key, ...options}) {
    const signer = await signerOf(key, name);
    const suite = new DataIntegrityProof({signer, date: '2026-11-20T12:00:00Z', cryptosuite: signing[name](options)});
    return jsigs.sign(structuredClone(document), {suite, purpose, documentLoader});
  },

  async derive({suite: name, document, selectivePointers}) {
    const suite = new DataIntegrityProof({cryptosuite: disclosing[name]({selectivePointers})});
    return jsigs.derive(document, {suite, purpose, documentLoader});
  },

  async verify({suite: name, document}) {
    const suite = new DataIntegrityProof({cryptosuite: verifying[name]()});
    const {verified, error} = await jsigs.verify(document, {suite, purpose, documentLoader});
    if(!verified) {
      throw new Error([error.message, ...(error.errors ?? []).map(({message}) => message)].join('; '));
    }
    return true;
  },

  async signToken({document, typ, key, alg}) {
    const payload = new TextEncoder().encode(JSON.stringify(document));
    return new jose.CompactSign(payload).setProtectedHeader({alg, typ}).sign(once(createPrivateKey, key));
  },

  async verifyToken({token, key, alg}) {
    const {payload} = await jose.compactVerify(token, once(createPublicKey, key), {algorithms: [alg]});
    return JSON.parse(new TextDecoder().decode(payload));
  },

  async issueSdJwt({claims, selective, key, alg}) {
    const instance = new SDJwtVcInstance({hasher, hashAlg: 'sha-256', saltGenerator, signer: signature(key, alg), signAlg: alg});
    return instance.issue(claims, {_sd: selective});
  },

  async verifySdJwt({token, key, alg}) {
    const instance = new SDJwtVcInstance({hasher, hashAlg: 'sha-256', saltGenerator, verifier: check(key, alg)});
    return (await instance.verify(token)).payload;
  }
};

await answerAll(answers);
