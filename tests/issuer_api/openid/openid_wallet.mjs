// An independent wallet: `@openid4vc/openid4vci`, the protocol stack inside Bifold and Paradym, with keys of Node's own crypto.
// Asked over standard input, one JSON object a line; every answer is one line: {"answer": …} or {"error": {name, message, code}}.
//   {"ask": "begin", "offer": …, "dpop": bool}                  resolves offer and metadata, and remembers them under "wallet"
//   {"ask": "redeem", "txCode": …}                              pre-authorized code to token
//   {"ask": "authorize"} → address of the authorization page;   {"ask": "return", "url": …} the address it came back with
//   {"ask": "fetch", "configuration": …, "copies": n, "nonce": …?, "wrongKey": bool?}
//   {"ask": "deferred"} · {"ask": "notify"}
import {createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign} from 'node:crypto';
import {createInterface} from 'node:readline';
import {
  clientAuthenticationAnonymous, clientAuthenticationClientAttestationJwt, clientAuthenticationNone, createClientAttestationJwt, setGlobalConfig
} from '@openid4vc/oauth2';
import {Openid4vciClient} from '@openid4vc/openid4vci';

setGlobalConfig({allowInsecureUrls: true});
const base64url = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const secrets = new Map();

function newKey() {
  const {privateKey, publicKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const jwk = publicKey.export({format: 'jwk'});
  secrets.set(jwk.x, privateKey.export({format: 'jwk'}));
  return {method: 'jwk', alg: 'ES256', publicJwk: jwk};
}

function signJwt(signer, {header, payload}) {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const secret = secrets.get(signer.signWith?.x ?? signer.publicJwk.x);
  const key = createPrivateKey({key: secret, format: 'jwk'});
  const signature = sign('sha256', Buffer.from(input), {key, dsaEncoding: 'ieee-p1363'}).toString('base64url');
  return {jwt: `${input}.${signature}`, signerJwk: signer.publicJwk};
}

const never = () => {
  throw new Error('not asked for here');
};

const callbacks = clientAuthentication => ({
  hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
  generateRandom: length => randomBytes(length),
  signJwt,
  verifyJwt: never,
  decryptJwe: never,
  encryptJwe: never,
  clientAuthentication
});

async function attestedClient({name, expired}) {
  const maker = newKey();
  const mine = newKey();
  const clientAttestationJwt = await createClientAttestationJwt({
    issuer: 'https://maker.example', clientId: name, signer: maker, callbacks: {signJwt},
    issuedAt: new Date(), expiresAt: new Date(Date.now() + (expired ? -3600e3 : 3600e3)), confirmation: {jwk: mine.publicJwk}
  });
  return clientAuthenticationClientAttestationJwt({
    clientAttestationJwt, callbacks: {...callbacks(null), signJwt: (_signer, jwt) => signJwt(mine, jwt)}
  });
}

let state = {};

const answers = {
  async begin({offer, dpop, attested}) {
    const client = attested ? await attestedClient(attested) : clientAuthenticationAnonymous();
    const anonymous = new Openid4vciClient({callbacks: callbacks(client)});
    const known = new Openid4vciClient({callbacks: callbacks(clientAuthenticationNone({clientId: 'node-wallet'}))});
    const credentialOffer = await anonymous.resolveCredentialOffer(offer);
    const issuerMetadata = await anonymous.resolveIssuerMetadata(credentialOffer.credential_issuer);
    state = {anonymous, known, client: anonymous, credentialOffer, issuerMetadata, dpop: dpop ? {signer: newKey()} : undefined};
    return {version: issuerMetadata.originalDraftVersion, offered: credentialOffer.credential_configuration_ids};
  },

  async redeem({txCode}) {
    const {client, credentialOffer, issuerMetadata, dpop} = state;
    const found = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({credentialOffer, issuerMetadata, txCode, dpop});
    Object.assign(state, {token: found.accessTokenResponse, dpop: found.dpop});
    return found.accessTokenResponse;
  },

  async authorize({scope}) {
    const {known, credentialOffer, issuerMetadata, dpop} = state;
    const found = await known.initiateAuthorization({
      clientId: 'node-wallet', redirectUri: 'http://127.0.0.1:9/back', scope, state: 'abc', credentialOffer, issuerMetadata, dpop
    });
    Object.assign(state, {client: known, pkce: found.pkce, server: found.authorizationServer});
    return found.authorizationRequestUrl;
  },

  async return({url}) {
    const {known, credentialOffer, issuerMetadata, dpop, pkce, server} = state;
    const authorizationServerMetadata = issuerMetadata.authorizationServers.find(one => one.issuer === server);
    const back = known.parseAndVerifyAuthorizationResponseRedirectUrl({url, authorizationServerMetadata});
    const found = await known.retrieveAuthorizationCodeAccessTokenFromOffer({
      credentialOffer, issuerMetadata, authorizationCode: back.code, pkceCodeVerifier: pkce.codeVerifier,
      redirectUri: 'http://127.0.0.1:9/back', dpop
    });
    Object.assign(state, {token: found.accessTokenResponse, dpop: found.dpop});
    return found.accessTokenResponse;
  },

  async fetch({configuration, copies, nonce, wrongKey}) {
    const {client, issuerMetadata, token, dpop} = state;
    const given = nonce ?? (await client.requestNonce({issuerMetadata})).c_nonce;
    const jwt = [];
    const keys = [];
    for(let copy = 0; copy < copies; copy++) {
      const signer = newKey();
      keys.push(signer.publicJwk);
      if(wrongKey) {
        signer.signWith = newKey().publicJwk;
      }
      const proof = await client.createCredentialRequestJwtProof({
        issuerMetadata, credentialConfigurationId: configuration, nonce: given, signer,
        clientId: client === state.known ? 'node-wallet' : undefined
      });
      jwt.push(proof.jwt);
    }
    const found = await client.retrieveCredentials({
      issuerMetadata, credentialConfigurationId: configuration, proofs: {jwt}, accessToken: token.access_token, dpop
    });
    state.dpop = found.dpop ?? state.dpop;
    state.response = found.credentialResponse ?? found.deferredCredentialResponse;
    return {response: state.response, keys, nonce: given};
  },

  async deferred() {
    const {client, issuerMetadata, token, dpop, response} = state;
    const found = await client.retrieveDeferredCredentials({
      issuerMetadata, accessToken: token.access_token, transactionId: response.transaction_id, dpop
    });
    return found.credentialResponse ?? found.deferredCredentialResponse;
  },

  async notify() {
    const {client, issuerMetadata, token, dpop, response} = state;
    const notification = {notificationId: response.notification_id, event: 'credential_accepted'};
    const found = await client.sendNotification({issuerMetadata, accessToken: token.access_token, notification, dpop});
    return found.ok;
  }
};

for await (const line of createInterface({input: process.stdin})) {
  const {ask, ...question} = JSON.parse(line);
  try {
    console.log(JSON.stringify({answer: (await answers[ask](question)) ?? null}));
  } catch(error) {
    const said = error.errorResponse ?? error.credentialErrorResponseResult?.data ?? error.response?.credentialErrorResponseResult?.data;
    console.log(JSON.stringify({error: {name: error.constructor.name, message: String(error.message), said: said ?? null}}));
  }
}
