// The vault before a verifier of another maker, in Python: the question is given, and what the vault would post is printed.
import {readFileSync} from 'node:fs';
import {holdingsOf} from '../../web/client/vault_holdings.ts';
import {answer, planFor, vpToken} from '../../web/client/vault_present.ts';
import {readRequest} from '../../web/client/vault_request.ts';
import {setClock} from '../node_clock.mjs';

const given = JSON.parse(readFileSync(0, 'utf8'));
const now = Date.parse(given.now);
setClock(now);
const posts = [];
const reply = (status, body) => ({status, type: 'application/json', content: new Uint8Array(Buffer.from(body))});
async function courier({url, content}) {
  if (url.startsWith(given.requestUri)) return reply(200, given.jwt);
  posts.push(Object.fromEntries(new URLSearchParams(content)));
  return reply(200, '{"redirect_uri": "https://verifier.example/done"}');
}
const here = {courier, origin: 'http://localhost:8000', now, walletNonce: given.walletNonce, attester: async () => null};
const asked = await readRequest(given.link, here);
const content = {kind: 'credential', credential: given.credential, copies: [], keys: [{did: 'did:key:x', jwk: given.holder}]};
const plan = planFor(asked, holdingsOf([{id: 'one', waits: false, content}]));
const choice = new Map(plan.needed.map(id => [id, plan.options.get(id).slice(0, 1)]));
const token = await vpToken(asked, choice, now);
const next = await answer(asked, token, courier);
console.log(JSON.stringify({posts, next, shown: plan.options.get(plan.needed[0])[0].shown.map(({path}) => path[0])}));
