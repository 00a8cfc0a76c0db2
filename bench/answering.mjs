// Answers questions, one line of JSON each, and says how much processor time the answer took.
import {createInterface} from 'node:readline';

export async function answerAll(answers) {
  for await (const line of createInterface({input: process.stdin})) {
    const {ask, times = 1, ...question} = JSON.parse(line);
    let said;
    try {
      const began = process.cpuUsage();
      let answer;
      for(let run = 0; run < times; run++) {
        answer = await answers[ask](question);
      }
      const {user, system} = process.cpuUsage(began);
      said = {answer: answer ?? null, seconds: (user + system) / 1e6};
    } catch(error) {
      said = {error: String(error?.message ?? error)};
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}
