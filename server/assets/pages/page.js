// The script of all pages behind the links in mails. Opening a page sends at most a question; only a button changes
// anything. The secret stands in the fragment of the address, which the browser never sends by itself.

const { page, endpoint } = document.body.dataset;
const secret = location.hash.slice(1);
const language = document.documentElement.lang;
const element = (id) => document.getElementById(id);
const text = (name) => document.querySelector(`template[data-text="${name}"]`)?.content.textContent ?? "";

// What the main button of each page asks the server.
const ACTIONS = {
  "sign-up": { mutation: "confirmSignUp", input: () => ({ secret }) },
  "login-change": { mutation: "confirmLoginChange", input: () => ({ secret }) },
  "recovery-email": { mutation: "confirmRecoveryEmail", input: () => ({ secret }) },
  "password-reset": {
    mutation: "resetPassword",
    input: () => ({ secret, newPassword: element("new-password").value }),
    facts: "... on PasswordTooWeak { reasons }",
  },
  invitation: { mutation: "acceptInvitation", input: () => ({ secret }) },
};

class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function ask(query, variables) {
  const response = await fetch(endpoint, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors?.length) {
    throw new Refused(errors[0].extensions?.code, "");
  }
  return data;
}

async function change(mutation, input, facts = "") {
  const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
  const { result } = await ask(
    `mutation Page($input: ${type}!) {
      result: ${mutation}(input: $input) {
        __typename
        ... on UserError { code message }
        ... on InvalidInput { problems { message } }
        ${facts}
      }
    }`,
    { input },
  );
  if (result.code) {
    const reasons = (result.reasons ?? []).map(text).concat((result.problems ?? []).map((each) => each.message));
    throw new Refused(result.code, [result.message, ...reasons].join("\n"));
  }
}

function tell(sentence, mood = "") {
  const message = element("message");
  message.className = `message ${mood}`;
  message.textContent = sentence;
  message.hidden = !sentence;
}

function show(...ids) {
  for (const part of document.querySelectorAll("form, #other-account")) {
    part.hidden = !ids.includes(part.id);
  }
  document.querySelector("form:not([hidden]) input")?.focus();
}

function finish(name) {
  show();
  element("intro").hidden = true;
  // A used secret has no business in the address bar and in the history.
  history.replaceState(null, "", location.pathname);
  tell(`${text(name)} ${text("close")}`, "good");
}

async function attempt(work) {
  const buttons = [...document.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  tell(text("working"));
  try {
    await work();
  } catch (refused) {
    explain(refused);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function explain({ code, message }) {
  if (code === "NOT_FOUND") {
    tell(text("over"), "trouble");
  } else if (code === "RATE_LIMITED") {
    tell(text("rate_limited"), "trouble");
  } else {
    tell(message || text("trouble"), "trouble");
    if (element("other-account")) element("other-account").hidden = !element("log-in").hidden;
  }
}

// Refusals of a main button that a form can answer: who are you, and which account shall be made.
const FORMS = { UNAUTHENTICATED: "log-in", INVALID_INPUT: "new-account" };

async function act() {
  const { mutation, input, facts } = ACTIONS[page];
  try {
    await change(mutation, input(), facts);
    finish("done");
  } catch (refused) {
    const form = element(FORMS[refused.code]);
    if (!form) throw refused;
    show(form.id);
    tell(form.id === "log-in" ? text("log_in_first") : "");
  }
}

async function logIn() {
  await change("logIn", { email: element("email").value, password: element("password").value });
  element("password").value = "";
  await (page === "log-in" ? finish("done") : act());
}

async function joinWithNewAccount() {
  const newAccount = {
    password: element("account-password").value,
    firstName: element("first-name").value,
    lastName: element("last-name").value,
    locale: language.toUpperCase(),
  };
  await change("acceptInvitation", { secret, newAccount }, ACTIONS["password-reset"].facts);
  finish("done");
}

async function askForNewPassword() {
  if (!element("email").reportValidity()) {
    tell("");
    return;
  }
  await change("requestPasswordReset", { email: element("email").value });
  finish("asked");
}

let invited = null;

async function readInvitation() {
  const { invitation } = await ask(
    `query Page($secret: String!) {
      invitation(secret: $secret) { organizationName inviterName address role state expiresAt accountExists }
    }`,
    { secret },
  );
  if (invitation?.state !== "PENDING") {
    tell(text("over"), "trouble");
    return;
  }
  invited = invitation;
  const until = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const facts = {
    organization: invitation.organizationName,
    inviter: invitation.inviterName,
    role: text(invitation.role),
    until: until.format(new Date(invitation.expiresAt)),
  };
  for (const [name, value] of Object.entries(facts)) {
    document.querySelector(`[data-fact="${name}"]`).textContent = value;
  }
  element("facts").hidden = false;
  element("email").value = invitation.address;
  tell("");
  show("act");
}

function onSubmit(id, work) {
  element(id)?.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(work);
  });
}

function onPress(id, work) {
  element(id)?.addEventListener("click", () => attempt(work));
}

onSubmit("act", act);
onSubmit("log-in", logIn);
onSubmit("new-account", joinWithNewAccount);
onPress("decline", async () => {
  await change("declineInvitation", { secret });
  finish("declined");
});
onPress("forgotten", askForNewPassword);
onPress("other-account", async () => {
  if (invited && !invited.accountExists) {
    await ask("mutation Page { logOut { __typename } }");
    await act();
  } else {
    show("log-in");
    tell("");
  }
});
addEventListener("hashchange", () => location.reload());

if (page === "log-in") {
  show("log-in");
} else if (!secret) {
  tell(text("incomplete"), "trouble");
} else if (page === "invitation") {
  attempt(readInvitation);
} else {
  show("act");
}
