// The clock of a Node process whose libraries ask for the time themselves: stands where it is set, and runs until then.
const Running = Date;
let stands = null;

globalThis.Date = class extends Running {
  constructor(...time) {
    super(...(time.length || stands === null ? time : [stands]));
  }

  static now() {
    return stands ?? Running.now();
  }
};

export const setClock = moment => {
  stands = moment;
};
