// The vault before verifiers of `@openid4vc/openid4vp` and before hostile ones: what it answers, with what, and what it refuses.
// Given on standard input: {x5c, key (private JWK of the certificate), holder (private JWK), credentials, issuer (public JWK), now}.
import {createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Openid4vpVerifier} from '@openid4vc/openid4vp';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';
import {isSigned, parseMdoc} from '../../web/client/mdoc.ts';
import {attesterIn} from '../../web/client/vault_attesters.ts';
import {holdingsOf} from '../../web/client/vault_holdings.ts';
import {answer, decline, planFor, vpToken} from '../../web/client/vault_present.ts';
import {readRequest, requestIn} from '../../web/client/vault_request.ts';
import {setClock} from '../node_clock.mjs';

const given = JSON.parse(readFileSync(0, 'utf8'));
const now = Date.parse(given.now);
setClock(now);
const HOST = 'https://asker.example';
const RESPONSES = `${HOST}/answers/1`;
const der = Buffer.from(given.x5c[0], 'base64');
const HASH = `x509_hash:${createHash('sha256').update(der).digest('base64url')}`;
const QUERY = {credentials: [{id: 'course', format: 'dc+sd-jwt', meta: {vct_values: ['urn:course:1']}, claims: [{path: ['name']}]}]};

const encoded = value => Buffer.from(JSON.stringify(value)).toString('base64url');
function jws(header, payload, key = given.key) {
  const content = `${encoded(header)}.${encoded(payload)}`;
  const signature = sign('sha256', Buffer.from(content), {key: createPrivateKey({key, format: 'jwk'}), dsaEncoding: 'ieee-p1363'});
  return `${content}.${signature.toString('base64url')}`;
}
function holds(text, jwk) {
  const [header, payload, signature] = text.split('.');
  const key = {key: createPublicKey({key: jwk, format: 'jwk'}), dsaEncoding: 'ieee-p1363'};
  return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
}
const publicPart = ({kty, crv, x, y}) => ({kty, crv, x, y});

const ephemeral = await jose.generateKeyPair('ECDH-ES', {crv: 'P-256', extractable: true});
const encryptionKey = {...(await jose.exportJWK(ephemeral.publicKey)), kid: 'once', alg: 'ECDH-ES', use: 'enc'};
const opening = {
  verifyJwt: async () => ({verified: false}),
  async decryptJwe(jwe) {
    const {plaintext, protectedHeader} = await jose.compactDecrypt(jwe, ephemeral.privateKey);
    return {decrypted: true, payload: new TextDecoder().decode(plaintext), decryptionJwk: encryptionKey, header: protectedHeader};
  }
};
const hasher = (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest();
const signJwt = async (_, {header, payload}) => ({jwt: jws(header, payload), signerJwk: publicPart(given.key)});
const verifier = new Openid4vpVerifier({callbacks: {...opening, hash: hasher, signJwt}});

// What the lists say of who may vouch for askers: one authority, of whose keys one is in use.
const listedKey = (id, more = {}) => ({id, publicKeyMultibase: given.attesterMultibase, from: '2026-01-01', until: null, compromisedSince: null, ...more});
const ATTESTER = 'did:web:authority.example';
const LISTS = {
  files: {authorities: [{state: 'XA', record: {did: ATTESTER, keys: [
    listedKey('#old', {until: '2026-02-01'}), listedKey('#stolen', {compromisedSince: '2026-03-01T00:00:00Z'}), listedKey('#k1')
  ]}}]}
};

// The world outside: the request lies at its address, the answer is kept, a DID document is there.
function world(jwt, documents = {}) {
  const posts = [];
  const courier = async ({url, content}) => {
    const reply = (status, body) => ({status, type: 'application/json', content: new Uint8Array(Buffer.from(body))});
    if (url === RESPONSES) return posts.push(Object.fromEntries(new URLSearchParams(content))), reply(200, '{"redirect_uri": "https://asker.example/done"}');
    if (url === `${HOST}/requests/1`) return reply(200, typeof jwt === 'function' ? jwt(new URLSearchParams(content ?? '')) : jwt);
    return documents[url] ? reply(200, JSON.stringify(documents[url])) : reply(404, '');
  };
  return {posts, here: {courier, origin: 'http://localhost:8000', now, walletNonce: 'of-this-vault', attester: attesterIn(LISTS, now)}};
}

const entries = given.credentials.map((credential, place) => ({
  id: `record-${place}`,
  waits: false,
  content: {kind: 'credential', credential, copies: [], keys: [{did: 'did:key:x', jwk: given.holder}]}
}));

// Answers as a holder does who shows the first thing that will do.
async function shown(link, {here, posts}) {
  const asked = await readRequest(link, here);
  const plan = planFor(asked, holdingsOf(entries));
  const choice = new Map(plan.needed.map(id => [id, plan.options.get(id).slice(0, 1)]));
  const next = await answer(asked, await vpToken(asked, choice, now), here.courier);
  return {asked, plan, next, post: posts.at(-1)};
}

async function made(mode, clientId, method = 'get', more = {}) {
  const metadata = mode === 'direct_post.jwt' ? {jwks: {keys: [encryptionKey]}, encrypted_response_enc_values_supported: [more.enc]} : {};
  const payload = {
    response_type: 'vp_token', response_mode: mode, client_id: clientId, nonce: randomBytes(16).toString('base64url'), state: 'one',
    response_uri: RESPONSES, dcql_query: QUERY, client_metadata: {...metadata, vp_formats_supported: {'dc+sd-jwt': {}}}
  };
  const isDid = clientId.startsWith('decentralized');
  const jwtSigner = isDid ? {method: 'did', didUrl: 'did:web:asker.example#k', alg: 'ES256'} : {method: 'x5c', x5c: given.x5c, alg: 'ES256'};
  const jar = {requestUri: `${HOST}/requests/1`, jwtSigner, expiresInSeconds: 300, additionalJwtPayload: {aud: 'https://self-issued.me/v2'}};
  if (more.aud === 'own') delete jar.additionalJwtPayload;
  if (method === 'post') payload.wallet_nonce = 'of-this-vault';
  const unsigned = clientId.startsWith('redirect_uri');
  const found = await verifier.createOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: payload, now: new Date(now), ...(unsigned ? {} : {jar}), wallet: {expectedNonce: payload.wallet_nonce}
  });
  const link = method === 'post' ? `${found.authorizationRequest}&request_uri_method=post` : found.authorizationRequest;
  return {link, jwt: found.jar?.authorizationRequestJwt, payload};
}

