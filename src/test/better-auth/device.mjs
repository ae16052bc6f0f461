// What the tests have instead of a browser: the official client over a fetch that keeps cookies and
// names an origin, and beside it `wire`, a request that sends the given headers and nothing else.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { createAuthClient } from "better-auth/client";

const env = process.env;

/** The service under test. */
export const SERVER = new URL(env.ROSTER_URL ?? "http://localhost:8081").origin;
/** Its public origin, which differs from SERVER only behind a proxy. */
export const ORIGIN = new URL(env.ROSTER_ORIGIN ?? SERVER).origin;
/** A second origin the service is configured to trust. */
export const TRUSTED_ORIGIN = env.ROSTER_TRUSTED_ORIGIN ?? "http://trusted.example:3000";
/** An origin which matches a wildcard the service trusts; not every deployment has one. */
export const WILDCARD_ORIGIN = env.ROSTER_TRUSTED_WILDCARD_ORIGIN;
export const EVIL_ORIGIN = "https://evil.example";
export const AUTH = "/api/auth";

/**
 * True when the tests run against the JavaScript Better Auth server, which is how they prove that
 * they describe its contract. `differs` marks the checks where Roster departs from it on purpose.
 */
export const REFERENCE = env.REFERENCE === "1";
export const differs = (why) => (REFERENCE ? { skip: `the reference differs: ${why}` } : {});

const secure = ORIGIN.startsWith("https:");
const prefix = secure ? "__Secure-" : "";
export const SESSION_COOKIE = `${prefix}better-auth.session_token`;
export const SESSION_DATA_COOKIE = `${prefix}better-auth.session_data`;
export const DONT_REMEMBER_COOKIE = `${prefix}better-auth.dont_remember`;
const always = { path: "/", httponly: true, ...(secure && { secure: true }), samesite: "Lax" };
/** Attributes of each kind of cookie, complete: one more or less is a difference. */
export const PERSISTENT = { "max-age": "604800", ...always };
export const BROWSER_SESSION = always;
export const CLEARED = { "max-age": "0", ...always };

export const WEEK = 7 * 24 * 3600 * 1000;
export const DAY = 24 * 3600 * 1000;
export const PASSWORD = "correct-horse-battery";

export const newEmail = () => `contract-${randomUUID()}@example.com`;

function parseSetCookie(line) {
  const [pair, ...rest] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const attributes = {};
  for (const part of rest) {
    const [key, ...value] = part.split("=");
    attributes[key.toLowerCase()] = value.length ? value.join("=") : true;
  }
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes, line };
}

/** The multi-session plugin adds a cookie for each user: in `allCookies` alone. */
const expected = (cookie) => !cookie.name.includes("session_token_multi-");

/** One answer in a form that both transports share; header names are lower case. */
class Answer {
  constructor(status, headers, setCookie, text) {
    this.status = status;
    this.headers = headers;
    this.text = text;
    this.allCookies = setCookie.map(parseSetCookie);
    this.cookies = this.allCookies.filter(expected);
  }

  get json() {
    return JSON.parse(this.text);
  }

  cookie(name) {
    const found = this.cookies.filter((cookie) => cookie.name === name);
    assert.ok(found.length <= 1, `${name} is set ${found.length} times`);
    return found[0];
  }
}

/** A browser profile: its own cookies, user agent and page origin, and a client of its own. */
export class Device {
  #jar = new Map();

  constructor({ origin = ORIGIN, userAgent = "roster-contract/1.0", plugins = [] } = {}) {
    this.plugins = plugins;
    this.origin = origin;
    this.userAgent = userAgent;
    /** The last answer as it was on the wire, before the client parsed it. */
    this.last = null;
    this.client = createAuthClient({
      baseURL: SERVER,
      plugins,
      fetchOptions: { customFetchImpl: (url, init) => this.#fetch(url, init) },
    });
  }

  async #fetch(url, init = {}) {
    const headers = new Headers(init.headers);
    headers.set("origin", this.origin);
    headers.set("user-agent", this.userAgent);
    headers.set("sec-fetch-site", this.origin === ORIGIN ? "same-origin" : "cross-site");
    if (this.cookieHeader && init.credentials !== "omit") headers.set("cookie", this.cookieHeader);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    const text = await response.clone().text();
    this.last = new Answer(
      response.status,
      Object.fromEntries(response.headers),
      response.headers.getSetCookie(),
      text,
    );
    this.#keep(this.last.allCookies);
    return response;
  }

  #keep(cookies) {
    for (const { name, value, attributes } of cookies) {
      if (attributes["max-age"] === "0") this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
  }

