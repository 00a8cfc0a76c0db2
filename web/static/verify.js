// The scan page: camera, links, and codes opened with a phone's own camera. The key of a link stays in this browser.
const LINK = /^https?:\/\/[a-z0-9.:-]+\/(L|S)\/([A-Z2-7]{13})#([0-9]{39})$/i;
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
  const bytes = new Uint8Array(16);
  for (let place = 15; place >= 0; place--, number >>= 8n) bytes[place] = Number(number & 255n);
  return bytes;
}

async function unlock(kind, id, digits) {
  const answer = await fetch(`/${kind}/${id}`, { headers: { Accept: "application/octet-stream" } });
  if (!answer.ok) throw new Error("missing");
  const sealed = new Uint8Array(await answer.arrayBuffer());
  const key = await crypto.subtle.importKey("raw", keyBytes(digits), "AES-GCM", false, ["decrypt"]);
  const additionalData = new TextEncoder().encode(id);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, 12), additionalData }, key, sealed.slice(12));
  return new TextDecoder().decode(plain);
}

async function check(kind, id, digits) {
  problem.hidden = true;
  let credential;
  try {
    credential = await unlock(kind.toUpperCase(), id.toUpperCase(), digits);
  } catch (error) {
    return complain(error instanceof TypeError ? "offline" : "missing");
  }
  form.elements.text.value = credential;
  form.elements.file.value = "";
  form.submit();
}

function checkText(text) {
  const match = LINK.exec(text.trim());
  if (!match) return complain("foreign");
  return check(match[1], match[2], match[3]);
}

async function scan(panel) {
  const status = panel.querySelector("[data-status]");
  const video = panel.querySelector("[data-video]");
  status.textContent = words.starting;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: "environment" },
    });
  } catch {
    status.textContent = words.denied;
    return;
  }
  const { prepareZXingModule, readBarcodes } = await import("/static/vendor/zxing/reader/index.js");
  prepareZXingModule({ overrides: { locateFile: (name) => `/static/vendor/zxing/${name}` } });
  video.srcObject = stream;
  await video.play();
  status.textContent = words.looking;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (stream.active) {
    context.drawImage(video, 0, 0);
    const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode"] });
    const match = found.map((code) => LINK.exec(code.text.trim())).find(Boolean);
    if (match) {
      stream.getTracks().forEach((track) => track.stop());
      status.textContent = words.checking;
      return check(match[1], match[2], match[3]);
    }
    await new Promise((next) => setTimeout(next, 120));
  }
}

const panel = document.querySelector("[data-camera]");
if (navigator.mediaDevices?.getUserMedia) {
  panel.hidden = false;
  panel.querySelector("[data-start]").addEventListener("click", () => scan(panel));
}
const open = document.querySelector("[data-open-link]");
open.hidden = false;
open.addEventListener("click", () => checkText(document.querySelector("[data-link]").value));

const state = form.elements.state;
if (!state.value) state.value = localStorage.getItem("state") ?? "";
if (state.selectedIndex < 0) state.value = "";
state.addEventListener("change", () => localStorage.setItem("state", state.value));

const asked = new URLSearchParams(location.search).get("link");
if (asked && /^#[0-9]{39}$/.test(location.hash)) check("L", asked, location.hash.slice(1));
