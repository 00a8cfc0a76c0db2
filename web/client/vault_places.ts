// The views that are fetched when they are first needed, so that the vault opens on a slow line.
import type { Open } from "./vault_home.ts";
import type { Session } from "./vault_session.ts";

type Place = (session: Session, value: string, open: Open) => Promise<void>;

// What stands behind `#`, to the view.
export const PLACES: { [name: string]: Place } = {
  ask: async (session, value, open) => (await import("./vault_asking_view.ts")).showAsk(session, value, open),
  case: async (session, value, open) => (await import("./vault_asking_view.ts")).showCase(session, value, open),
  word: async (session, value, open) => (await import("./vault_words_view.ts")).showWord(session, value, open),
  worth: async (session, value, open) => (await import("./vault_worth_view.ts")).showWorth(session, value, open),
  question: async (session, value, open) => (await import("./vault_question_view.ts")).showQuestion(session, decodeURIComponent(value), open),
  key: async (session, value) => (await import("./vault_answering_view.ts")).showKey(session, value),
  correct: async (session, value, open) => (await import("./vault_correcting_view.ts")).showCorrect(session, value, open),
  correction: async (session, value, open) => (await import("./vault_correcting_view.ts")).showCorrection(session, value, open),
  custody: async (session, _, open) => (await import("./vault_custody_view.ts")).showCustody(session, open),
  record: async (session, _, open) => (await import("./vault_record_view.ts")).showRecord(session, open),
};

// Whether a link holds out a certificate (OpenID4VCI).
export function isOffer(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[^?]*\?(.*&)?credential_offer(_uri)?=/i.test(text.trim());
}

// Whether a link asks the vault to show something (OpenID4VP), told without what reads it.
export function isQuestion(text: string): boolean {
  return /[?&]client_id=/.test(text) && /[?&](request_uri|request|dcql_query)=/.test(text);
}

// Whether a link of somebody else says in which ways it goes on (VC-API); this deployment's own are read as claim links.
export function isInteraction(text: string, origin: string): boolean {
  if (!URL.canParse(text.trim())) return false;
  const url = new URL(text.trim());
  return url.protocol === "https:" && url.origin !== origin && url.searchParams.get("iuv") === "1";
}
