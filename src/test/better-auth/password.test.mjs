import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  ORIGIN,
  SESSION_COOKIE,
  assertSessionCookie,
  assertUser,
  isSignedIn,
  refused,
  refusedOnWire,
  signIn,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const NEW = "another-password-1";

describe("change-password", () => {
  test("keeps this session and the others unless told otherwise", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    const change = { currentPassword: laptop.password, newPassword: NEW };
    const data = succeeded(await laptop.client.changePassword(change));
    assert.equal(data.token, null);
    assert.deepEqual(Object.keys(data).sort(), ["token", "user"]);
    assertUser(data.user, laptop);
    assert.deepEqual(laptop.device.last.cookies, []);
    assert.ok(await isSignedIn(laptop));
    assert.ok(await isSignedIn(phone));
  });

  test("the new password works from then on, the old one does not", async () => {
    const ada = await signUp();
    succeeded(await ada.client.changePassword({ currentPassword: ada.password, newPassword: NEW }));
    const { email, password } = ada;
    refused(await new Device().client.signIn.email({ email, password }), 401, "INVALID_EMAIL_OR_PASSWORD");
    await signIn({ ...ada, password: NEW });
  });

  test("revokeOtherSessions ends every session and begins a new one here", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    const thief = laptop.device.copy();
    const data = succeeded(
      await laptop.client.changePassword({
        currentPassword: laptop.password,
        newPassword: NEW,
        revokeOtherSessions: true,
      }),
    );
    assert.notEqual(data.token, laptop.token);
    assertUser(data.user, laptop);
    assertSessionCookie(laptop.device.last.cookie(SESSION_COOKIE), data.token);
    const { session } = succeeded(await laptop.client.getSession());
    assert.equal(session.token, data.token);
    assert.equal(await isSignedIn(phone), false);
    assert.equal(await isSignedIn(thief), false, "the old session of this device has ended too");
  });

  test("a password may be changed to itself", async () => {
    const ada = await signUp();
    const change = { currentPassword: ada.password, newPassword: ada.password };
    succeeded(await ada.client.changePassword(change));
    await signIn(ada);
  });

  const cases = [
    ["a wrong current password", { currentPassword: "wrong-one-123" }, "INVALID_PASSWORD", "Invalid password"],
    ["an empty current password", { currentPassword: "" }, "INVALID_PASSWORD"],
    ["a short new password", { newPassword: "x" }, "PASSWORD_TOO_SHORT", "Password too short"],
    ["a long new password", { newPassword: "x".repeat(129) }, "PASSWORD_TOO_LONG", "Password too long"],
    ["an empty new password", { newPassword: "" }, "PASSWORD_TOO_SHORT"],
    ["a short new password first", { currentPassword: "no", newPassword: "x" }, "PASSWORD_TOO_SHORT"],
    ["no current password", { currentPassword: undefined }, "VALIDATION_ERROR"],
    ["no new password", { newPassword: undefined }, "VALIDATION_ERROR"],
    ["a new password of the wrong type", { newPassword: 1234567890 }, "VALIDATION_ERROR"],
    ["revokeOtherSessions of the wrong type", { revokeOtherSessions: "yes" }, "VALIDATION_ERROR"],
  ];
  for (const [what, fields, code, message] of cases) {
    test(`refuses ${what}`, async () => {
      const ada = await signUp();
      const change = { currentPassword: ada.password, newPassword: NEW, ...fields };
      refused(await ada.client.changePassword(change), 400, code, message);
      assert.deepEqual(ada.device.last.cookies, []);
      await signIn(ada);
    });
  }

  test("needs a session", async () => {
    const change = { currentPassword: "whatever-1", newPassword: NEW };
    refused(await new Device().client.changePassword(change), 401, "UNAUTHORIZED", "Unauthorized");
  });

  test("an invalid body is refused before a missing session", async () => {
    const answer = await wire("POST", "/change-password", { headers: { origin: ORIGIN }, json: {} });
    refusedOnWire(answer, 400, "VALIDATION_ERROR");
  });

  test("no body", async () => {
    const ada = await signUp();
    const headers = { origin: ORIGIN, cookie: ada.device.cookieHeader };
    refusedOnWire(await wire("POST", "/change-password", { headers }), 400, "VALIDATION_ERROR");
  });
});

describe("verify-password", () => {
  test("knows the password", async () => {
    const ada = await signUp();
    const data = succeeded(await ada.client.verifyPassword({ password: ada.password }));
    assert.deepEqual(data, { status: true });
    assert.deepEqual(ada.device.last.cookies, []);
  });

  const cases = [
    ["a wrong password", "wrong-password", "INVALID_PASSWORD"],
    ["an empty password", "", "INVALID_PASSWORD"],
    ["a password over the limit", "x".repeat(4097), "PASSWORD_TOO_LONG"],
    ["a password of the wrong type", 5, "VALIDATION_ERROR"],
  ];
  for (const [what, password, code] of cases) {
    test(`refuses ${what}`, async () => {
      const ada = await signUp();
      refused(await ada.client.verifyPassword({ password }), 400, code);
    });
  }

  test("needs a session", async () => {
    refused(await new Device().client.verifyPassword({ password: "x" }), 401, "UNAUTHORIZED");
  });

  test("an invalid body is refused before a missing session", async () => {
    const answer = await wire("POST", "/verify-password", { headers: { origin: ORIGIN }, json: {} });
    refusedOnWire(answer, 400, "VALIDATION_ERROR");
  });
});
