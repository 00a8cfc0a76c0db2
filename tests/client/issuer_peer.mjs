// An issuer of the tests' own, built on `@openid4vc/openid4vci`, which checks what a vault sends; `@openid4vc/oauth2` checks its DPoP
// proofs, and `jose` is the other side of its encryption.
import {createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify} from 'node:crypto';
import {Oauth2AuthorizationServer} from '@openid4vc/oauth2';
import {Openid4vciIssuer} from '@openid4vc/openid4vci';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';

export const ISSUER = 'https://issuer.example/school';
export const AS = 'https://login.example';
const own = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const opening = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const hasher = (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest();
const signed = data => sign('sha256', Buffer.from(data), {key: own.privateKey, dsaEncoding: 'ieee-p1363'}).toString('base64url');

function keyOf(signer) {
  if (signer.method === 'jwk') return signer.publicJwk;
  return JSON.parse(Buffer.from(signer.didUrl.split('#')[0].slice('did:jwk:'.length), 'base64url'));
}
const callbacks = {
  hash: hasher,
  generateRandom: size => randomBytes(size),
  async verifyJwt(signer, {compact}) {
    const [header, payload, signature] = compact.split('.');
    const jwk = keyOf(signer);
    const key = {key: createPublicKey({key: jwk, format: 'jwk'}), dsaEncoding: 'ieee-p1363'};
    return {verified: verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')), signerJwk: jwk};
  }
};
const issuer = new Openid4vciIssuer({callbacks});
const authorization = new Oauth2AuthorizationServer({callbacks});

const configuration = more => ({
  format: 'dc+sd-jwt', vct: 'urn:course:1', scope: 'course', cryptographic_binding_methods_supported: ['jwk'],
  proof_types_supported: {jwt: {proof_signing_alg_values_supported: ['ES256']}}, credential_metadata: {display: [{name: 'Course'}]}, ...more
});
const encryption = enc => ({
  credential_response_encryption: {alg_values_supported: ['ECDH-ES'], enc_values_supported: [enc], encryption_required: true},
  credential_request_encryption: {
    jwks: {keys: [{...opening.publicKey.export({format: 'jwk'}), kid: 'k', alg: 'ECDH-ES', use: 'enc'}]}, enc_values_supported: [enc], encryption_required: true
  }
});

// An issuer's answers; the changes make it another than it should be. `dpop`: it wants DPoP, with nonces; `enc`: it reads and writes
// only what is encrypted so; `laters`: how often it is not ready; `lasts`: seconds of its tokens.
export function world({config = {}, metadata = {}, server = {}, token = {}, response, txCode = '123456', clientId, dpop, enc, laters = 0, interval = 1, lasts = 300, hours = 120} = {}) {
  const described = issuer.createCredentialIssuerMetadata({
    credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`, nonce_endpoint: `${ISSUER}/nonce`,
    deferred_credential_endpoint: `${ISSUER}/deferred`, notification_endpoint: `${ISSUER}/notification`, authorization_servers: [AS],
    batch_credential_issuance: {batch_size: 2}, display: [{name: 'The School'}], credential_configurations_supported: {course: configuration(config)},
    ...(enc && encryption(enc))
  });
  const seen = {paths: [], proofs: [], notified: null, tokenForm: null, access: [], dpop: [], sealed: 0, refreshed: [], asked: 0};
  const known = issuer.getKnownCredentialConfigurationsSupported(described);
  const nonce = randomBytes(16).toString('base64url');
  const held = {token: '', refresh: '', jkt: null, nonces: {}, transaction: null, over: false, hours};
  let pushedChallenge = '';

  async function made(proofs) {
    const instance = new SDJwtVcInstance({hasher, hashAlg: 'sha-256', signer: signed, signAlg: 'ES256', saltGenerator: () => randomBytes(16).toString('base64url')});
    const credentials = [];
    for (const jwt of proofs ?? [null]) {
      let cnf = {};
      if (jwt) {
        const proof = await issuer.verifyCredentialRequestJwtProof({issuerMetadata: {credentialIssuer: described}, jwt, expectedNonce: nonce, clientId});
        const {kty, crv, x, y} = proof.signer.publicJwk;
        cnf = {cnf: {jwk: {kty, crv, x, y}}};
        seen.proofs.push(proof.header.kid ? proof.header.kid.split(':').slice(0, 2).join(':') : 'jwk');
      }
      const claims = {iss: 'https://issuer.example', vct: 'urn:course:1', name: 'Welding', hours: held.hours, ...cnf};
      credentials.push({credential: await instance.issue(claims, {_sd: ['name', 'hours']})});
    }
    return credentials;
  }
  async function credential(asked) {
    const parsed = issuer.parseCredentialRequest({credentialRequest: asked, issuerMetadata: {credentialIssuer: described, knownCredentialConfigurations: known}});
    const credentials = await made(parsed.proofs?.jwt);
    if (!laters) return issuer.createCredentialResponse({credentialRequest: parsed, credentials, notificationId: 'n1'});
    held.transaction = credentials;
    return [202, {transaction_id: 'later', interval}];
  }
  function deferred({transaction_id: name}) {
    seen.asked += 1;
    if (held.over || name !== 'later' || !held.transaction) return [400, {error: 'invalid_transaction_id'}];
    if (seen.asked < laters) return [202, {transaction_id: 'later', interval}];
    const credentials = held.transaction;
    held.transaction = null;
    return {credentials, notification_id: 'n2'};
  }

  // RFC 9449: a proof of the token's key, with the nonce that was given last.
  async function proven({url, content, dpop: jwt, authorization: said}) {
    if (!dpop) return null;
    const {origin} = new URL(url);
    const expected = held.nonces[origin];
    const isToken = url === `${AS}/token`;
    const refused = error => {
      held.nonces[origin] = randomBytes(8).toString('base64url');
      return {status: isToken ? 400 : 401, body: error, dpopNonce: held.nonces[origin]};
    };
    if (!jwt) return refused({error: 'invalid_dpop_proof'});
    if (!expected || jose.decodeJwt(jwt).nonce !== expected) return refused(isToken ? {error: 'use_dpop_nonce'} : {});
    const request = {method: content === undefined ? 'GET' : 'POST', url, headers: new Headers()};
    const bound = isToken ? {} : {accessToken: String(said).split(' ')[1], expectedJwkThumbprint: held.jkt};
    const {jwkThumbprint} = await authorization.verifyDpopJwt({dpopJwt: jwt, request, expectedNonce: expected, allowedSigningAlgs: ['ES256'], ...bound});
    if (isToken) held.jkt ??= jwkThumbprint;
    seen.dpop.push(jwkThumbprint === held.jkt);
    return null;
  }
  const kind = dpop ? 'DPoP' : 'Bearer';
  function tokens(more = {}) {
    held.token = randomBytes(8).toString('base64url');
    held.refresh = randomBytes(8).toString('base64url');
    return {access_token: held.token, token_type: kind, expires_in: lasts, refresh_token: held.refresh, ...more};
  }
  const answers = {
    'https://issuer.example/.well-known/openid-credential-issuer/school': () => ({...described, ...metadata}),
    'https://login.example/.well-known/oauth-authorization-server': () => ({
      issuer: AS, token_endpoint: `${AS}/token`, ...(dpop && {dpop_signing_alg_values_supported: ['ES256']}), ...server
    }),
    [`${AS}/token`]: text => {
      seen.tokenForm = Object.fromEntries(new URLSearchParams(text));
      const {code, code_verifier: verifier, refresh_token: refresh} = seen.tokenForm;
      if (refresh) {
        seen.refreshed.push(refresh === held.refresh);
        return refresh === held.refresh && !held.over ? tokens() : [400, {error: 'invalid_grant'}];
      }
      if (code) return pushedChallenge === createHash('sha256').update(verifier).digest('base64url') ? tokens() : [400, {}];
      if (seen.tokenForm.tx_code !== txCode) return [400, {error: 'invalid_grant'}];
      return tokens(token);
    },
    [`${AS}/par`]: text => {
      seen.pushed = Object.fromEntries(new URLSearchParams(text));
      pushedChallenge = seen.pushed.code_challenge;
      return [201, {request_uri: 'urn:one', expires_in: 60}];
    },
    [`${ISSUER}/nonce`]: () => ({c_nonce: nonce}),
    [`${ISSUER}/credential`]: text => response ?? credential(JSON.parse(text)),
    [`${ISSUER}/deferred`]: text => deferred(JSON.parse(text)),
    [`${ISSUER}/notification`]: text => ((seen.notified = JSON.parse(text)), [204, {}])
  };
  const guarded = [`${ISSUER}/credential`, `${ISSUER}/deferred`, `${ISSUER}/notification`];
  const sealedAt = [`${ISSUER}/credential`, `${ISSUER}/deferred`];
  async function opened({url, type, content}) {
    if (!enc || !sealedAt.includes(url)) return [content, body => [JSON.stringify(body), 'application/json']];
    if (type !== 'application/jwt') throw new Error('the request is in the open');
    const {plaintext} = await jose.compactDecrypt(content, opening.privateKey);
    const asked = JSON.parse(new TextDecoder().decode(plaintext));
    const {jwk, enc: wanted} = asked.credential_response_encryption;
    seen.sealed += 1;
    const seal = async body => [
      await new jose.CompactEncrypt(Buffer.from(JSON.stringify(body))).setProtectedHeader({alg: 'ECDH-ES', enc: wanted, kid: jwk.kid})
        .setKeyManagementParameters({apu: Buffer.from('issuer'), apv: Buffer.from('wallet')}).encrypt(await jose.importJWK(jwk, 'ECDH-ES')),
      'application/jwt'
    ];
    return [JSON.stringify(asked), seal];
  }
  const courier = async message => {
    const {url, authorization: said} = message;
    seen.paths.push(url);
    const reply = (status, text, type = 'application/json', dpopNonce = held.nonces[new URL(url).origin] ?? '') => ({
      status, type, dpopNonce, content: new Uint8Array(Buffer.from(text))
    });
    if (!answers[url]) return reply(404, '');
    if (guarded.includes(url) || url === `${AS}/token`) {
      const refused = await proven(message);
      if (refused) return reply(refused.status, JSON.stringify(refused.body), 'application/json', refused.dpopNonce);
    }
    if (guarded.includes(url)) {
      seen.access.push(String(said).replace(held.token, '*'));
      if (said !== `${kind} ${held.token}` || held.over) return reply(401, JSON.stringify({error: 'invalid_token'}));
    }
    const [text, seal] = await opened(message);
    const given = await answers[url](text);
    const [status, body] = Array.isArray(given) ? given : [200, given];
    return reply(status, ...(await seal(body)));
  };
  return {seen, held, described, here: {courier, origin: 'http://localhost:8000'}};
}

export async function offerOf({described}, changes = {}) {
  const made = await issuer.createCredentialOffer({
    issuerMetadata: {credentialIssuer: described}, credentialConfigurationIds: ['course'],
    grants: {'urn:ietf:params:oauth:grant-type:pre-authorized_code': {
      'pre-authorized_code': 'code', authorization_server: AS, tx_code: {input_mode: 'numeric', length: 6, description: 'Sent by letter'}
    }},
    ...changes
  });
  return made.credentialOffer;
}
