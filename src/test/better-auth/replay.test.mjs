// Replays what was recorded against the JavaScript Better Auth 1.7.24 server and compares the
// answers. Every difference is listed in transcripts/differences.json with its reason: one that is
// not listed fails, and so does a listed one that no longer occurs.
//
// ROSTER_REPLAY is JSON: by the number of a transcript, or "default", the `{url, origin}` of a
// service with the settings it was recorded with and an empty database. Sessions are aged by
// POST ROSTER_REPLAY_AGE `{email, seconds}`.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { mail, wire } from "./device.mjs";

const env = process.env;
const services = env.ROSTER_REPLAY ? JSON.parse(env.ROSTER_REPLAY) : null;
const folder = new URL("./transcripts/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

/** What was recorded without its cause: time that passes, by transcript and step. */
const HOUR = 3600;
const AGED = {
  "04 list-sessions with a non-fresh session (>1 day old)": 25 * HOUR,
  "04 expired session get-session": 8 * 24 * HOUR,
  "04 expired session protected endpoint": 8 * 24 * HOUR,
  "22 get-session after updateAge (2s) => refreshed": 3 * HOUR,
  "22 get-session after expiresIn (6s) => null + cookies cleared": 7 * HOUR,
};

/** Where sessions live for hours instead of the recorded seconds, which a slow machine exceeds. */
const HOURS_FOR_SECONDS = { "22": "Max-Age=6" };

/** Roster's name of each mail. */
const KINDS = { "change-email-confirmation": "change-email" };

/** Headers that the sender added and the recording lacks. */
const SENT = {
  "03 no cookie, no origin, node fetch adds sec-fetch-mode: sign-in": { "sec-fetch-mode": "cors" },
};

/** The administrator's password when it was recorded. */
const RECORDED_ADMIN_PASSWORD = "admin-password-1";

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Ids, tokens, keys, codes: nothing a person would write. */
const OPAQUE = /^[\w.~+/=%-]{8,}(@anonymous\.placeholder\.invalid)?$/;
/** Members whose text follows from the machine or from a secret. */
const VARIES = /\.(ipAddress|totpURI|start)$/;
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const type = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** The recorded value of everything Roster chose itself, and back. */
class Names {
  #own = new Map();
  #sorted = null;

  learn(recorded, own) {
    if (recorded === own || this.#own.has(recorded)) return;
    this.#own.set(recorded, own);
    this.#sorted = null;
  }

  has = (recorded) => this.#own.has(recorded);
  get = (recorded) => this.#own.get(recorded);

  /** A signed cookie's value holds the token, and a name beside it the token in lower case. */
  learnToken(recorded, own) {
    const [a, b] = [decodeURIComponent(recorded), decodeURIComponent(own)];
    const [from, to] = [a, b].map((value) => value.slice(0, value.lastIndexOf(".")));
    this.learn(a, b);
    if (from.length >= 8 && to.length >= 8) {
      this.learn(from, to);
      this.learn(from.toLowerCase(), to.toLowerCase());
    }
  }

  /** Longest first: a token is part of a signed one. */
  #pairs() {
    this.#sorted ??= [...this.#own]
      .flatMap(([from, to]) => [[from, to], [encodeURIComponent(from), encodeURIComponent(to)]])
      .sort(([a], [b]) => b.length - a.length);
    return this.#sorted;
  }

  /** The text of a recorded request as Roster has to get it. */
  toOwn = (text) => this.#pairs().reduce((all, [from, to]) => all.split(from).join(to), text);
  /** The text of an answer of Roster's as it would have been recorded. */
  toRecorded = (text) =>
    [...this.#pairs()]
      .sort(([, a], [, b]) => b.length - a.length)
      .reduce((all, [from, to]) => all.split(to).join(from), text);
}

function parse(line) {
  const [pair, ...attributes] = line.split("; ");
  const at = pair.indexOf("=");
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes: attributes.sort().join("; ") };
}

const lines = ({ name, value, allAttributes, attributes }) =>
  `${name}=${value === "" ? "" : "…"}; ${attributes ?? allAttributes}`;

/** A code of an authenticator app; each is good once, so each is of a later step than the last. */
function authenticator() {
  const last = new Map();
  return (secret) => {
    const counter = Math.max(Math.floor(Date.now() / 30_000), (last.get(secret) ?? 0) + 1);
    last.set(secret, counter);
    let bits = "";
    for (const c of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const message = Buffer.alloc(8);
    message.writeBigUInt64BE(BigInt(counter));
    const digest = createHmac("sha1", key).update(message).digest();
    const value = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
    return String(value % 1_000_000).padStart(6, "0");
  };
}

/** One transcript against one service. */
class Replay {
  names = new Names();
  found = [];
  totp = authenticator();
  secret = null;
  email = null;

  constructor(number, service) {
    this.number = number;
    this.service = service;
  }

  async run(steps) {
    // The first one is what Roster's origin is called in what was recorded.
    for (const origin of [new URL(steps[0].request.url).origin, "http://127.0.0.1:3100"]) {
      this.names.learn(origin, this.service.origin);
    }
    if (env.ROSTER_ADMIN_PASSWORD) this.names.learn(RECORDED_ADMIN_PASSWORD, env.ROSTER_ADMIN_PASSWORD);
    if (env.ROSTER_ADMIN_EMAIL) this.names.learn("admin@example.com", env.ROSTER_ADMIN_EMAIL);
    const seen = new Map();
    for (const entry of steps) {
      const nth = (seen.get(entry.step) ?? 0) + 1;
      seen.set(entry.step, nth);
      this.step = nth === 1 ? entry.step : `${entry.step} (${nth})`;
      if (entry.mail) await this.#mail(entry.mail);
      else await this.#exchange(entry);
    }
    return this.found;
  }

  #differs(what, at, expected, actual) {
    this.found.push({ transcript: this.number, step: this.step, what, ...(at && { at }), expected, actual });
  }

  async #mail({ type: kind, to, url, token }) {
    const { url: own } = await mail(this.names.toOwn(to), KINDS[kind] ?? kind);
    this.names.learn(token, tokenOf(new URL(own)));
    const normal = this.names.toRecorded(own);
    if (normal !== url) this.#differs("body", "mail.url", url, normal);
  }

  /** What reached the user by mail but was not recorded as a step: the request only shows its use. */
  async #fromMail({ request, response }) {
    const token = new URL(request.url).searchParams.get("token");
    if (token?.startsWith("eyJ") && !this.names.has(token)) {
      const { email, updateTo, requestType } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      const confirmation = requestType === "change-email-confirmation";
      const to = confirmation ? email : (updateTo ?? email);
      const received = await mail(this.names.toOwn(to), confirmation ? "change-email" : "verify-email");
      this.names.learn(token, tokenOf(new URL(received.url)));
    }
    const body = { ...request.body };
    if (response.status !== 200) return body;
    if (request.url.endsWith("/two-factor/verify-totp")) body.code = this.totp(this.secret);
    if (request.url.endsWith("/two-factor/verify-otp")) {
      body.code = (await mail(this.names.toOwn(this.email), "two-factor-code")).code;
    }
    if (request.url.endsWith("/sign-in/email-otp")) {
      body.otp = (await mail(this.names.toOwn(body.email), "sign-in-code")).code;
    }
    return body;
  }

  async #exchange({ step, request, response: expected }) {
    const key = `${this.number.slice(0, 2)} ${step}`;
    const seconds = AGED[key];
    if (request.body?.email) this.email = request.body.email;
    if (seconds) await this.#age(seconds);
    const isJson = isObject(request.body);
    const raw = isJson ? JSON.stringify(await this.#fromMail({ request, response: expected })) : request.body;
    if (!isJson) await this.#fromMail({ request: { ...request, body: {} }, response: expected });
    const url = this.names.toOwn(request.url);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, this.names.toOwn(value)]),
    );
    const actual = await wire(request.method, url.slice(this.service.origin.length), {
      server: this.service.url,
      // Not recorded everywhere: what sent the request added them itself.
      headers: {
        host: new URL(this.service.origin).host,
        "user-agent": "node",
        ...(isJson && { "content-type": "application/json" }),
        ...SENT[key],
        ...headers,
      },
      body: raw == null ? undefined : this.names.toOwn(raw),
      absolute: true,
    });
    this.#compare(request, expected, actual);
  }

  async #age(seconds) {
    const answer = await fetch(env.ROSTER_REPLAY_AGE, {
      method: "POST",
      body: JSON.stringify({ email: this.names.toOwn(this.email), seconds }),
    });
    assert.equal(answer.status, 204);
  }

  #compare(request, expected, actual) {
    if (expected.status !== actual.status) this.#differs("status", null, expected.status, actual.status);
    this.#learnHeaders(expected, actual);
    this.#cookies(expected, actual);
    const own = actual.text === "" ? null : isJson(actual.headers) ? actual.json : actual.text;
    this.#body("$", expected.body, own);
    this.#headers(request, expected.headers, actual.headers);
    if (own?.totpURI) this.secret = new URL(own.totpURI).searchParams.get("secret");
  }

  #learnHeaders(expected, actual) {
    const token = expected.headers["set-auth-token"];
    const own = actual.headers["set-auth-token"];
    if (token && own) this.names.learnToken(encodeURIComponent(token), encodeURIComponent(own));
    for (const cookie of expected.setCookie.map(parse)) {
      if (cookie.value === "") continue;
      const kind = kindOf(cookie.name);
      const found = actual.allCookies.find(({ name, value }) => kindOf(name) === kind && value !== "");
      if (found) this.names.learnToken(cookie.value, found.value);
    }
  }

  #cookies(expected, actual) {
    const seconds = HOURS_FOR_SECONDS[this.number.slice(0, 2)];
    const hours = `Max-Age=${Number(seconds?.split("=")[1]) * HOUR}`;
    const recorded = expected.setCookie
      .map((line) => (seconds ? line.replace(`${seconds};`, `${hours};`) : line))
      .map(parse)
      .map(lines)
      .sort();
    const own = actual.allCookies
      .map(({ name, value, line }) => lines({ ...parse(line), name: this.names.toRecorded(name), value }))
      .sort();
    for (const line of without(recorded, own)) this.#differs("cookie", null, line, null);
    for (const line of without(own, recorded)) this.#differs("cookie", null, null, line);
  }

  #headers(request, expected, actual) {
    const exact = ["content-type", "location", "access-control-expose-headers"];
    if (request.url.includes("/get-session")) exact.push("cache-control", "pragma");
    for (const name of exact) {
      const own = actual[name] === undefined ? null : this.names.toRecorded(actual[name]);
      const recorded = expected[name] ?? null;
      if (own !== recorded) this.#differs("header", name, recorded, own);
    }
    for (const name of ["set-auth-token", "set-auth-jwt", "x-retry-after"]) {
      const [recorded, own] = [name in expected, name in actual];
      if (own !== recorded) this.#differs("header", name, recorded ? "present" : null, own ? "present" : null);
    }
  }

  #body(at, expected, actual) {
    const what = at === "$.code" ? "code" : "body";
    if (type(expected) !== type(actual)) {
      if (actual === undefined) this.#differs(what, at, summary(expected), "absent");
      else this.#differs(what, at, expected === undefined ? "absent" : summary(expected), summary(actual));
    } else if (isObject(expected)) {
      for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
        this.#body(`${at}.${key}`, expected[key], actual[key]);
      }
    } else if (Array.isArray(expected)) {
      this.#array(at, expected, actual);
    } else if (typeof expected === "string") {
      this.#text(what, at, expected, actual);
    } else if (expected !== actual) {
      this.#differs(what, at, expected, actual);
    }
  }

  #array(at, expected, actual) {
    if (expected.length !== actual.length) {
      this.#differs("body", at, `${expected.length} elements`, `${actual.length} elements`);
      // Not the same records, but of the same kind.
      const [recorded, own] = [expected, actual].map(typesOf);
      for (const key of new Set([...recorded.keys(), ...own.keys()])) {
        const types = recorded.get(key) ?? ["absent"];
        for (const each of (own.get(key) ?? ["absent"]).filter((one) => !types.includes(one))) {
          this.#differs("body", `${at}[].${key}`, types.join(), each);
        }
      }
    } else {
      expected.forEach((element, i) => this.#body(`${at}[${i}]`, element, actual[i]));
    }
  }

  #text(what, at, expected, actual) {
    if (expected.startsWith("<!DOCTYPE html>")) {
      if (!/^<!doctype html>/i.test(actual)) this.#differs(what, at, "a page", actual);
    } else if (DATE.test(expected)) {
      if (!DATE.test(actual)) this.#differs(what, at, "a date", actual);
    } else if (this.names.has(expected)) {
      if (this.names.get(expected) !== actual) this.#differs(what, at, `as before: ${expected}`, actual);
    } else if (this.names.toRecorded(actual) !== expected) {
      if (OPAQUE.test(expected) && OPAQUE.test(actual)) this.names.learn(expected, actual);
      else if (!VARIES.test(at)) this.#differs(what, at, expected, this.names.toRecorded(actual));
    }
  }
}

