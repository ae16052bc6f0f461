import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AUTH,
  BROWSER_SESSION,
  DAY,
  DONT_REMEMBER_COOKIE,
  Device,
  ORIGIN,
  PASSWORD,
  SESSION_COOKIE,
  assertSession,
  assertSessionCookie,
  assertUser,
  assertWireDates,
  differs,
  newEmail,
  refused,
  refusedOnWire,
  signIn,
  signUp,
  splitSigned,
  succeeded,
  wire,
} from "./device.mjs";

const headers = { origin: ORIGIN };
const account = (fields) => ({ name: "Ada", email: newEmail(), password: PASSWORD, ...fields });

describe("sign-up", () => {
  test("signs the new user in: token, user and a signed cookie", async () => {
    const image = "https://img.example/a.png";
    const ada = await signUp({ image });
    const answer = ada.device.last;

    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-type"], "application/json");
    assert.deepEqual(Object.keys(answer.json).sort(), ["token", "user"]);
    assertUser(ada.user, { name: ada.name, email: ada.email, image });
    assertWireDates(answer.json);
    assert.match(ada.token, /^\S{20,}$/);
    assert.equal(answer.cookies.length, 1);
    assertSessionCookie(answer.cookie(SESSION_COOKIE), ada.token);
  });

  test("set-auth-token, where it is sent, is the cookie's value decoded", async () => {
    const ada = await signUp();
    const header = ada.device.last.headers["set-auth-token"];
    if (header !== undefined) {
      assert.equal(header, splitSigned(ada.device.cookie(SESSION_COOKIE)).join("."));
    }
  });

  test("the session is there for get-session and lasts a week", async () => {
    const ada = await signUp();
    const { session, user } = succeeded(await ada.client.getSession());
    assertSession(session, { userId: ada.user.id, token: ada.token });
    assert.equal(session.userAgent, ada.device.userAgent);
    assert.deepEqual(user, ada.user);
    assertWireDates(ada.device.last.json);
  });

  test("keeps the address in lower case", async () => {
    const email = newEmail();
    const ada = await signUp({ email: email.toUpperCase() });
    assert.equal(ada.user.email, email);
  });

  test("sends image null when none was given", async () => {
    const ada = await signUp();
    assert.match(ada.device.last.text, /"image":null/);
  });

  test("accepts an empty name", async () => {
    const ada = await signUp({ name: "" });
    assert.equal(ada.user.name, "");
  });

  test("accepts passwords of 8 and of 128 characters", async () => {
    for (const length of [8, 128]) {
      const ada = await signUp({ password: "ü".repeat(length) });
      await signIn(ada);
    }
  });

  test("a callbackURL does not change the answer", async () => {
    const ada = await signUp({ callbackURL: "/welcome" });
    assert.deepEqual(Object.keys(ada.device.last.json).sort(), ["token", "user"]);
  });

  test("ignores unknown fields, emailVerified and id", async () => {
    const ada = await signUp({ whatever: "y", emailVerified: true, id: "mine" });
    assert.equal(ada.user.emailVerified, false);
    assert.notEqual(ada.user.id, "mine");
    assert.ok(!("whatever" in ada.user));
  });

  test("rememberMe false: cookies end with the browser, the session after a day", async () => {
    const ada = await signUp({ rememberMe: false });
    const { last } = ada.device;
    assertSessionCookie(last.cookie(SESSION_COOKIE), ada.token, BROWSER_SESSION);
    const marker = last.cookie(DONT_REMEMBER_COOKIE);
    assert.deepEqual(marker.attributes, BROWSER_SESSION);
    assert.equal(splitSigned(marker.value)[0], "true");
    const { session } = succeeded(await ada.client.getSession());
    assertSession(session, { userId: ada.user.id, token: ada.token, lasts: DAY });
  });

  test("form encoded", async () => {
    const fields = account();
    const answer = await wire("POST", "/sign-up/email", {
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.user.email, fields.email);
    assertSessionCookie(answer.cookie(SESSION_COOKIE), answer.json.token);
  });
});

describe("sign-up refuses", () => {
  const cases = [
    ["a short password", { password: "seven77" }, 400, "PASSWORD_TOO_SHORT", "Password too short"],
    ["a long password", { password: "x".repeat(129) }, 400, "PASSWORD_TOO_LONG", "Password too long"],
    ["an empty password", { password: "" }, 400, "VALIDATION_ERROR"],
    ["a bad e-mail address", { email: "not-an-email" }, 400, "VALIDATION_ERROR"],
    ["an address without a dot in its domain", { email: "a@b" }, 400, "VALIDATION_ERROR"],
    ["an address with a blank before it", { email: " a@example.com" }, 400, "VALIDATION_ERROR"],
    ["a missing name", { name: undefined }, 400, "VALIDATION_ERROR"],
    ["a missing e-mail address", { email: undefined }, 400, "VALIDATION_ERROR"],
    ["a missing password", { password: undefined }, 400, "VALIDATION_ERROR"],
    ["a name of null", { name: null }, 400, "VALIDATION_ERROR"],
    ["a name of the wrong type", { name: 5 }, 400, "VALIDATION_ERROR"],
    ["an address of the wrong type", { email: { $ne: "" } }, 400, "VALIDATION_ERROR"],
    ["a password of the wrong type", { password: 12345678 }, 400, "VALIDATION_ERROR"],
    ["an image of the wrong type", { image: 5 }, 400, "VALIDATION_ERROR"],
    ["rememberMe of the wrong type", { rememberMe: "no" }, 400, "VALIDATION_ERROR"],
    ["a role", { role: "admin" }, 400, "FIELD_NOT_ALLOWED", "role is not allowed to be set"],
    ["an untrusted callbackURL", { callbackURL: "https://evil.example/x" }, 403, "INVALID_CALLBACK_URL"],
  ];
  for (const [what, fields, status, code, message] of cases) {
    test(what, async () => {
      const device = new Device();
      refused(await device.client.signUp.email(account(fields)), status, code, message);
      assert.deepEqual(device.last.cookies, []);
      assert.deepEqual(Object.keys(device.last.json).sort(), ["code", "message"]);
    });
  }

  test("an address that is taken", async () => {
    const { email } = await signUp();
    const result = await new Device().client.signUp.email(account({ email }));
    refused(
      result,
      422,
      "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
      "User already exists. Use another email.",
    );
  });

  test("an address that is taken, in another case", async () => {
    const { email } = await signUp();
    const result = await new Device().client.signUp.email(account({ email: email.toUpperCase() }));
    refused(result, 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
  });

  test("all but one of several sign-ups of one address at once", async () => {
    const email = newEmail();
    const results = await Promise.all(
      Array.from({ length: 4 }, () => new Device().client.signUp.email(account({ email }))),
    );
    assert.equal(results.filter(({ error }) => error === null).length, 1);
  });

  test("every missing field in one message", async () => {
    const answer = await wire("POST", "/sign-up/email", { headers, json: { x: 1 } });
    refusedOnWire(answer, 400, "VALIDATION_ERROR");
    for (const field of ["name", "email", "password"]) {
      assert.ok(answer.json.message.includes(`[body.${field}] `), answer.json.message);
    }
  });

  test("bad JSON", async () => {
    const answer = await wire("POST", "/sign-up/email", {
      headers: { ...headers, "content-type": "application/json" },
      body: "{bad",
    });
    refusedOnWire(answer, 400, "BAD_REQUEST", "Invalid JSON in request body");
  });

  test("text/plain", async () => {
    const answer = await wire("POST", "/sign-up/email", {
      headers: { ...headers, "content-type": "text/plain" },
      body: "x",
    });
    refusedOnWire(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
    assert.match(answer.json.message, /^Content-Type "text\/plain" is not allowed\. Allowed types: /);
  });

  test("no body at all", differs("it answers 500 (contract section 15, quirk 2)"), async () => {
    const answer = await wire("POST", "/sign-up/email", { headers });
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    assert.deepEqual(answer.cookies, []);
  });

  test("GET", async () => {
    const answer = await wire("GET", "/sign-up/email", { headers });
    assert.equal(answer.status, 404);
    assert.equal(answer.text, "");
  });

  test(`nothing at ${AUTH}/sign-up`, async () => {
    const answer = await wire("POST", "/sign-up", { headers, json: account() });
    assert.equal(answer.status, 404);
  });
});
