// What a text from a code, a picture or a hand can be. It is never opened: only letters and digits of ours are taken from it.
const HOLDS = /^(?:https?:\/\/[a-z0-9.:-]{1,64}\/)?#?([1-9][0-9]{199,2999})$/i;
const LEADS = /^https?:\/\/[a-z0-9.:-]{1,64}\/[LS]\/[A-Z2-7]{13}#[0-9]{1,39}$/i;

// Returns the digits of a code that holds a certificate.
export function digitsIn(text: string): string | undefined {
  return HOLDS.exec(text)?.[1];
}

// Tells whether a text is the small code of a paper, which needs internet.
export function isLink(text: string): boolean {
  return LEADS.test(text);
}