  get cookieHeader() {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The raw value of a cookie this device holds. */
  cookie(name) {
    return this.#jar.get(name);
  }

  /** Another profile with a copy of these cookies: what a thief of the cookies would hold. */
  copy() {
    const copy = new Device({ origin: this.origin, userAgent: this.userAgent, plugins: this.plugins });
    copy.#jar = new Map(this.#jar);
    return copy;
  }
}

/**
 * Sends exactly the given headers, unlike fetch, which adds sec-fetch-mode, accept and others and
 * normalises paths. `path` is below /api/auth unless it is absolute (`{ absolute: true }`).
 */
export function wire(method, path, { headers = {}, json, body, absolute = false, server = SERVER } = {}) {
  const payload = json === undefined ? body : JSON.stringify(json);
  const all = { ...headers };
  if (json !== undefined && all["content-type"] === undefined) all["content-type"] = "application/json";
  if (payload !== undefined) all["content-length"] = Buffer.byteLength(payload);
  const target = new URL(server);
  const transport = target.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const request = transport.request(
      {
        hostname: target.hostname,
        port: target.port,
        method,
        path: absolute ? path : AUTH + path,
        headers: all,
        agent: false,
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { "set-cookie": setCookie = [], ...others } = response.headers;
          resolve(new Answer(response.statusCode, others, setCookie, Buffer.concat(chunks).toString()));
        });
      },
    );
    request.on("error", reject);
    request.end(payload);
  });
}

/** Signs a new user up on a device of its own. */
export async function signUp(fields = {}, device = new Device()) {
  const account = { name: "Ada Lovelace", email: newEmail(), password: PASSWORD, ...fields };
  const data = succeeded(await device.client.signUp.email(account));
  return { ...account, device, client: device.client, token: data.token, user: data.user };
}

/** Signs an existing user in on a device of its own. */
export async function signIn(account, fields = {}, device = new Device()) {
  const data = succeeded(
    await device.client.signIn.email({ email: account.email, password: account.password, ...fields }),
  );
  return { ...account, device, client: device.client, token: data.token, user: data.user };
}

export function succeeded({ data, error }) {
  assert.equal(error, null, `refused: ${JSON.stringify(error)}`);
  return data;
}

/** The client's view of a refusal; `code` null means that the body has none. */
export function refused({ data, error }, status, code, message) {
  assert.ok(error, `expected ${status} ${code}, but it succeeded: ${JSON.stringify(data)}`);
  assert.deepEqual({ status: error.status, code: error.code ?? null }, { status, code });
  assert.equal(data, null);
  if (message !== undefined) assert.equal(error.message, message);
}

/** The same on the wire, where the body must hold message and code and no more. */
export function refusedOnWire(answer, status, code, message) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers["content-type"], "application/json");
  const body = answer.json;
  assert.deepEqual(Object.keys(body).sort(), ["code", "message"]);
  assert.equal(body.code, code);
  if (message !== undefined) assert.equal(body.message, message);
}

/** What an unknown path or a wrong method answers. */
export function notRouted(answer) {
  assert.equal(answer.status, 404, answer.text);
  assert.equal(answer.text, "");
  assert.equal(answer.headers["content-type"], undefined);
  assert.deepEqual(answer.cookies, []);
}

/** `{value, attributes}` of a session cookie must carry `token`, signed. */
export function assertSessionCookie(cookie, token, attributes = PERSISTENT) {
  assert.ok(cookie, "no session cookie was set");
  assert.deepEqual(cookie.attributes, attributes);
  const [value, signature] = splitSigned(cookie.value);
  assert.equal(value, token);
  assert.match(signature, /^[A-Za-z0-9+/]{43}=$/);
}

/** Token and signature of a signed cookie's raw value. */
export function splitSigned(raw) {
  const decoded = decodeURIComponent(raw);
  // encodeURIComponent leaves none of these bare, so neither may a compatible server.
  assert.doesNotMatch(raw, /[+/=]/, "the cookie's value is percent-encoded");
  const at = decoded.lastIndexOf(".");
  return [decoded.slice(0, at), decoded.slice(at + 1)];
}

export function assertCleared(answer) {
  const cleared = answer.cookies.filter((cookie) => cookie.attributes["max-age"] === "0");
  assert.deepEqual(
    cleared.map((cookie) => cookie.name).sort(),
    [DONT_REMEMBER_COOKIE, SESSION_DATA_COOKIE, SESSION_COOKIE].sort(),
  );
  for (const cookie of cleared) {
    assert.equal(cookie.value, "");
    assert.deepEqual(cookie.attributes, CLEARED);
  }
}

