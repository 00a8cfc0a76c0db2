// Independent implementations of tokens, asked by the tests over standard input, one JSON object a line:
//   {"ask": "issue", "payload": …, "frame": …, "key": jwk, "alg": …}              @sd-jwt/sd-jwt-vc
//   {"ask": "present", "token": …, "show": …, "kb": {iat, aud, nonce}, "key": jwk, "alg": …}
//   {"ask": "verify", "token": …, "key": jwk, "alg": …, "holder": jwk?, "nonce": …}
//   {"ask": "sign", "payload": …, "typ": …, "key": jwk, "alg": …}                 jose
//   {"ask": "check", "token": …, "typ": …, "key": jwk, "alg": …}
// Every answer is one line: {"answer": …} or {"error": "…"}. Nothing is fetched.
import {createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify} from 'node:crypto';
import {createInterface} from 'node:readline';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';

const hashes = {ES256: 'sha256', ES384: 'sha384', ES512: 'sha512', EdDSA: null};
const hasher = (data, alg) => createHash(alg.replace('-', '')).update(data).digest();
const saltGenerator = () => randomBytes(16).toString('base64url');

function signer(jwk, alg) {
  const key = createPrivateKey({key: jwk, format: 'jwk'});
  return data => sign(hashes[alg], Buffer.from(data), {key, dsaEncoding: 'ieee-p1363'}).toString('base64url');
}

function verifier(jwk, alg) {
  const key = createPublicKey({key: jwk, format: 'jwk'});
  return (data, signature) =>
    verify(hashes[alg], Buffer.from(data), {key, dsaEncoding: 'ieee-p1363'}, Buffer.from(signature, 'base64url'));
}

const base = {hasher, hashAlg: 'sha-256', saltGenerator};

const answers = {
  async issue({payload, frame, key, alg}) {
    return new SDJwtVcInstance({...base, signer: signer(key, alg), signAlg: alg}).issue(payload, frame, {header: {kid: key.kid}});
  },

  async present({token, show, kb, key, alg}) {
    const instance = new SDJwtVcInstance({...base, kbSigner: signer(key, alg), kbSignAlg: alg});
    return instance.present(token, show, {kb: {payload: kb}});
  },

  async verify({token, key, alg, holder, nonce}) {
    const kbVerifier = holder && ((data, signature) => verifier(holder, alg)(data, signature));
    const instance = new SDJwtVcInstance({...base, verifier: verifier(key, alg), kbVerifier});
    const {payload, kb} = await instance.verify(token, nonce ? {keyBindingNonce: nonce} : {});
    return {payload, kb: kb?.payload ?? null};
  },

  async sign({payload, typ, key, alg}) {
    const secret = await jose.importJWK(key, alg);
    return new jose.CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({alg, typ}).sign(secret);
  },

  async check({token, typ, key, alg}) {
    const {payload, protectedHeader} = await jose.compactVerify(token, await jose.importJWK(key, alg), {algorithms: [alg]});
    if(protectedHeader.typ !== typ) {
      throw new Error(`typ is ${protectedHeader.typ}`);
    }
    return new TextDecoder().decode(payload);
  }
};

for await (const line of createInterface({input: process.stdin})) {
  const question = JSON.parse(line);
  let said;
  try {
    said = {answer: await answers[question.ask](question)};
  } catch(error) {
    said = {error: String(error?.message ?? error)};
  }
  process.stdout.write(JSON.stringify(said) + '\n');
}
