// The vault before issuers: one that checks what the vault sends, and hostile ones.
import {beginAuthorization, returned} from '../../web/client/vault_authorizing.ts';
import {preAuthorized} from '../../web/client/vault_access.ts';
import {notify, take} from '../../web/client/vault_issuance.ts';
import {wayOn} from '../../web/client/vault_interaction.ts';
import {isInteraction} from '../../web/client/vault_places.ts';
import {readOffer} from '../../web/client/vault_offers.ts';
import {holdingsOf} from '../../web/client/vault_holdings.ts';
import {AS, offerOf, world} from './issuer_peer.mjs';

async function taken(changes = {}, number = '123456') {
  const there = world(changes);
  const offer = await readOffer(await offerOf(there), there.here);
  const found = await take(offer, preAuthorized(offer, number), there.here);
  await notify(found, 'credential_accepted', there.here);
  const content = {kind: 'credential', credential: found.copies[0], copies: found.copies.slice(1), keys: found.keys};
  const [holding] = holdingsOf([{id: 'r', waits: false, content}]);
  return {
    asks: [offer.asksNumber, offer.numberHint], issuer: found.tie.offer.issuer, name: found.tie.issuerName, title: found.tie.title, copies: found.copies.length, keys: found.keys.length,
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

// Interaction URLs: what they lead to, and where they are not followed.
const LINK = 'https://centre.example/claim/XYZ?iuv=1';
const OFFER = 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fcentre.example%2Foffer';
const QUESTION = 'openid4vp://?client_id=x509_hash%3Ax&request_uri=https%3A%2F%2Fcentre.example%2Fr';
async function ways(answers) {
  const asked = [];
  const courier = async ({url}) => {
    asked.push(url);
    const [status, body, location = ''] = answers[url] ?? [404, {}];
    return {status, type: 'application/json', location, content: new Uint8Array(Buffer.from(JSON.stringify(body)))};
  };
  const found = await wayOn(LINK, {courier, origin: 'http://localhost:8000'}).catch(error => error.constructor.name);
  return [found, asked.length];
}
const THERE = 'https://centre.example/workflows/claim/exchanges/XYZ/protocols';
const interactions = {
  offer: await ways({[LINK]: [200, {protocols: {vcapi: 'https://centre.example/x', OID4VCI: OFFER}}]}),
  question: await ways({[LINK]: [200, {protocols: {OID4VP: QUESTION}}]}),
  'sent on': await ways({[LINK]: [303, {}, '/workflows/claim/exchanges/XYZ/protocols'], [THERE]: [200, {protocols: {OID4VCI: OFFER}}]}),
  'sent on twice': await ways({[LINK]: [303, {}, THERE], [THERE]: [303, {}, LINK]}),
  'sent to somebody else': await ways({[LINK]: [303, {}, 'https://thief.example/protocols']}),
  'sent nowhere': await ways({[LINK]: [302, {}]}),
  'no way of OpenID': await ways({[LINK]: [200, {protocols: {vcapi: 'https://centre.example/x'}}]}),
  'no offer': await ways({[LINK]: [200, {protocols: {OID4VCI: 'javascript:alert(1)'}}]}),
  'no protocols': await ways({[LINK]: [200, {}]}),
  gone: await ways({})
};
const recognized = [LINK, LINK.replace('https', 'http'), LINK.replace('iuv=1', 'iuv=2'), 'XYZ', 'http://localhost:8000/claim/XYZ?iuv=1'].map(link => isInteraction(link, 'http://localhost:8000'));

const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

console.log(JSON.stringify({
  interactions, recognized,
  signedIn: await signedIn(),
  taken: {
    jwk: await taken(),
    'did:jwk': await taken({config: {cryptographic_binding_methods_supported: ['did:jwk']}}),
    anonymous: await taken({server: {token_endpoint_auth_methods_supported: ['attest_jwt_client_auth'], 'pre-authorized_grant_anonymous_access_supported': true}}),
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
    'makers alone': await refusal({server: {token_endpoint_auth_methods_supported: ['attest_jwt_client_auth']}}),
    'secrets alone': await refusal({server: {token_endpoint_auth_methods_supported: ['client_secret_basic']}}),
    'attestation alone': await refusal({config: {proof_types_supported: {attestation: {proof_signing_alg_values_supported: ['ES256']}}}}),
    'questions encrypted otherwise': await refusal({metadata: {credential_request_encryption: {encryption_required: true, jwks: {keys: [{kty: 'RSA'}]}, enc_values_supported: ['A128GCM']}}}),
    'answer in the open': await refusal({metadata: {credential_response_encryption: {alg_values_supported: ['ECDH-ES'], enc_values_supported: ['A128GCM'], encryption_required: true}}}),
    'later without a name': await refusal({response: [202, {interval: 5}]}),
    'more than was asked for': await refusal({response: {credentials: [1, 2, 3].map(() => ({credential: 'a.b.c~'}))}}),
    'nothing in it': await refusal({response: {credentials: [{}]}}),
    'a trouble of its own': await refusal({response: [503, {}]}),
    'two offers in one': await refusal({}, link => `${link}&credential_offer_uri=https%3A%2F%2Fissuer.example%2Fo`),
    'no offer': await refusal({}, () => 'openid-credential-offer://?credential_offer=%7B')
  }
}));
