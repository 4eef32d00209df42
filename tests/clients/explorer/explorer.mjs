// Uses the explorer as a person would: types a query, runs it, opens the docs. Prints what it saw as one line of JSON.
//
//   node explorer.mjs <address of the page> <path of chromium> <empty folder for its profile>
//     <query> <text in its answer> <field of the type Query> [folder for screenshots]
import { chromium } from "playwright-core";

const [address, executablePath, profile, query, answer, field, screenshots] = process.argv.slice(2);
const seen = { violations: [], failed: [], foreign: [], errors: [] };

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
  viewport: { width: 1300, height: 800 },
});
const page = context.pages()[0] ?? (await context.newPage());
page.on("console", (message) => {
  if (message.type() !== "error") return;
  const kind = message.text().includes("Content Security Policy") ? "violations" : "errors";
  seen[kind].push(message.text());
});
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("requestfailed", (request) => seen.failed.push(request.url()));
page.on("request", (request) => {
  const url = new URL(request.url());
  if (url.protocol.startsWith("http") && url.origin !== new URL(address).origin) seen.foreign.push(request.url());
});
const picture = async (name) => {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png` });
};

await page.goto(address);
const editor = page.locator(".graphiql-query-editor .CodeMirror");
await editor.waitFor();
await editor.click();
await page.keyboard.press("Control+A");
await page.keyboard.type(query);
await page.keyboard.press("Escape");
await page.keyboard.press("Control+Enter");
const result = page.locator(".result-window");
await result.getByText(answer).first().waitFor();
seen.answer = (await result.innerText()).replaceAll("\u00a0", " ");
await picture("answer");

await page.getByLabel("Show Documentation Explorer").click();
const docs = page.locator(".graphiql-doc-explorer");
await docs.getByText("Query", { exact: true }).first().click();
await docs.getByText(field, { exact: true }).first().waitFor();
seen.docs = await docs.innerText();
await picture("docs");

await page.getByLabel("Open settings dialog").click();
await page.getByRole("dialog").getByText("Settings").first().waitFor();
await picture("settings");

await context.close();
console.log(JSON.stringify(seen));
