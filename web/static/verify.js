// The scan page: camera, links, and codes opened with a phone's own camera. Codes are read, and links unlocked, in this browser:
// the key of a link is never sent. Nothing that a code says is opened; only its letters and digits are used, at this address.
const LINK = /^(https?:\/\/[a-z0-9.:-]+)\/(L|S)\/([A-Z2-7]{13})#([0-9]{39})$/i;
const CODE = /^(?:https?:\/\/[a-z0-9.:-]+\/)?#?([1-9][0-9]{199,2999})$/i; // holds the whole certificate; its address is not looked at
const NONCE = 12;
const PAUSE = 120; // ms between two looks at the picture

const form = document.querySelector("[data-verify]");
const words = Object.fromEntries([...document.querySelectorAll("[data-word]")].map((item) => [item.dataset.word, item.textContent]));
const problem = document.querySelector("[data-problem]");

function complain(word) {
  problem.querySelector("[data-problem-text]").textContent = words[word];
  problem.hidden = false;
  problem.focus();
}

function keyBytes(digits) {
  let number = BigInt(digits);
  if (number >> 128n) return null;
  const bytes = new Uint8Array(16);
  for (let place = 15; place >= 0; place--, number >>= 8n) bytes[place] = Number(number & 255n);
  return bytes;
}

async function unlock(sealed, id, raw) {
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: sealed.slice(0, NONCE), additionalData: new TextEncoder().encode(id) };
  return new TextDecoder("utf-8", { fatal: true }).decode(await crypto.subtle.decrypt(how, key, sealed.slice(NONCE)));
}

// Returns the certificate behind a link, or the word that says why it could not be had.
async function collect(kind, id, digits, origin) {
  const raw = keyBytes(digits);
  if (!raw) return { word: "damaged" };
  let answer;
  try {
    answer = await fetch(`/${kind}/${id}`, { headers: { Accept: "application/octet-stream" } });
  } catch {
    return { word: "offline" };
  }
  if (!answer.ok) return { word: origin && origin.toLowerCase() !== location.origin ? "foreign" : "missing" };
  try {
    return { text: await unlock(new Uint8Array(await answer.arrayBuffer()), id, raw) };
  } catch {
    return { word: "damaged" };
  }
}

async function check(kind, id, digits, origin) {
  problem.hidden = true;
  if (!globalThis.crypto?.subtle) return complain("insecure");
  const { text, word } = await collect(kind.toUpperCase(), id.toUpperCase(), digits, origin);
  if (word) return complain(word);
  submit(text);
}

function submit(text) {
  problem.hidden = true;
  form.elements.text.value = text;
  form.elements.file.value = "";
  form.submit();
  form.elements.text.value = "";
}

form.addEventListener("submit", (event) => {
  const text = form.elements.text.value.trim();
  const link = LINK.exec(text);
  if (CODE.test(text)) return;
  if (form.elements.file.files.length) return;
  if (!text || link || /^[a-z][a-z0-9+.-]*:/i.test(text)) event.preventDefault();
  if (link) check(link[2], link[3], link[4], link[1]);
  else if (event.defaultPrevented) complain(text ? "foreign" : "empty");
});

// ---------- camera ----------
const panel = document.querySelector("[data-camera]");
const part = (name) => panel.querySelector(`[data-${name}]`);
let stream = null;

function say(word) {
  part("status").textContent = words[word];
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  part("video").hidden = true;
  for (const name of ["stop", "torch"]) part(name).hidden = true;
  part("start").hidden = false;
}

function why(error) {
  if (error.name === "NotAllowedError") return "denied";
  return error.name === "NotFoundError" || error.name === "OverconstrainedError" ? "absent" : "busy";
}

async function start() {
  say("starting");
  const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    return say(why(error));
  }
  part("start").hidden = true;
  part("stop").hidden = false;
  const video = part("video");
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  offerTorch(stream.getVideoTracks()[0]);
  part("stop").focus();
  try {
    const { reader } = await import("/static/app/reading.js");
    await look(video, await reader());
  } catch {
    stop();
    say("broken");
  }
}

async function look(video, read) {
  say("looking");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  for (let frame = 0; stream?.active; frame++) {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    const texts = await read(canvas, frame);
    const link = texts.map((text) => LINK.exec(text)).find(Boolean);
    const code = texts.map((text) => CODE.exec(text)).find(Boolean);
    if (code && stream) {
      stop();
      say("checking");
      return submit(code[1]);
    }
    if (link && stream) {
      stop();
      say("checking");
      return check(link[2], link[3], link[4], link[1]);
    }
    if (texts.length) say("foreign");
    await new Promise((next) => setTimeout(next, PAUSE));
  }
}

function offerTorch(track) {
  const button = part("torch");
  if (!track.getCapabilities?.().torch) return;
  button.hidden = false;
  button.onclick = async () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] });
    button.setAttribute("aria-pressed", String(on));
  };
}

panel.hidden = false;
if (navigator.mediaDevices?.getUserMedia) {
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => (stop(), say("off"), part("start").focus()));
  addEventListener("pagehide", stop);
} else {
  part("start").hidden = true;
  say(isSecureContext ? "absent" : "insecure");
}

// ---------- the state is remembered on this device ----------
const state = form.elements.state;
const asked = new URLSearchParams(location.search);
if (!asked.has("state") && !state.value) state.value = localStorage.getItem("state") ?? "";
if (state.selectedIndex < 0) state.value = "";
state.addEventListener("change", () => localStorage.setItem("state", state.value));
if (state.value) localStorage.setItem("state", state.value);

// ---------- opened by a code ----------
const held = CODE.exec(location.hash.slice(1));
if (asked.get("link") || held) {
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "opened", value: "code" });
  form.append(mark);
  const digits = location.hash.slice(1);
  if (held) submit(held[1]);
  else if (/^[0-9]{39}$/.test(digits)) check("L", asked.get("link"), digits);
  else complain("damaged");
}
