import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BROWSER_SESSION,
  DAY,
  DONT_REMEMBER_COOKIE,
  Device,
  ORIGIN,
  PASSWORD,
  SESSION_COOKIE,
  TRUSTED_ORIGIN,
  assertCleared,
  assertSession,
  assertSessionCookie,
  assertUser,
  assertWireDates,
  isSignedIn,
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

describe("sign-in", () => {
  test("gives redirect false, token, user and a cookie", async () => {
    const ada = await signIn(await signUp());
    const answer = ada.device.last;
    assert.deepEqual(Object.keys(answer.json).sort(), ["redirect", "token", "user"]);
    assert.equal(answer.json.redirect, false);
    assert.equal(answer.headers.location, undefined);
    assertUser(ada.user, ada);
    assertWireDates(answer.json);
    assertSessionCookie(answer.cookie(SESSION_COOKIE), ada.token);
    assert.equal(answer.cookies.length, 1);
  });

  test("begins a session of its own each time", async () => {
    const first = await signUp();
    const second = await signIn(first);
    assert.notEqual(first.token, second.token);
    assert.ok(await isSignedIn(first));
    assert.ok(await isSignedIn(second));
  });

  test("finds the address in upper case", async () => {
    const ada = await signUp();
    const again = await signIn({ ...ada, email: ada.email.toUpperCase() });
    assert.equal(again.user.id, ada.user.id);
  });

  test("tells the browser to go to callbackURL", async () => {
    const ada = await signIn(await signUp(), { callbackURL: "/dash" });
    const { json, headers: sent } = ada.device.last;
    assert.deepEqual({ redirect: json.redirect, url: json.url }, { redirect: true, url: "/dash" });
    assert.equal(sent.location, "/dash");
    assertSessionCookie(ada.device.last.cookie(SESSION_COOKIE), ada.token);
  });

  test("goes to a trusted origin", async () => {
    const callbackURL = `${TRUSTED_ORIGIN}/x`;
    const ada = await signIn(await signUp(), { callbackURL });
    assert.equal(ada.device.last.json.url, callbackURL);
  });

  test("rememberMe false: cookies end with the browser, the session after a day", async () => {
    const ada = await signIn(await signUp(), { rememberMe: false });
    const { last } = ada.device;
    assertSessionCookie(last.cookie(SESSION_COOKIE), ada.token, BROWSER_SESSION);
    assert.deepEqual(last.cookie(DONT_REMEMBER_COOKIE).attributes, BROWSER_SESSION);
    assert.equal(splitSigned(last.cookie(DONT_REMEMBER_COOKIE).value)[0], "true");
    const { session } = succeeded(await ada.client.getSession());
    assertSession(session, { userId: ada.user.id, token: ada.token, lasts: DAY });
    assert.deepEqual(ada.device.last.cookies, [], "such a session is never refreshed");
  });

  test("form encoded", async () => {
    const { email, password } = await signUp();
    const answer = await wire("POST", "/sign-in/email", {
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ email, password }).toString(),
    });
    assert.equal(answer.status, 200, answer.text);
    assertSessionCookie(answer.cookie(SESSION_COOKIE), answer.json.token);
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    const ada = await signUp();
    const answers = [];
    for (const fields of [
      { email: ada.email, password: "wrong-password-1" },
      { email: newEmail(), password: PASSWORD },
    ]) {
      const device = new Device();
      refused(
        await device.client.signIn.email(fields),
        401,
        "INVALID_EMAIL_OR_PASSWORD",
        "Invalid email or password",
      );
      const { date, "x-request-id": requestId, ...sent } = device.last.headers; // one's own each time
      answers.push({ text: device.last.text, sent, cookies: device.last.cookies });
    }
    assert.deepEqual(answers[0], answers[1]);
    assert.deepEqual(answers[0].cookies, []);
  });

  const cases = [
    ["another case of the password", { password: PASSWORD.toUpperCase() }, 401, "INVALID_EMAIL_OR_PASSWORD"],
    ["an empty password", { password: "" }, 401, "INVALID_EMAIL_OR_PASSWORD"],
    ["a password over the limit", { password: "x".repeat(4097) }, 400, "PASSWORD_TOO_LONG"],
    ["an invalid address", { email: "nope" }, 400, "INVALID_EMAIL", "Invalid email"],
    ["no password", { password: undefined }, 400, "VALIDATION_ERROR"],
    ["no address", { email: undefined }, 400, "VALIDATION_ERROR"],
    ["an address of the wrong type", { email: 5 }, 400, "VALIDATION_ERROR"],
    ["a password of the wrong type", { password: { $ne: "" } }, 400, "VALIDATION_ERROR"],
    ["rememberMe of the wrong type", { rememberMe: "no" }, 400, "VALIDATION_ERROR"],
    ["callbackURL null", { callbackURL: null }, 400, "VALIDATION_ERROR"],
  ];
  for (const [what, fields, status, code, message] of cases) {
    test(`refuses ${what}`, async () => {
      const { email, password } = await signUp();
      const device = new Device();
      refused(await device.client.signIn.email({ email, password, ...fields }), status, code, message);
      assert.deepEqual(device.last.cookies, []);
    });
  }

  for (const body of ["null", "[]", '"x"', "5", ""]) {
    test(`refuses the JSON body ${body || "of no characters"}`, async () => {
      const answer = await wire("POST", "/sign-in/email", {
        headers: { ...headers, "content-type": "application/json" },
        body,
      });
      refusedOnWire(answer, 400, "VALIDATION_ERROR");
    });
  }
});

describe("sign-out", () => {
  test("ends the session and clears the cookies", async () => {
    const ada = await signUp();
    const thief = ada.device.copy();
    assert.deepEqual(succeeded(await ada.client.signOut()), { success: true });
    assertCleared(ada.device.last);
    assert.equal(ada.device.cookie(SESSION_COOKIE), undefined);
    assert.equal(await isSignedIn(ada), false);
    assert.equal(await isSignedIn(thief), false, "the token is dead, not only forgotten");
  });

  test("leaves other sessions alone", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    succeeded(await laptop.client.signOut());
    assert.ok(await isSignedIn(phone));
  });

  test("succeeds without a session", async () => {
    const device = new Device();
    assert.deepEqual(succeeded(await device.client.signOut()), { success: true });
    assertCleared(device.last);
  });

  test("succeeds with neither body nor content type", async () => {
    const ada = await signUp();
    const answer = await wire("POST", "/sign-out", {
      headers: { ...headers, cookie: ada.device.cookieHeader },
    });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { success: true });
    assertCleared(answer);
    assert.equal(await isSignedIn(ada), false);
  });
});
