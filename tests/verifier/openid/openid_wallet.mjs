// An independent wallet: `@openid4vc/openid4vp` and `@sd-jwt/sd-jwt-vc`, with `jose` for encryption and Node's own crypto for keys.
// Asked over standard input, one JSON object a line:
//   {"link": …, "credential": …, "key": private JWK, "show": {…}, "documents": {did: document}, "now": its time, ISO 8601}
// What it fetches is asked for on standard output, {"fetch": {url, method, headers, body}}, and handed back on the next line as
// {status, headers, body}. In the end it says {"answer": {status, body, client, encrypted}} or {"error": …}.
import {createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate} from 'node:crypto';
import {createInterface} from 'node:readline';
import {setGlobalConfig} from '@openid4vc/oauth2';
import {Openid4vpClient} from '@openid4vc/openid4vp';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';
import {setClock} from '../../node_clock.mjs';

setGlobalConfig({allowInsecureUrls: true});
const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const say = value => process.stdout.write(`${JSON.stringify(value)}\n`);
const hear = async () => JSON.parse((await lines.next()).value);

async function fetchThere(url, {method = 'GET', headers = {}, body} = {}) {
  say({fetch: {url: String(url), method, headers, body: body === undefined ? '' : String(body)}});
  const found = await hear();
  return new Response(found.body, {status: found.status, headers: found.headers});
}

function keyOf(signer, documents) {
  if (signer.method === 'x5c') return new X509Certificate(Buffer.from(signer.x5c[0], 'base64')).publicKey;
  const [did] = signer.didUrl.split('#');
  const method = documents[did].verificationMethod.find(({id}) => id === signer.didUrl);
  return createPublicKey({key: method.publicKeyJwk, format: 'jwk'});
}

const callbacks = documents => ({
  fetch: fetchThere,
  hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
  verifyJwt(signer, {compact}) {
    const [header, payload, signature] = compact.split('.');
    const key = keyOf(signer, documents);
    const good = verify(
      'sha256', Buffer.from(`${header}.${payload}`), {key, dsaEncoding: 'ieee-p1363'}, Buffer.from(signature, 'base64url')
    );
    return {verified: good, signerJwk: key.export({format: 'jwk'})};
  },
  getX509CertificateMetadata(text) {
    const names = new X509Certificate(Buffer.from(text, 'base64')).subjectAltName?.split(', ') ?? [];
    return {sanDnsNames: names.filter(name => name.startsWith('DNS:')).map(name => name.slice(4)), sanUriNames: []};
  },
  async encryptJwe({publicJwk, enc, alg, apu, apv}, data) {
    const jwe = new jose.CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader({alg, enc, kid: publicJwk.kid});
    const parties = {apu: apu && jose.base64url.decode(apu), apv: apv && jose.base64url.decode(apv)};
    if (apu || apv) jwe.setKeyManagementParameters(parties);
    return {jwe: await jwe.encrypt(await jose.importJWK(publicJwk, alg)), encryptionJwk: publicJwk};
  },
  decryptJwe() {
    throw new Error('nothing is encrypted to this wallet');
  },
  signJwt() {
    throw new Error('this wallet signs no answers');
  }
});

async function present({credential, key, show}, {nonce}, audience) {
  const secret = createPrivateKey({key, format: 'jwk'});
  const instance = new SDJwtVcInstance({
    hasher: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    kbSignAlg: 'ES256',
    kbSigner: data => sign('sha256', Buffer.from(data), {key: secret, dsaEncoding: 'ieee-p1363'}).toString('base64url')
  });
  return instance.present(credential, show, {kb: {payload: {iat: Math.floor(Date.now() / 1000), aud: audience, nonce}}});
}

async function answer(question) {
  setClock(Date.parse(question.now));
  const client = new Openid4vpClient({callbacks: callbacks(question.documents)});
  const {params} = client.parseOpenid4vpAuthorizationRequest({authorizationRequest: question.link});
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({authorizationRequestPayload: params});
  const request = resolved.authorizationRequestPayload;
  const presentation = await present(question, request, request.client_id);
  const encrypted = request.response_mode === 'direct_post.jwt';
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    authorizationResponsePayload: {vp_token: {[resolved.dcql.query.credentials[0].id]: [presentation]}},
    ...(encrypted && {
      jarm: {
        encryption: {nonce: 'bm9uY2U'},
        serverMetadata: {
          authorization_signing_alg_values_supported: [],
          authorization_encryption_alg_values_supported: ['ECDH-ES'],
          authorization_encryption_enc_values_supported: [question.enc]
        }
      }
    })
  });
  const {response} = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request, authorizationResponsePayload: made.authorizationResponsePayload, jarm: made.jarm
  });
  return {status: response.status, body: await response.json(), client: resolved.client.prefix, encrypted};
}

for (;;) {
  const line = await lines.next();
  if (line.done) break;
  try {
    say({answer: await answer(JSON.parse(line.value))});
  } catch (error) {
    say({error: `${error.name}: ${error.message} ${JSON.stringify(error.errorResponse ?? '')}`});
  }
}
