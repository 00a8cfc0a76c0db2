// Interaction URLs of W3C VC-API (§ Interaction URLs): whoever is asked there says in which ways they go on. A vault takes those of OpenID.
import { isObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { ForeignOffer } from "./vault_api.ts";
import { asked, type Here } from "./vault_offers.ts";
import { isOffer, isQuestion } from "./vault_places.ts";
import { objectIn, type Reply } from "./vault_relay.ts";

const JSON_TYPE = "application/json";
const SENT_ON = [301, 302, 303, 307, 308];

// Returns the offer or the question that an interaction URL leads to.
export async function wayOn(text: string, here: Here): Promise<string> {
  const url = text.trim();
  const first = await asked({ url, accept: JSON_TYPE }, here);
  const reply = SENT_ON.includes(first.status) ? await followed(first, url, here) : first;
  const { protocols } = objectIn(reply);
  if (reply.status !== 200 || !isObject(protocols)) throw new MalformedValue("nothing is given for this link");
  const { OID4VCI: offer, OID4VP: question } = protocols;
  if (typeof offer === "string" && isOffer(offer)) return offer;
  if (typeof question === "string" && isQuestion(question)) return question;
  throw new ForeignOffer("it goes on in no way of OpenID");
}

// Once, and to nobody else.
function followed({ location: to }: Reply, url: string, here: Here): Promise<Reply> {
  const next = to && URL.canParse(to, url) ? new URL(to, url) : null;
  if (next?.origin !== new URL(url).origin) throw new MalformedValue("the link leads to somebody else");
  return asked({ url: next.href, accept: JSON_TYPE }, here);
}