const isJson = (headers) => headers["content-type"]?.startsWith("application/json");
const kindOf = (name) => name.replace(/_multi-.*/, "_multi-");
const tokenOf = (url) => url.searchParams.get("token") ?? url.pathname.split("/").at(-1);
const summary = (value) => (isObject(value) ? "object" : Array.isArray(value) ? "array" : value);

/** By the name of a member, the types it has in records of one kind. */
function typesOf(records) {
  const types = new Map();
  for (const key of new Set(records.flatMap((record) => Object.keys(record)))) {
    types.set(key, [...new Set(records.map((record) => (key in record ? type(record[key]) : "absent")))]);
  }
  return types;
}

/** The lines that are not among the taken ones, each of which counts once. */
function without(all, taken) {
  const rest = [...taken];
  return all.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** Whether a listed difference describes one that was found; "*" is any transcript or step. */
function describes(listed, found) {
  const fits = (pattern, text) => pattern === "*" || pattern === text;
  const at = listed.at?.startsWith("**") ? found.at?.endsWith(listed.at.slice(2)) : listed.at === found.at;
  return (
    fits(listed.transcript, found.transcript) &&
    fits(listed.step, found.step) &&
    listed.what === found.what &&
    at &&
    fits(listed.expected, found.expected) &&
    fits(listed.actual, found.actual)
  );
}

test("recorded conversations", { skip: !services && "ROSTER_REPLAY is not set" }, async (t) => {
  const listed = read("differences.json");
  const occurred = new Set();
  const everything = [];
  for (const file of readdirSync(folder).filter((name) => /^\d\d-/.test(name)).sort()) {
    const name = file.replace(".json", "");
    const service = services[name.slice(0, 2)] ?? services.default;
    await t.test(name, { timeout: 120_000 }, async () => {
      const replay = new Replay(name, service);
      try {
        await replay.run(read(file));
      } finally {
        everything.push(...replay.found);
      }
      const unlisted = replay.found.filter((found) => {
        const known = listed.filter((entry) => describes(entry, found));
        known.forEach((entry) => occurred.add(entry));
        return known.length === 0;
      });
      assert.deepEqual(unlisted, [], unlisted.map((found) => JSON.stringify(found)).join("\n"));
    });
  }
  if (env.ROSTER_REPLAY_FOUND) writeFileSync(env.ROSTER_REPLAY_FOUND, JSON.stringify(everything, null, 1));
  await t.test("every listed difference occurs and says why", () => {
    for (const entry of listed) assert.ok(entry.reason?.length > 20, JSON.stringify(entry));
    assert.deepEqual(listed.filter((entry) => !occurred.has(entry)), []);
  });
});
