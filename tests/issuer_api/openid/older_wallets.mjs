// Two independent wallets of older drafts: `@digitalbazaar/oid4-client` and `@sphereon/oid4vci-client`. Both insist on https, or are run so.
// Asked over standard input, one JSON object a line; every answer is one line: {"answer": …} or {"error": …}.
//   {"ask": "bazaar" | "sphereon", "offer": …, "configuration": …, "txCode": …?, "change": …?}   takes an offer
//   `change`: "nonce" proves with a nonce that nobody gave, "key" signs with another key than the one named
import {generateKeyPairSync, sign} from 'node:crypto';
import {createInterface} from 'node:readline';
import {getCredentialOffer, OID4Client} from '@digitalbazaar/oid4-client';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {OpenID4VCIClientV1_0_15} from '@sphereon/oid4vci-client';

async function newSigner() {
  const pair = await Ed25519Multikey.generate();
  const did = `did:key:${pair.publicKeyMultibase}`;
  pair.id = `${did}#${pair.publicKeyMultibase}`;
  pair.controller = did;
  return {did, signer: {...pair.signer(), id: pair.id, algorithm: 'Ed25519'}};
}

async function bazaar({offer: url, change}) {
  const offer = await getCredentialOffer({url});
  const client = await OID4Client.fromCredentialOffer({offer});
  const {did, signer} = await newSigner();
  const other = await newSigner();
  const didProofSigner = change === 'key' ? {...other.signer, id: signer.id} : signer;
  const nonce = change === 'nonce' ? 'guessed' : (await client.getNonce()).nonce;
  return {credential: (await client.requestCredentials({did, didProofSigner, nonce})).credential};
}

const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url');

async function sphereon({offer: uri, configuration, txCode, change}) {
  const client = await OpenID4VCIClientV1_0_15.fromURI({uri, clientId: 'older-wallet', retrieveServerMetadata: true});
  await client.acquireAccessToken(txCode === undefined ? {} : {pin: txCode});
  const {privateKey, publicKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const signing = change === 'key' ? generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey : privateKey;
  const jwk = publicKey.export({format: 'jwk'});
  const signCallback = async ({header, payload}) => {
    const claims = change === 'nonce' ? {...payload, nonce: 'guessed'} : payload;
    const input = `${base64url({...header, jwk})}.${base64url(claims)}`;
    return `${input}.${sign('sha256', Buffer.from(input), {key: signing, dsaEncoding: 'ieee-p1363'}).toString('base64url')}`;
  };
  const found = await client.acquireCredentials({
    credentialConfigurationId: configuration, format: 'ldp_vc', alg: 'ES256', jwk, proofCallbacks: {signCallback}
  });
  return {credential: found.credentials[0].credential};
}

const wallets = {bazaar, sphereon};
const say = value => process.stdout.write(`${JSON.stringify(value)}\n`);
console.log = console.error;  // what the libraries print

for await (const line of createInterface({input: process.stdin})) {
  const {ask, ...question} = JSON.parse(line);
  try {
    say({answer: await wallets[ask](question)});
  } catch(error) {
    say({error: `${error.message} ${error.cause?.message ?? ''}`});
  }
}
