// Firefox over WebDriver BiDi: the page is installed, the network cut, a photo read. Requests pass a proxy that counts them.
import puppeteer from "puppeteer-core";

const [executablePath, base, proxy, photo] = process.argv.slice(2);
const [host, port] = proxy.split(":");
const extraPrefsFirefox = {
  "network.proxy.type": 1,
  "network.proxy.http": host,
  "network.proxy.http_port": Number(port),
  "network.proxy.allow_hijacking_localhost": true,
  "network.proxy.no_proxies_on": "",
};
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox });
const ready = (page) => page.waitForSelector("html[data-ready=yes]", { timeout: 60_000 });
const text = (page, name) => page.evaluate((selector) => document.querySelector(selector).textContent, `[data-${name}]`);
try {
  const page = await browser.newPage();
  await page.goto(`${base}/verify/offline`);
  await ready(page);
  await page.select("#state", "XB");
  await page.setOfflineMode(true);
  console.log("cut");
  await page.reload();
  await ready(page);
  await (await page.$("#file")).uploadFile(photo);
  await page.waitForFunction(() => document.querySelector("[data-verdict]").textContent, { timeout: 60_000 });
  console.log(JSON.stringify({ browser: await browser.version(), verdict: await text(page, "verdict"), told: await text(page, "status") }));
} finally {
  await browser.close();
}
