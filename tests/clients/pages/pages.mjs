// Opens the links of mails as people do: presses the buttons, fills in the forms. Prints what it saw as one line of JSON.
//
//   node pages.mjs <address of the server> <path of chromium> <folder of mails> [folder for screenshots]
import { readdir, readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [address, executablePath, mails, screenshots] = process.argv.slice(2);
const seen = { troubles: [], foreign: [], addresses: [] };
const PASSWORD = "lakeside window otter";
const NEW_PASSWORD = "seven quiet lanterns";

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

async function person(options = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 420, height: 760 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && seen.troubles.push(message.text()));
  page.on("pageerror", (error) => seen.troubles.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== address) seen.foreign.push(request.url());
    seen.addresses.push(url.pathname + url.search);
  });
  return { context, page };
}

async function ask(context, query, variables) {
  const response = await context.request.post(`${address}/graphql`, { data: { query, variables } });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function link(kind, recipient) {
  for (let tries = 0; tries < 200; tries += 1) {
    const names = (await readdir(mails).catch(() => [])).filter((name) => name.endsWith(`-${kind}-${recipient}.eml`));
    if (names.length) {
      const text = (await readFile(`${mails}/${names.sort().at(-1)}`, "utf8")).replaceAll("=\r\n", "");
      const { pathname, hash } = new URL(text.match(/https?:\S+\/links\/\S+/)[0]);
      return address + pathname + hash;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail ${kind} to ${recipient}`);
}

const told = async (page) => {
  await page.locator("#message").filter({ hasNotText: "One moment" }).filter({ hasText: /\S/ }).waitFor();
  return page.locator("#message").innerText();
};
const picture = async (page, name) => {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
};
const viewer = async (context) => (await ask(context, "{ viewer { user { login } } }")).viewer?.user.login ?? null;

// Signing up: the link is opened by a scanner first, which changes nothing.
const anna = await person();
const signUp = `mutation($input: SignUpInput!) { signUp(input: $input) { __typename } }`;
await ask(anna.context, signUp, {
  input: { email: "anna@example.com", password: PASSWORD, firstName: "Anna", lastName: "Keller" },
});
const signUpLink = await link("SIGN_UP", "anna@example.com");
const scanner = await person();
await scanner.page.goto(signUpLink);
await scanner.page.waitForLoadState("networkidle");
await anna.page.goto(signUpLink);
await picture(anna.page, "sign-up");
await anna.page.getByRole("button", { name: "Create my account" }).click();
seen.signUp = await told(anna.page);
seen.signedIn = await viewer(anna.context);
seen.addressAfterwards = anna.page.url().replace(address, "");

// The same link again, and a link that lost its end.
await scanner.page.reload();
await scanner.page.getByRole("button", { name: "Create my account" }).click();
seen.usedLink = await told(scanner.page);
await picture(scanner.page, "used-link");
await scanner.page.goto(`${address}/links/sign-up`);
seen.incomplete = await told(scanner.page);

// A new login: the link is opened in another browser, so the old login is asked for first.
const requestLoginChange = `mutation($input: RequestLoginChangeInput!) {
  requestLoginChange(input: $input) { __typename }
}`;
await ask(anna.context, requestLoginChange, { input: { newEmail: "anna@example.org", currentPassword: PASSWORD } });
const elsewhere = await person({ colorScheme: "dark" });
await elsewhere.page.goto(await link("LOGIN_CHANGE", "anna@example.org"));
await elsewhere.page.getByRole("button", { name: "Confirm my new login" }).click();
seen.logInFirst = await told(elsewhere.page);
await elsewhere.page.getByLabel("Login (e-mail address)").fill("anna@example.com");
await elsewhere.page.getByLabel("Password", { exact: true }).fill("wrong");
await elsewhere.page.getByRole("button", { name: "Log in and go on" }).click();
await elsewhere.page.locator(".trouble").waitFor();
seen.wrongPassword = await told(elsewhere.page);
await picture(elsewhere.page, "log-in-first");
await elsewhere.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
await elsewhere.page.getByRole("button", { name: "Log in and go on" }).click();
await elsewhere.page.locator(".good").waitFor();
seen.loginChange = await told(elsewhere.page);
seen.newLogin = await viewer(elsewhere.context);

// A recovery address, confirmed in the session that asked for it.
const changeRecovery = `mutation($input: ChangeRecoveryEmailInput!) {
  changeRecoveryEmail(input: $input) { __typename }
}`;
await ask(elsewhere.context, changeRecovery, { input: { email: "anna@recovery.example" } });
await elsewhere.page.goto(await link("RECOVERY_EMAIL", "anna@recovery.example"));
await elsewhere.page.getByRole("button", { name: "Confirm the recovery address" }).click();
await elsewhere.page.locator(".good").waitFor();
seen.recovery = await told(elsewhere.page);

// A forgotten password, in French, beginning on the log-in page.
const french = await person({ locale: "fr-CH", viewport: { width: 900, height: 700 } });
await french.page.goto(`${address}/links/log-in`);
await french.page.getByLabel("Identifiant").fill("anna@example.org");
await french.page.getByRole("button", { name: "J’ai oublié mon mot de passe" }).click();
await french.page.locator(".good").waitFor();
seen.forgotten = await told(french.page);
await french.page.goto(await link("PASSWORD_RESET", "anna@recovery.example"));
await french.page.getByLabel("Nouveau mot de passe").fill("password1234");
await french.page.getByRole("button", { name: "Enregistrer" }).click();
await french.page.locator(".trouble").waitFor();
seen.weak = await told(french.page);
await picture(french.page, "weak-password");
await french.page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
await french.page.getByRole("button", { name: "Enregistrer" }).click();
await french.page.locator(".good").waitFor();
seen.reset = await told(french.page);
seen.endedSession = await viewer(elsewhere.context);
await french.page.goto(`${address}/links/log-in`);
await french.page.getByLabel("Identifiant").fill("anna@example.org");
await french.page.getByLabel("Mot de passe").fill(NEW_PASSWORD);
await french.page.keyboard.press("Enter");
await french.page.locator(".good").waitFor();
seen.logIn = await viewer(french.context);

// Invitations: accepted with a new account, declined, and accepted by somebody who has an account.
const { createOrganization } = await ask(
  french.context,
  `mutation($input: CreateOrganizationInput!) {
    createOrganization(input: $input) { ... on CreateOrganizationSuccess { organization { id } } }
  }`,
  {
    input: {
      kind: "COMPANY", name: "Blue Door Bakery", street: "Lake Road 1", postalCode: "1200", city: "Geneva",
      country: "CH",
    },
  },
);
async function invite(email) {
  await ask(french.context, `mutation($input: InviteMemberInput!) { inviteMember(input: $input) { __typename } }`, {
    input: {
      organizationId: createOrganization.organization.id, email, role: "ADMINISTRATOR", idempotencyKey: `key ${email}`,
    },
  });
  return link("INVITATION", email);
}

const ben = await person();
await ben.page.goto(await invite("ben@example.com"));
await ben.page.getByRole("button", { name: "Accept" }).waitFor();
seen.invitation = (await ben.page.locator("#facts").innerText()).split(/\n+/);
await picture(ben.page, "invitation");
await ben.page.getByRole("button", { name: "Accept" }).click();
await ben.page.getByLabel("First name").fill("Ben");
await ben.page.getByLabel("Last name").fill("Moser");
await ben.page.getByLabel("New password").fill(PASSWORD);
await picture(ben.page, "new-account");
await ben.page.getByRole("button", { name: "Create my account and accept" }).click();
await ben.page.locator(".good").waitFor();
seen.accepted = await told(ben.page);
seen.newMember = await viewer(ben.context);

const carla = await person();
const carlasLink = await invite("carla@example.com");
await carla.page.goto(carlasLink);
await carla.page.getByRole("button", { name: "Decline" }).click();
await carla.page.locator(".good").waitFor();
seen.declined = await told(carla.page);
await carla.page.goto("about:blank");
await carla.page.goto(carlasLink);
seen.overInvitation = await told(carla.page);

// Ben is still logged in, and opens an invitation that was sent to somebody else, who has an account.
await ask(carla.context, signUp, {
  input: { email: "dora@example.com", password: PASSWORD, firstName: "Dora", lastName: "Frei" },
});
await carla.page.goto(await link("SIGN_UP", "dora@example.com"));
await carla.page.getByRole("button", { name: "Create my account" }).click();
await carla.page.locator(".good").waitFor();
const dorasLink = await invite("dora@example.com");
await ben.page.goto(dorasLink);
await ben.page.getByRole("button", { name: "Accept" }).click();
await ben.page.locator(".trouble").waitFor();
seen.otherAddress = await told(ben.page);
await ben.page.getByRole("button", { name: "Log in with another account" }).click();
seen.filledIn = await ben.page.getByLabel("Login (e-mail address)").inputValue();
await ben.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
await ben.page.getByRole("button", { name: "Log in and go on" }).click();
await ben.page.locator(".good").waitFor();
seen.acceptedByAnother = await viewer(ben.context);

// Ben again, where the invited address has no account yet: he logs out on the way to making it.
await ben.page.goto(await invite("emil@example.com"));
await ben.page.getByRole("button", { name: "Accept" }).click();
await ben.page.locator(".trouble").waitFor();
await ben.page.getByRole("button", { name: "Log in with another account" }).click();
await ben.page.getByLabel("First name").waitFor();
seen.loggedOut = await viewer(ben.context);

await browser.close();
console.log(JSON.stringify(seen));
