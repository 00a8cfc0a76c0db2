// What of an X.509 certificate (RFC 5280) is read here: its key, the hosts it names, its days. Who vouches for it is not asked: a
// certificate that came with a message shows who signed the message, and no more.
import { fromUtf8, utf8, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";

const SUBJECT_ALT_NAME = "551d11"; // 2.5.29.17
const LARGEST = 16_384;

export interface Certificate {
  der: Bytes;
  key: Bytes; // SubjectPublicKeyInfo, DER
  hosts: string[]; // dNSName, lower case
  from: number;
  until: number;
}

interface Element {
  tag: number;
  content: Bytes;
  whole: Bytes;
}

function elements(content: Bytes): Element[] {
  const found: Element[] = [];
  for (let place = 0; place < content.length; ) {
    const tag = content[place] as number;
    let length = content[place + 1] ?? 0x80;
    let start = place + 2;
    if (length & 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 3) throw new MalformedValue("a length in the certificate is none");
      length = content.slice(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
      start += count;
    }
    const end = start + length;
    if (end > content.length) throw new MalformedValue("the certificate is cut off");
    found.push({ tag, content: content.slice(start, end), whole: content.slice(place, end) });
    place = end;
  }
  return found;
}

function moment({ tag, content }: Element): number {
  const [, year = "", rest = ""] = /^(\d{2}|\d{4})(\d{10})Z$/.exec(fromUtf8(content)) ?? [];
  if ((tag !== 0x17 && tag !== 0x18) || year.length !== (tag === 0x17 ? 2 : 4)) throw new MalformedValue("a day of the certificate is none");
  const full = tag === 0x18 ? year : `${Number(year) < 50 ? "20" : "19"}${year}`;
  return Date.parse(`${full}-${rest.slice(0, 2)}-${rest.slice(2, 4)}T${rest.slice(4, 6)}:${rest.slice(6, 8)}:${rest.slice(8, 10)}Z`);
}

function hostsOf(extensions: Element | undefined): string[] {
  const all = extensions ? elements(elements(extensions.content)[0]?.content ?? new Uint8Array()) : [];
  return all.flatMap(({ content }) => {
    const parts = elements(content);
    const name = [...(parts[0]?.content ?? [])].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (name !== SUBJECT_ALT_NAME) return [];
    const names = elements(elements(parts.at(-1)?.content ?? new Uint8Array())[0]?.content ?? new Uint8Array());
    return names.filter(({ tag }) => tag === 0x82).map(({ content: host }) => fromUtf8(host).toLowerCase());
  });
}

export function parseCertificate(base64: unknown): Certificate {
  if (typeof base64 !== "string" || base64.length > LARGEST || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new MalformedValue("a certificate is base64");
  return certificateIn(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
}

// SubjectPublicKeyInfo of a certificate in DER.
export function keyOfCertificate(der: Bytes): Bytes {
  return certificateIn(der).key;
}

function certificateIn(der: Bytes): Certificate {
  const outer = elements(der);
  const body = elements(elements(outer[0]?.content ?? utf8(""))[0]?.content ?? utf8(""));
  const [, , , validity, , key] = body[0]?.tag === 0xa0 ? body.slice(1) : body;
  if (outer.length !== 1 || !validity || !key) throw new MalformedValue("this is no certificate");
  const [from, until] = elements(validity.content);
  if (!from || !until) throw new MalformedValue("the certificate has no days");
  return { der, key: key.whole, hosts: hostsOf(body.find(({ tag }) => tag === 0xa3)), from: moment(from), until: moment(until) };
}
