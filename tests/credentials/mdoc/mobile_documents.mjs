// An independent issuer, holder and verifier of mobile documents: `@owf/mdoc`.
// Asked over standard input, one JSON object a line; every answer is one line: {"answer": …} or {"error": …}.
//   {"ask": "issue", "signer": private JWK, "certificate": DER in base64, "device": public JWK, "now": …}   IssuerSigned
//   {"ask": "present", "issuerSigned": …, "device": private JWK, "session": …, "elements": [names]}         DeviceResponse
//   {"ask": "verify", "deviceResponse": …, "session": …, "anchors": [DER in base64], "now": …}              the claims
// A session is {"clientId", "nonce", "responseUri", "thumbprint"?} or {"origin", "nonce", "thumbprint"?}; binary values are base64url.
import {createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate} from 'node:crypto';
import {createInterface} from 'node:readline';
import {
  CoseKey,
  DeviceKey,
  DeviceRequest,
  DeviceResponse,
  DocRequest,
  Holder,
  Issuer,
  IssuerSigned,
  ItemsRequest,
  SessionTranscript,
  SignatureAlgorithm,
  Verifier,
} from '@owf/mdoc';

const DOCTYPE = 'org.example.course';
const NAMESPACE = 'org.example.course.1';
const bytes = text => new Uint8Array(Buffer.from(text, 'base64url'));
const text = data => Buffer.from(data).toString('base64url');
const ecdsa = key => ({key, dsaEncoding: 'ieee-p1363'});
const publicPart = ({kty, crv, x, y}) => ({kty, crv, x, y});

const context = {
  crypto: {
    random: length => new Uint8Array(randomBytes(length)),
    digest: ({digestAlgorithm, bytes: data}) =>
      new Uint8Array(createHash(digestAlgorithm.replace('-', '').toLowerCase()).update(data).digest()),
  },
  cose: {
    sign1: {
      sign: ({toBeSigned, key}) =>
        new Uint8Array(sign('sha256', toBeSigned, ecdsa(createPrivateKey({key: key.jwk, format: 'jwk'})))),
      verify: ({key, sign1}) =>
        verify(
          'sha256',
          sign1.toBeSigned,
          ecdsa(createPublicKey({key: publicPart(key.jwk), format: 'jwk'})),
          sign1.signature,
        ),
    },
  },
  x509: {
    getIssuerNameField: ({certificate, field}) =>
      new X509Certificate(certificate).issuer
        .split('\n')
        .filter(line => line.startsWith(`${field}=`))
        .map(line => line.slice(field.length + 1)),
    getPublicKey: ({certificate}) => CoseKey.fromJwk(new X509Certificate(certificate).publicKey.export({format: 'jwk'})),
    verifyCertificateChain: ({trustedCertificates, x5chain}) => {
      const leaf = new X509Certificate(x5chain[0]);
      if (!trustedCertificates.some(one => leaf.verify(new X509Certificate(one).publicKey))) {
        throw new Error('the certificate leads to no anchor');
      }
    },
    getCertificateData: ({certificate}) => {
      const found = new X509Certificate(certificate);
      return {issuerName: found.issuer, notBefore: new Date(found.validFrom), notAfter: new Date(found.validTo)};
    },
  },
};

function transcript({thumbprint, ...session}) {
  const said = thumbprint ? {...session, jwkThumbprint: bytes(thumbprint)} : session;
  return 'origin' in said ? SessionTranscript.forOid4VpDcApi(said, context) : SessionTranscript.forOid4Vp(said, context);
}

async function issue({signer, certificate, device, now}) {
  const signed = new Date(now);
  const made = await new Issuer(DOCTYPE, context)
    .addIssuerNamespace(NAMESPACE, {name: 'Welding', hours: 120, photo: new Uint8Array([1, 2, 3])})
    .sign({
      signingKey: CoseKey.fromJwk(signer),
      algorithm: SignatureAlgorithm.ES256,
      digestAlgorithm: 'SHA-256',
      validityInfo: {signed, validFrom: signed, validUntil: new Date(signed.getTime() + 86_400_000)},
      deviceKeyInfo: {deviceKey: DeviceKey.fromJwk(device)},
      certificates: [new Uint8Array(Buffer.from(certificate, 'base64'))],
    });
  return {issuerSigned: made.encodedForOid4Vci};
}

async function present({issuerSigned, device, session, elements}) {
  const namespaces = {[NAMESPACE]: Object.fromEntries(elements.map(name => [name, false]))};
  const docRequest = DocRequest.create({itemsRequest: ItemsRequest.create({docType: DOCTYPE, namespaces})});
  const made = await Holder.createDeviceResponseForDeviceRequest(
    {
      deviceRequest: DeviceRequest.create({docRequests: [docRequest]}),
      sessionTranscript: await transcript(session),
      issuerSigned: [IssuerSigned.fromEncodedForOid4Vci(issuerSigned)],
      signature: {signingKey: CoseKey.fromJwk(device)},
    },
    context,
  );
  return {deviceResponse: made.encodedForOid4Vp};
}

async function check({deviceResponse, session, anchors, now}) {
  const response = DeviceResponse.fromEncodedForOid4Vp(deviceResponse);
  const sessionTranscript = await transcript(session);
  const trustedCertificates = anchors.map(one => new Uint8Array(Buffer.from(one, 'base64')));
  await Verifier.verifyDeviceResponse(
    {deviceResponse: response, sessionTranscript, trustedCertificates, now: new Date(now)},
    context,
  );
  const [document] = response.documents;
  return {docType: document.docType, claims: document.issuerSigned.getPrettyClaims(NAMESPACE)};
}

const asks = {issue, present, verify: check};
for await (const line of createInterface({input: process.stdin})) {
  const question = JSON.parse(line);
  const said = await asks[question.ask](question).then(
    answer => ({answer}),
    error => ({error: String(error?.message ?? error)}),
  );
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