const ISO_MILLIS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Every member whose name ends in "At" must be written with exactly three fraction digits. */
export function assertWireDates(value) {
  let seen = 0;
  JSON.stringify(value, (key, member) => {
    if (key.endsWith("At") && member !== null) {
      assert.match(member, ISO_MILLIS, key);
      seen++;
    }
    return member;
  });
  assert.ok(seen > 0, "no date was found");
}

/** A user as the client sees it, dates revived. */
export function assertUser(user, { name, email, image = null, emailVerified = false }) {
  assert.equal(typeof user.id, "string");
  assert.ok(user.id.length > 0);
  assert.deepEqual(
    { name: user.name, email: user.email, image: user.image, emailVerified: user.emailVerified },
    { name, email, image, emailVerified },
  );
  assert.ok(user.createdAt instanceof Date);
  assert.ok(user.updatedAt instanceof Date);
  for (const key of Object.keys(user)) assert.doesNotMatch(key, /password|hash|salt|secret/i);
}

/** A session as the client sees it. */
export function assertSession(session, { userId, token, lasts = WEEK }) {
  assert.equal(typeof session.id, "string");
  assert.notEqual(session.id, session.token, "the id is public, the token is not");
  assert.equal(session.userId, userId);
  if (token !== undefined) assert.equal(session.token, token);
  for (const key of ["createdAt", "updatedAt", "expiresAt"]) assert.ok(session[key] instanceof Date, key);
  const lifetime = session.expiresAt - session.updatedAt;
  assert.ok(Math.abs(lifetime - lasts) < 5000, `lasts ${lifetime} ms`);
  assert.equal(typeof session.ipAddress, "string");
  assert.equal(typeof session.userAgent, "string");
}

/** A device is signed in when get-session says so, not when it holds a cookie. */
export async function isSignedIn({ client }) {
  return succeeded(await client.getSession()) !== null;
}

/** The reference's names of mails, by Roster's. */
const REFERENCE_KINDS = {
  "change-email": ["change-email-confirmation"],
  "two-factor-code": ["two-factor-otp"],
  "sign-in-code": ["email-otp", "sign-in"],
  "email-code": ["email-otp", "email-verification"],
  "reset-password-code": ["email-otp", "forget-password"],
  "change-email-code": ["email-otp", "change-email"],
  invitation: ["organization-invitation"],
};

function referenceMail({ Subject, Text }) {
  const { otpType, url, otp, invitationId } = JSON.parse(Text);
  const known = Object.entries(REFERENCE_KINDS).find(
    ([, [type, codeType]]) => type === Subject && codeType === otpType,
  );
  return {
    kind: known?.[0] ?? Subject,
    url: url ?? (invitationId && `${ORIGIN}/accept-invitation/${invitationId}`),
    code: otp,
    text: Text,
  };
}

const rosterMail = ({ Kind, Text }) => ({
  kind: Kind,
  url: /^https?:\/\/\S+$/m.exec(Text)?.[0],
  code: /^ +(\S+)$/m.exec(Text)?.[1],
  text: Text,
});

/**
 * Every mail to an address so far, oldest first, as `{kind, url, code, text}`; `kind` is the name of
 * Roster's template, such as "verify-email", in both servers. ROSTER_MAIL_URL is where they arrive.
 */
export async function mails(to) {
  assert.ok(env.ROSTER_MAIL_URL, "ROSTER_MAIL_URL says where mails arrive");
  const inbox = async (path) => (await fetch(new URL(path, env.ROSTER_MAIL_URL))).json();
  const { messages } = await inbox("/api/v1/messages");
  const mine = messages.filter(({ To }) => To[0].Address.toLowerCase() === to.toLowerCase());
  const whole = await Promise.all(mine.map(({ ID }) => inbox(`/api/v1/message/${ID}`)));
  return whole.reverse().map(REFERENCE ? referenceMail : rosterMail);
}

const returned = new Set();

/**
 * The newest mail to an address, of one kind if that is given. Mail takes a moment to arrive, so this
 * waits for one that no earlier call has returned.
 */
export async function mail(to, kind) {
  const deadline = Date.now() + 10_000;
  do {
    const all = await mails(to);
    const nth = all.findLastIndex((candidate) => kind === undefined || candidate.kind === kind);
    if (nth >= 0 && !returned.has(`${nth} ${to}`)) {
      returned.add(`${nth} ${to}`);
      return all[nth];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < deadline);
  assert.fail(`no ${kind ?? "mail"} to ${to}`);
}
