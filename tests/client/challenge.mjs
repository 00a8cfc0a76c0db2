// Asks and answers as two phones do, and draws the symbols that they show each other.
import { readFileSync } from "node:fs";
import { fromHex, hex } from "../../web/client/bytes.ts";
import { answerDigits, answerIn, answers, question, questionDigits, questionIn } from "../../web/client/challenge.ts";
import { symbol } from "../../web/client/symbol.ts";

const { document, nonce, signature, texts, symbols } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const asked = question(document, fromHex(nonce));
const did = document.credentialSubject.id;
const read = (found) => (found ? hex(found) : null);
const told = signature
  ? {
      fits: await answers(asked, fromHex(signature), did),
      another: await answers(question(document, fromHex(nonce.replace(/^../, "ff"))), fromHex(signature), did),
      elsewhere: await answers(question({ ...document, name: "Another" }, fromHex(nonce)), fromHex(signature), did),
      somebody: await answers(asked, fromHex(signature), did.replace(/.$/, "K")).catch(() => false),
      answer: answerDigits(fromHex(signature)),
    }
  : {};
console.log(
  JSON.stringify({
    asked: hex(asked),
    digits: questionDigits(asked),
    questions: texts.map((text) => read(questionIn(text))),
    answers: texts.map((text) => read(answerIn(text))),
    symbols: symbols.map((segments) => symbol(segments)),
    ...told,
  }),
);