const DOCUMENT = {
  id: 'did:web:asker.example',
  verificationMethod: [{id: 'did:web:asker.example#k', type: 'JsonWebKey', controller: 'did:web:asker.example', publicKeyJwk: publicPart(given.key)}]
};
async function flow(mode, clientId, method, more) {
  const {link, jwt, payload} = await made(mode, clientId, method, more);
  const there = world(jwt, {[`${HOST}/.well-known/did.json`]: DOCUMENT});
  const {asked, plan, next, post} = await shown(link, there);
  const parsed = await verifier.parseOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload, authorizationResponse: post, callbacks: opening
  });
  const [presentation] = parsed.dcql.presentations.course;
  const instance = new SDJwtVcInstance({
    hasher, hashAlg: 'sha-256',
    verifier: (data, signature) => holds(`${data}.${signature}`, given.issuer),
    kbVerifier: (data, signature) => holds(`${data}.${signature}`, publicPart(given.holder))
  });
  const verified = await instance.verify(presentation, {keyBindingNonce: payload.nonce, currentDate: Math.floor(now / 1000)});
  const option = plan.options.get('course')[0];
  return {
    claims: Object.keys(verified.payload).sort(),
    name: verified.payload.name,
    audience: verified.kb.payload.aud === clientId,
    age: verified.kb.payload.iat - Math.floor(now / 1000),
    kept: option.kept.map(path => path.join('.')),
    told: option.shown.map(({path}) => path[0]),
    state: post.state ?? parsed.authorizationResponsePayload.state,
    encrypted: 'response' in post,
    next,
    asker: {host: asked.asker.host, proven: asked.asker.proven}
  };
}
const SAN = 'x509_san_dns:asker.example';
const DID = 'decentralized_identifier:did:web:asker.example';
const flows = {
  hash: await flow('direct_post.jwt', HASH, 'get', {enc: 'A128GCM'}),
  'hash-256': await flow('direct_post.jwt', HASH, 'post', {enc: 'A256GCM'}),
  'own-audience': await flow('direct_post', HASH, 'get', {aud: 'own'}),
  san: await flow('direct_post', SAN),
  did: await flow('direct_post', DID, 'post'),
  unsigned: await flow('direct_post', `redirect_uri:${RESPONSES}`)
};

