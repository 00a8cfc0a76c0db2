// The vault comes back to issuers: for what was not ready, with tokens that are bound to a key, that have ended, or that open nothing more.
import {AccessEnded, preAuthorized} from '../../web/client/vault_access.ts';
import {askAgain, isLater, notify, take, takeMore} from '../../web/client/vault_issuance.ts';
import {freshContent, isUsedUp} from '../../web/client/vault_copies.ts';
import {readOffer} from '../../web/client/vault_offers.ts';
import {offerOf, world} from './issuer_peer.mjs';

const kept = value => JSON.parse(JSON.stringify(value)); // what a vault gives back another day
const wrong = error => error.constructor.name;

async function begun(changes) {
  const there = world(changes);
  const offer = await readOffer(await offerOf(there), there.here);
  return {there, found: await take(offer, preAuthorized(offer, '123456'), there.here)};
}

async function later(changes) {
  const {there, found} = await begun({laters: 2, ...changes});
  const wait = isLater(found) ? Math.round((found.at - Date.now()) / 1000) : null;
  const code = found.tie.offer.code;
  const accesses = [];
  const keep = async access => void accesses.push(access.token);
  const again = kept(found);
  const second = await askAgain(again, there.here, keep);
  const third = await askAgain(kept(second), there.here, keep);
  await notify(third, 'credential_accepted', there.here);
  const fourth = await askAgain(kept(second), there.here, keep).catch(wrong);
  return {
    wait, code, states: [isLater(found), isLater(second), isLater(third)], copies: third.copies.length, keys: third.keys.length, fourth,
    notified: there.seen.notified, dpop: there.seen.dpop, sealed: there.seen.sealed, refreshed: there.seen.refreshed, kept: accesses.length,
    kinds: [...new Set(there.seen.access.map(said => said.split(' ')[0]))]
  };
}

// A token that is not good any more is renewed, and the vault knows the new one before anything else happens.
async function renewed(changes) {
  const {there, found} = await begun({lasts: 300, ...changes});
  const tie = kept(found.tie);
  there.held.token = 'ended';
  const known = [];
  const more = await takeMore(tie, there.here, async access => void known.push(access.refresh === there.held.refresh));
  return {copies: more.copies.length, differ: more.copies.every(copy => !found.copies.includes(copy)), known, refreshed: there.seen.refreshed};
}

// Fresh copies take the place of the old ones where they say the same, and are bound to the new keys.
async function fresh(change) {
  const {there, found} = await begun({});
  const content = {kind: 'credential', credential: found.copies[0], copies: found.copies.slice(1), keys: found.keys, tie: found.tie, note: 'mine'};
  const entry = {id: 'r', waits: false, content: kept(content)};
  change(there);
  const more = await takeMore(kept(found.tie), there.here, async () => undefined);
  const said = freshContent(entry, there.held.wrong ? {...more, keys: found.keys} : more);
  return said && {copies: 1 + said.copies.length, shows: said.shows, new: said.credential !== found.copies[0]};
}
const record = (shows, more) => ({content: {kind: 'credential', tie: {}, copies: ['b'], shows, ...more}});

async function over(change) {
  const {there, found} = await begun({laters: 2});
  change(there, found);
  try {
    await askAgain(kept(found), there.here, async () => undefined);
    return 'given';
  } catch (error) {
    return error instanceof AccessEnded ? 'over' : wrong(error);
  }
}

console.log(JSON.stringify({
  plain: await later({}),
  bound: await later({dpop: true}),
  encrypted: await later({enc: 'A128GCM'}),
  all: await later({dpop: true, enc: 'A256GCM', lasts: 0.001}),
  renewed: {plain: await renewed({}), bound: await renewed({dpop: true})},
  fresh: {
    'the same': await fresh(() => undefined),
    'other words': await fresh(({held}) => (held.hours = 121)),
    'the old keys': await fresh(({held}) => (held.wrong = true))
  },
  usedUp: [record(1), record(2), record(2, {tie: null}), record(2, {asked: 90_000_000}), record(2, {asked: 1}), record(2, {kind: 'later'})].map(one => isUsedUp(one, 100_000_000)),
  over: {
    'the issuer knows nothing of it': await over(there => (there.held.transaction = null)),
    'the token and what renews it': await over(there => (there.held.over = true)),
    'the token, and nothing renews it': await over(({held}, found) => ((held.token = 'x'), (found.tie.access.refresh = ''))),
    'a trouble of its own': await over(({here}) => {
      const {courier} = here;
      here.courier = async message => (message.url.endsWith('/deferred') ? {status: 503, type: '', content: new Uint8Array()} : courier(message));
    }),
    'its description is away': await over(({here}) => (here.courier = async () => ({status: 404, type: '', content: new Uint8Array()})))
  }
}));
