// The application: runs once before and once after a reload, and reports what it found.
import { createAuthClient } from "better-auth/client";

const { SERVICE, TRUSTED } = globalThis.SETTINGS;
const client = createAuthClient({ baseURL: SERVICE });
const findings = JSON.parse(sessionStorage.getItem("findings") ?? "[]");

function expect(what, condition, detail) {
  findings.push({ what, ok: Boolean(condition), detail: detail === undefined ? null : JSON.stringify(detail) });
}

async function report() {
  await fetch("/findings", { method: "POST", body: JSON.stringify(findings) });
}

async function beforeReload() {
  const account = {
    name: "Grace Hopper",
    email: `chromium-${crypto.randomUUID()}@example.com`,
    password: "correct-horse-battery",
  };
  const signedUp = await client.signUp.email(account);
  expect("signs up", signedUp.data?.user.email === account.email, signedUp);
  const first = await client.getSession();
  expect("is signed in by the cookie", first.data?.user.id === signedUp.data?.user.id, first);
  expect("keeps the cookie from scripts", document.cookie === "", document.cookie);
  const out = await client.signOut();
  expect("signs out", out.data?.success === true, out);
  expect("is signed out", (await client.getSession()).data === null);
  const wrong = await client.signIn.email({ ...account, password: "something-else" });
  expect("reads the error of a wrong password", wrong.error?.code === "INVALID_EMAIL_OR_PASSWORD", wrong);
  const signedIn = await client.signIn.email({ email: account.email, password: account.password });
  expect("signs in", signedIn.data?.user.id === signedUp.data?.user.id, signedIn);
  const updated = await client.updateUser({ name: "Rear Admiral Hopper" });
  expect("changes its name", updated.data?.status === true, updated);
  sessionStorage.setItem("user", signedIn.data?.user.id ?? "");
  sessionStorage.setItem("findings", JSON.stringify(findings));
  location.reload();
}

async function afterReload() {
  const session = await client.getSession();
  expect("is still signed in after a reload", session.data?.user.id === sessionStorage.getItem("user"), session);
  expect("sees its new name", session.data?.user.name === "Rear Admiral Hopper", session);
  const devices = await client.listSessions();
  expect("lists its sessions", devices.data?.length === 1, devices);
  await client.signOut();
  expect("is signed out for good", (await client.getSession()).data === null);
  await report();
}

/** A page that is not trusted can neither read answers nor change anything. */
async function asStranger() {
  const account = { name: "X", email: `x-${crypto.randomUUID()}@example.com`, password: "correct-horse-battery" };
  const refused = await client.signUp.email(account).catch((error) => ({ error }));
  expect("cannot sign up", refused.error, refused);
  const session = await client.getSession().catch((error) => ({ error }));
  expect("cannot read a session", session.error && !session.data, session);
  await report();
}

try {
  if (!TRUSTED) await asStranger();
  else if (sessionStorage.getItem("user") === null) await beforeReload();
  else await afterReload();
} catch (error) {
  expect(`runs to its end: ${error}`, false, error?.stack);
  await report();
}