// Hostile requests: a good one, and what is changed.
const GOOD = {
  response_type: 'vp_token', response_mode: 'direct_post', client_id: HASH, nonce: 'n-0S6_WzA2Mj', state: 's', response_uri: RESPONSES,
  dcql_query: QUERY, aud: 'https://self-issued.me/v2', exp: Math.floor(now / 1000) + 300
};
const HEADER = {alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c: given.x5c};
const stranger = (await jose.exportJWK((await jose.generateKeyPair('ES256', {extractable: true})).privateKey));
const linkTo = (clientId, more = '') => `openid4vp://?client_id=${encodeURIComponent(clientId)}&request_uri=${encodeURIComponent(`${HOST}/requests/1`)}${more}`;

async function refusal(link, there = world('')) {
  try {
    await readRequest(link, there.here);
    return 'read';
  } catch (error) {
    return error.why ?? `${error.name}: ${error.message}`;
  }
}
const changed = (changes, {header = {}, key = given.key, outer, more = '', documents} = {}) => {
  const payload = {...GOOD, ...changes};
  for (const [name, value] of Object.entries(payload)) if (value === null) delete payload[name];
  return refusal(linkTo(outer ?? payload.client_id ?? HASH, more), world(jws({...HEADER, ...header}, payload, key), documents));
};
const plain = changes => {
  const parameters = {...GOOD, client_id: `redirect_uri:${RESPONSES}`, ...changes};
  const text = value => (typeof value === 'string' ? value : JSON.stringify(value));
  return refusal(`openid4vp://?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, text(value)]))}`);
};
const refusals = {
  good: await changed({}),
  'good unsigned': await plain({}),
  'another audience': await changed({aud: 'https://another.example'}),
  'no audience': await changed({aud: null}),
  expired: await changed({exp: Math.floor(now / 1000) - 120}),
  'not yet': await changed({nbf: Math.floor(now / 1000) + 600}),
  'time is no time': await changed({exp: 'soon'}),
  'another certificate named': await changed({client_id: `x509_hash:${createHash('sha256').update('x').digest('base64url')}`}),
  'link and request differ': await changed({}, {outer: SAN}),
  'certificate of another host': await changed({client_id: 'x509_san_dns:bank.example', response_uri: 'https://bank.example/a'}),
  'answer to another host': await changed({client_id: SAN, response_uri: 'https://thief.example/a'}),
  'signed by another': await changed({}, {key: stranger}),
  'no algorithm': await changed({}, {header: {alg: 'none'}}),
  'no certificate': await changed({}, {header: {x5c: undefined}}),
  'certificate is garbage': await changed({}, {header: {x5c: ['AAAA']}}),
  'another kind of token': await changed({}, {header: {typ: 'JWT'}}),
  'critical unknown': await changed({}, {header: {crit: ['x']}}),
  'did without document': await changed({client_id: DID}, {header: {x5c: undefined, kid: 'did:web:asker.example#k'}}),
  'key of another did': await changed({client_id: DID}, {header: {x5c: undefined, kid: 'did:web:other.example#k'}}),
  'document of another did': await changed(
    {client_id: DID},
    {header: {x5c: undefined, kid: 'did:web:asker.example#k'}, documents: {[`${HOST}/.well-known/did.json`]: {...DOCUMENT, id: 'did:web:other.example'}}}
  ),
  'unsigned with a signed prefix': await plain({client_id: HASH}),
  'signed with the unsigned prefix': await changed({client_id: `redirect_uri:${RESPONSES}`}),
  'answer elsewhere than the unsigned asker': await plain({response_uri: 'https://thief.example/a'}),
  'unknown prefix': await changed({client_id: 'openid_federation:https://asker.example'}),
  'no prefix': await changed({client_id: 'asker'}),
  'no nonce': await changed({nonce: null}),
  'nonce of spaces': await changed({nonce: 'a b'}),
  'redirect_uri with direct_post': await changed({redirect_uri: RESPONSES}),
  'answer in the open': await changed({response_uri: 'http://asker.example/a'}),
  'fragment mode': await changed({response_mode: 'fragment'}),
  'id_token': await changed({response_type: 'id_token'}),
  'unknown transaction': await changed({transaction_data: ['e30']}),
  'no query': await changed({dcql_query: null}),
  'query is too large': await changed({dcql_query: {credentials: Array.from({length: 21}, (_, place) => ({...QUERY.credentials[0], id: `q${place}`}))}}),
  'no key to encrypt to': await changed({response_mode: 'direct_post.jwt', client_metadata: {jwks: {keys: [{...encryptionKey, crv: 'P-384'}]}}}),
  'no nonce of this vault': await changed({}, {more: '&request_uri_method=post'}),
  'nonce of another vault': await changed({wallet_nonce: 'of-another'}, {more: '&request_uri_method=post'}),
  'unknown method': await changed({}, {more: '&request_uri_method=put'}),
  'mismatching iss': await changed({iss: 'https://another.example'}),
  'a transaction of a type that nobody knows': await changed({transaction_data: [Buffer.from(JSON.stringify({type: 'sale', credential_ids: ['course']})).toString('base64url')]}),
  'for the browser\'s API': await changed({response_mode: 'dc_api', expected_origins: ['https://thief.example'], response_uri: null}),
  'for the browser\'s API, encrypted': await changed({response_mode: 'dc_api.jwt', expected_origins: ['https://asker.example']}),
  'signed by several': await refusal(linkTo(HASH), world(JSON.stringify({payload: 'e30', signatures: [{protected: 'e30', signature: 'AA'}]}))),
  'request too large': await changed({filler: 'x'.repeat(200_001)}),
  'request not there': await refusal(linkTo(HASH).replace('requests%2F1', 'requests%2F2')),
  'request in the open': await refusal(linkTo(HASH).replace('https%3A', 'http%3A'), world(jws(HEADER, GOOD))),
  'request in two ways': await refusal(`${linkTo(HASH)}&request=a.b.c`),
  'no link': await refusal('https://asker.example/')
};

