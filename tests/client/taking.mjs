// The vault before issuers: one built on `@openid4vc/openid4vci`, which checks what the vault sends, and hostile ones.
import {createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify} from 'node:crypto';
import {Openid4vciIssuer} from '@openid4vc/openid4vci';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {beginAuthorization, returned} from '../../web/client/vault_authorizing.ts';
import {preAuthorized, readOffer, take} from '../../web/client/vault_offers.ts';
import {holdingsOf} from '../../web/client/vault_holdings.ts';

const ISSUER = 'https://issuer.example/school';
const AS = 'https://login.example';
const own = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const hasher = (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest();
const signed = data => sign('sha256', Buffer.from(data), {key: own.privateKey, dsaEncoding: 'ieee-p1363'}).toString('base64url');

function keyOf(signer) {
  if (signer.method === 'jwk') return signer.publicJwk;
  return JSON.parse(Buffer.from(signer.didUrl.split('#')[0].slice('did:jwk:'.length), 'base64url'));
}
const issuer = new Openid4vciIssuer({
  callbacks: {
    hash: hasher,
    generateRandom: size => randomBytes(size),
    async verifyJwt(signer, {compact}) {
      const [header, payload, signature] = compact.split('.');
      const jwk = keyOf(signer);
      const key = {key: createPublicKey({key: jwk, format: 'jwk'}), dsaEncoding: 'ieee-p1363'};
      return {verified: verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')), signerJwk: jwk};
    }
  }
});

const configuration = more => ({
  format: 'dc+sd-jwt', vct: 'urn:course:1', scope: 'course', cryptographic_binding_methods_supported: ['jwk'],
  proof_types_supported: {jwt: {proof_signing_alg_values_supported: ['ES256']}}, credential_metadata: {display: [{name: 'Course'}]}, ...more
});

// An issuer's answers; `changes` makes it another than it should be.
function world({config = {}, metadata = {}, server = {}, token = {}, response, txCode = '123456', clientId} = {}) {
  const described = issuer.createCredentialIssuerMetadata({
    credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`, nonce_endpoint: `${ISSUER}/nonce`,
    notification_endpoint: `${ISSUER}/notification`, authorization_servers: [AS], batch_credential_issuance: {batch_size: 2},
    display: [{name: 'The School'}], credential_configurations_supported: {course: configuration(config)}
  });
  const seen = {paths: [], proofs: [], notified: null, tokenForm: null, access: []};
  const known = issuer.getKnownCredentialConfigurationsSupported(described);
  const nonce = randomBytes(16).toString('base64url');
  let pushedChallenge = '';
  async function credential(text, authorization) {
    seen.access.push(authorization);
    const parsed = issuer.parseCredentialRequest({
      credentialRequest: JSON.parse(text), issuerMetadata: {credentialIssuer: described, knownCredentialConfigurations: known}
    });
    const instance = new SDJwtVcInstance({hasher, hashAlg: 'sha-256', signer: signed, signAlg: 'ES256', saltGenerator: () => randomBytes(16).toString('base64url')});
    const credentials = [];
    for (const jwt of parsed.proofs?.jwt ?? [null]) {
      let cnf = {};
      if (jwt) {
        const proof = await issuer.verifyCredentialRequestJwtProof({issuerMetadata: {credentialIssuer: described}, jwt, expectedNonce: nonce, clientId});
        const {kty, crv, x, y} = proof.signer.publicJwk;
        cnf = {cnf: {jwk: {kty, crv, x, y}}};
        seen.proofs.push(proof.header.kid ? proof.header.kid.split(':').slice(0, 2).join(':') : 'jwk');
      }
      const claims = {iss: 'https://issuer.example', vct: 'urn:course:1', name: 'Welding', hours: 120, ...cnf};
      credentials.push({credential: await instance.issue(claims, {_sd: ['name', 'hours']})});
    }
    return issuer.createCredentialResponse({credentialRequest: parsed, credentials, notificationId: 'n1'});
  }
  const answers = {
    'https://issuer.example/.well-known/openid-credential-issuer/school': () => ({...described, ...metadata}),
    'https://login.example/.well-known/oauth-authorization-server': () => ({issuer: AS, token_endpoint: `${AS}/token`, ...server}),
    [`${AS}/token`]: text => {
      seen.tokenForm = Object.fromEntries(new URLSearchParams(text));
      const {code, code_verifier: verifier} = seen.tokenForm;
      if (code) return pushedChallenge === createHash('sha256').update(verifier).digest('base64url') ? {access_token: 'secret.token', token_type: 'Bearer'} : [400, {}];
      if (seen.tokenForm.tx_code !== txCode) return [400, {error: 'invalid_grant'}];
      return {access_token: 'secret.token', token_type: 'Bearer', ...token};
    },
    [`${AS}/par`]: text => {
      seen.pushed = Object.fromEntries(new URLSearchParams(text));
      pushedChallenge = seen.pushed.code_challenge;
      return [201, {request_uri: 'urn:one', expires_in: 60}];
    },
    [`${ISSUER}/nonce`]: () => ({c_nonce: nonce}),
    [`${ISSUER}/credential`]: (text, authorization) => response ?? credential(text, authorization),
    [`${ISSUER}/notification`]: text => ((seen.notified = JSON.parse(text)), [204, {}])
  };
  const courier = async ({url, content, authorization}) => {
    seen.paths.push(url);
    if (!answers[url]) return {status: 404, type: '', content: new Uint8Array()};
    const said = await answers[url](content, authorization);
    const [status, body] = Array.isArray(said) ? said : [200, said];
    return {status, type: 'application/json', content: new Uint8Array(Buffer.from(JSON.stringify(body)))};
  };
  return {seen, described, here: {courier, origin: 'http://localhost:8000'}};
}

async function offerOf({described}, changes = {}) {
  const made = await issuer.createCredentialOffer({
    issuerMetadata: {credentialIssuer: described}, credentialConfigurationIds: ['course'],
    grants: {'urn:ietf:params:oauth:grant-type:pre-authorized_code': {
      'pre-authorized_code': 'code', authorization_server: AS, tx_code: {input_mode: 'numeric', length: 6, description: 'Sent by letter'}
    }},
    ...changes
  });
  return made.credentialOffer;
}

async function taken(changes = {}, number = '123456') {
  const there = world(changes);
  const offer = await readOffer(await offerOf(there), there.here);
  const found = await take(offer, preAuthorized(offer, number), there.here);
  await found.accepted();
  const content = {kind: 'credential', credential: found.copies[0], copies: found.copies.slice(1), keys: found.keys};
  const [holding] = holdingsOf([{id: 'r', waits: false, content}]);
  return {
    asks: [offer.asksNumber, offer.numberHint], issuer: found.issuer, name: found.issuerName, copies: found.copies.length, keys: found.keys.length,
    bound: holding?.copies.length ?? 0, claims: Object.keys(holding?.copies[0].token.claims ?? {}).sort(), proofs: there.seen.proofs,
    notified: there.seen.notified, form: there.seen.tokenForm, access: there.seen.access
  };
}

async function refusal(changes, edit = link => link, number = '123456') {
  const there = world(changes);
  try {
    const offer = await readOffer(edit(await offerOf(there)), there.here);
    await take(offer, preAuthorized(offer, number), there.here);
    return 'taken';
  } catch (error) {
    return error.constructor.name;
  }
}
const edited = change => link => {
  const offer = JSON.parse(new URL(link).searchParams.get('credential_offer'));
  return `openid-credential-offer://?${new URLSearchParams({credential_offer: JSON.stringify(change(offer))})}`;
};
// The holder signs in at the issuer and comes back.
const WALLET = 'https://wallet.example/wallet/vault';
async function signedIn() {
  const PAGE = {authorization_endpoint: `${AS}/authorize`, pushed_authorization_request_endpoint: `${AS}/par`, authorization_response_iss_parameter_supported: true};
  const there = world({server: PAGE, clientId: WALLET});
  const link = await offerOf(there, {grants: {authorization_code: {issuer_state: 'the-offer', authorization_server: AS}}});
  const offer = await readOffer(link, there.here);
  const {url, begun} = await beginAuthorization(offer, WALLET, there.here);
  const back = changes => new URLSearchParams({code: 'c', state: begun.state, iss: AS, ...changes}).toString();
  const refused = (query, remembered = begun, now = Date.now()) => {
    try {
      returned(query, remembered, now);
      return 'taken';
    } catch (error) {
      return error.constructor.name;
    }
  };
  const {grant} = returned(back({}), JSON.parse(JSON.stringify(begun)), Date.now());
  const found = await take(offer, grant, there.here);
  const without = world({server: {authorization_endpoint: `${AS}/authorize`}});
  return {
    url, copies: found.copies.length, pushed: there.seen.pushed, form: {...there.seen.tokenForm, code_verifier: there.seen.tokenForm.code_verifier.length},
    unpushed: Object.keys(Object.fromEntries(new URL((await beginAuthorization(offer, WALLET, without.here)).url).searchParams)).sort(),
    refused: {
      'another state': refused(back({state: 'x'})), 'another server': refused(back({iss: 'https://thief.example'})),
      'no name': refused(back({}).replace(/&iss=[^&]*/, '')), 'said no': refused(`error=access_denied&state=${begun.state}&iss=${encodeURIComponent(AS)}`),
      'too late': refused(back({}), begun, Date.now() + 3_600_000), 'nothing begun': refused(back({}), null), 'begun': refused(back({}))
    },
    page: await beginAuthorization(offer, WALLET, world({server: {authorization_endpoint: 'javascript:x'}}).here).catch(error => error.constructor.name)
  };
}

const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

console.log(JSON.stringify({
  signedIn: await signedIn(),
  taken: {
    jwk: await taken(),
    'did:jwk': await taken({config: {cryptographic_binding_methods_supported: ['did:jwk']}}),
    unbound: await taken({config: {cryptographic_binding_methods_supported: undefined, proof_types_supported: undefined}})
  },
  refusals: {
    'wrong number': await refusal({}, undefined, '000000'),
    'another issuer answers': await refusal({metadata: {credential_issuer: 'https://thief.example'}}),
    'unknown configuration': await refusal({}, edited(offer => ({...offer, credential_configuration_ids: ['other']}))),
    'server of somebody else': await refusal({}, edited(offer => ({...offer, grants: {[GRANT]: {...offer.grants[GRANT], authorization_server: 'https://thief.example'}}}))),
    'server says another name': await refusal({server: {issuer: 'https://thief.example'}}),
    'token in the open': await refusal({server: {token_endpoint: 'http://login.example/token'}}),
    'credential in the open': await refusal({metadata: {credential_endpoint: 'http://issuer.example/credential'}}),
    'issuer in the open': await refusal({}, edited(offer => ({...offer, credential_issuer: 'http://issuer.example/school'}))),
    'code is no text': await refusal({}, edited(offer => ({...offer, grants: {[GRANT]: {'pre-authorized_code': 7}}}))),
    'form unknown': await refusal({config: {format: 'another', vct: undefined}}),
    'another algorithm': await refusal({config: {proof_types_supported: {jwt: {proof_signing_alg_values_supported: ['ES512']}}}}),
    'attested key wanted': await refusal({config: {proof_types_supported: {jwt: {proof_signing_alg_values_supported: ['ES256'], key_attestations_required: {}}}}}),
    'encryption wanted': await refusal({metadata: {credential_response_encryption: {encryption_required: true}}}),
    'another kind of token': await refusal({token: {token_type: 'DPoP'}}),
    'later': await refusal({response: [202, {transaction_id: 't', interval: 5}]}),
    'more than was asked for': await refusal({response: {credentials: [1, 2, 3].map(() => ({credential: 'a.b.c~'}))}}),
    'nothing in it': await refusal({response: {credentials: [{}]}}),
    'a trouble of its own': await refusal({response: [503, {}]}),
    'two offers in one': await refusal({}, link => `${link}&credential_offer_uri=https%3A%2F%2Fissuer.example%2Fo`),
    'no offer': await refusal({}, () => 'openid-credential-offer://?credential_offer=%7B')
  }
}));
