// What can go wrong with a code, told apart as the Python codec tells it: a code that is damaged or forged is one thing, lists that
// are older than the code another, which is no fault of the certificate.
export class MalformedValue extends Error {}
export class UpdateNeeded extends Error {}
// The code and the lists say different things: one of them is old, or the code was changed.
export class Differs extends UpdateNeeded {}
export class NotEncodable extends Error {}