// Keys that cannot be used stand before one that can.
const KEYS = [{...encryptionKey, kid: 'curve', crv: 'P-384'}, {...encryptionKey, kid: 'alg', alg: 'RSA-OAEP'}, {...encryptionKey, kid: 'use', use: 'sig'}, {kty: 'OKP', crv: 'X25519', x: 'AA', kid: 'kty', alg: 'ECDH-ES'}];
async function encryption(keys, encs) {
  const metadata = {jwks: {keys}, encrypted_response_enc_values_supported: encs};
  const there = world(jws(HEADER, {...GOOD, response_mode: 'direct_post.jwt', client_metadata: metadata}));
  const {encryption: found} = await readRequest(linkTo(HASH), there.here);
  return [found.jwk.kid, found.enc];
}
const chosenKeys = [await encryption([...KEYS, {...encryptionKey, kid: 'good'}], ['A128CBC-HS256', 'A128GCM']), await encryption([{...encryptionKey, kid: 'first'}, ...KEYS], ['A256GCM'])];

// Askers for whom somebody vouches: a good attestation, and what is changed of it.
const attestation = (changes = {}, {key = given.attester, header = {}} = {}) => {
  const claims = {iss: ATTESTER, sub: 'employer', exp: Math.floor(now / 1000) + 3600, cnf: {jwk: publicPart(given.key)}, ...changes};
  return jws({alg: 'ES256', typ: 'verifier-attestation+jwt', kid: `${claims.iss}#k1`, ...header}, claims, key);
};
const vouched = (jwt, more = {}) => changed({client_id: 'verifier_attestation:employer', ...more}, {header: {x5c: undefined, jwt}});
const attested = {
  good: await vouched(attestation()),
  'good, with its addresses': await vouched(attestation({redirect_uris: [RESPONSES]})),
  'no attestation': await vouched(undefined),
  'another name': await vouched(attestation({sub: 'another'})),
  ended: await vouched(attestation({exp: Math.floor(now / 1000) - 120})),
  'no end': await vouched(attestation({exp: undefined})),
  'not yet': await vouched(attestation({nbf: Math.floor(now / 1000) + 600})),
  'answers elsewhere': await vouched(attestation({redirect_uris: ['https://asker.example/other']})),
  'by nobody known': await vouched(attestation({iss: 'did:web:stranger.example'})),
  'by an old key': await vouched(attestation({}, {header: {kid: `${ATTESTER}#old`}})),
  'by a stolen key': await vouched(attestation({}, {header: {kid: `${ATTESTER}#stolen`}})),
  'in the name of an authority': await vouched(attestation({}, {key: stranger})),
  'of another key': await vouched(attestation({cnf: {jwk: publicPart(stranger)}})),
  'of no key': await vouched(attestation({cnf: undefined})),
  'another kind of token': await vouched(attestation({}, {header: {typ: 'JWT'}}))
};
const vouchedFor = (await readRequest(linkTo('verifier_attestation:employer'), world(
  jws({...HEADER, x5c: undefined, jwt: attestation()}, {...GOOD, client_id: 'verifier_attestation:employer'})
).here)).asker.attested;

