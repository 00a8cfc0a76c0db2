// The page's own codec, and the peers that put credentials into codes, asked as `peer.mjs` is.
import {readFileSync} from 'node:fs';
import {answerAll} from './answering.mjs';
import {fromDigits} from '../web/client/armour.ts';
import {parseCodec} from '../web/client/codec.ts';
import {readMrz} from '../web/client/mrz.ts';
import {parseMultikey} from '../web/client/keys.ts';
import {proofHolds} from '../web/client/proofs.ts';

let documents = {};
const codecs = new Map();
const documentLoader = async url => ({contextUrl: null, documentUrl: url, document: documents[url]});

function once(kept, name, make) {
  if(!kept.has(name)) {
    kept.set(name, make());
  }
  return kept.get(name);
}

// every type of value gets one table, in which every given text stands: a table for a type of its own could not be shorter
function typeTable(texts) {
  const values = new Map(texts.map((text, place) => [text, place]));
  const contexts = new Map(Object.keys(documents).map((url, place) => [url, 0x8000 + place]));
  const schema = ['string', 'anyURI', 'date', 'dateTime', 'duration', 'language'].flatMap(name =>
    ['http', 'https'].map(scheme => `${scheme}://www.w3.org/2001/XMLSchema#${name}`));
  return new Map([['context', contexts], ...['url', 'none', 'https://w3id.org/security#cryptosuiteString', ...schema].map(type => [type, values])]);
}

const answers = {
  async contexts({contexts}) {
    documents = contexts;
  },

  async page({codec: file, digits, key}) {
    const codec = once(codecs, file, () => parseCodec(JSON.parse(readFileSync(file, 'utf8'))));
    const document = await codec.decode(fromDigits(digits));
    if(!await proofHolds(document, parseMultikey(key))) {
      throw new Error('the proof does not hold');
    }
    return true;
  },

  mrz({width, height, pixels}) {
    return readMrz({width, height, pixels: new Uint8Array(Buffer.from(pixels, 'base64'))});
  },

  async pixelpass({document}) {
    const {generateQRData} = await import('@mosip/pixelpass');
    return generateQRData(JSON.stringify(document));
  },

  async cborld({document, texts}) {
    const {encode, decode} = await import('@digitalbazaar/cborld');
    const options = {documentLoader, typeTableLoader: async () => typeTable(texts)};
    const bytes = await encode({jsonldDocument: document, registryEntryId: 100, ...options});
    const again = await decode({cborldBytes: bytes, ...options});
    return {bytes: bytes.length, same: JSON.stringify(sorted(again)) === JSON.stringify(sorted(document))};
  }
};

function sorted(value) {
  if(Array.isArray(value)) {
    return value.map(sorted);
  }
  return value && typeof value === 'object' ? Object.fromEntries(Object.keys(value).sort().map(name => [name, sorted(value[name])])) : value;
}

await answerAll(answers);