// What the query asks for, against what the vault has.
const planned = async query => {
  const there = world(jws(HEADER, {...GOOD, dcql_query: query}));
  const plan = planFor(await readRequest(linkTo(HASH), there.here), holdingsOf(entries));
  const seen = [...plan.options].map(([id, options]) => [id, options.map(({shown: all}) => all.map(({path, value}) => [path[0], value]))]);
  return {needed: plan.needed, optional: plan.optional, can: plan.isSatisfiable, seen: Object.fromEntries(seen)};
};
const credential = (id, more) => ({...QUERY.credentials[0], id, ...more});
const plans = {
  nothing: await planned({credentials: [credential('a', {claims: undefined})]}),
  inside: await planned({credentials: [credential('a', {claims: [{path: ['address', 'town']}]})]}),
  value: await planned({credentials: [credential('a', {claims: [{path: ['hours'], values: [120]}]})]}),
  'other value': await planned({credentials: [credential('a', {claims: [{path: ['hours'], values: ['120']}]})]}),
  'other type': await planned({credentials: [credential('a', {meta: {vct_values: ['urn:course:2']}})]}),
  'claim sets': await planned({credentials: [credential('a', {
    claims: [{id: 'n', path: ['grade']}, {id: 'h', path: ['hours']}, {id: 'm', path: ['name']}], claim_sets: [['n'], ['h'], ['m']]
  })]}),
  sets: await planned({
    credentials: [credential('a', {meta: {vct_values: ['urn:no']}}), credential('b'), credential('c', {claims: [{path: ['hours']}]})],
    credential_sets: [{options: [['a'], ['b']]}, {options: [['c']], required: false}, {options: [['a']], required: false}]
  }),
  authority: await planned({credentials: [credential('a', {trusted_authorities: [{type: 'aki', values: ['x']}]})]})
};

// Whole certificates, made for one asker.
async function whole(text, format, types) {
  const there = world(jws(HEADER, {...GOOD, dcql_query: {credentials: [{id: 'a', format, meta: {type_values: [types]}}]}}));
  const asked = await readRequest(linkTo(HASH), there.here);
  const content = {kind: 'credential', credential: text, keys: [{did: given.holderDid, jwk: given.holder}]};
  const plan = planFor(asked, holdingsOf([{id: 'w', waits: false, content}]));
  const token = await vpToken(asked, new Map([['a', plan.options.get('a')]]), now);
  return {presented: token.a?.[0] ?? null, whole: plan.options.get('a')[0]?.isWhole, for: [asked.asker.clientId, asked.nonce]};
}
const IRI = 'https://www.w3.org/2018/credentials#VerifiableCredential';
const wholes = {
  jwt: await whole(given.jwt, 'jwt_vc_json', ['VerifiableCredential']),
  document: await whole(given.document, 'ldp_vc', [IRI]),
  other: await whole(given.document.replace(given.holderDid, 'did:key:zOther'), 'ldp_vc', [IRI])
};

// A mobile document: what was changed or cut off is noticed, byte by byte.
const mobile = new Uint8Array(Buffer.from(given.mdoc, 'base64url'));
const sound = async bytes => {
  try {
    return (await isSigned(parseMdoc(Buffer.from(bytes).toString('base64url')))) === true;
  } catch {
    return false;
  }
};
const flipped = await Promise.all([...mobile.keys()].map(place => sound(mobile.map((byte, at) => (at === place ? byte ^ 1 : byte)))));
const cut = await Promise.all([...mobile.keys()].map(place => sound(mobile.slice(0, place))));
const beside = parseMdoc(given.mdoc).issuerAuth.value[1].raw; // the part of the header that nobody signs: kid and certificate
const starts = Buffer.from(mobile).indexOf(Buffer.from(beside));
const mdoc = {
  whole: await sound(mobile),
  claims: parseMdoc(given.mdoc).claims,
  unnoticed: flipped.flatMap((isSound, place) => (isSound && (place < starts || place >= starts + beside.length) ? [place] : [])),
  cut: cut.filter(Boolean).length,
  byName: await isSigned(parseMdoc(given.mdocByName))
};

const declining = world(jws(HEADER, GOOD));
await decline(await readRequest(linkTo(HASH), declining.here), declining.here.courier);
console.log(JSON.stringify({
  flows, refusals, attested, vouchedFor, chosenKeys, plans, wholes, mdoc, declined: declining.posts,
  links: ['https://wallet.example/open?client_id=a&request_uri=b', 'javascript:x?client_id=a&request_uri=b', 'https://a.example/claim/XYZ'].map(link => requestIn(link) !== null),
  certificate: new X509Certificate(der).subjectAltName
}));
