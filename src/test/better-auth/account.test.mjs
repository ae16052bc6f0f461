import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  EVIL_ORIGIN,
  assertCleared,
  assertWireDates,
  isSignedIn,
  refused,
  signIn,
  signUp,
  succeeded,
} from "./device.mjs";

describe("list-accounts", () => {
  test("lists the password account without its secrets", async () => {
    const ada = await signUp();
    const accounts = succeeded(await ada.client.listAccounts());
    assert.equal(accounts.length, 1);
    const [account] = accounts;
    assert.deepEqual(Object.keys(account).sort(), [
      "accountId",
      "createdAt",
      "id",
      "providerId",
      "scopes",
      "updatedAt",
      "userId",
    ]);
    assert.equal(account.providerId, "credential");
    assert.equal(account.accountId, ada.user.id);
    assert.equal(account.userId, ada.user.id);
    assert.deepEqual(account.scopes, []);
    assertWireDates(ada.device.last.json);
  });

  test("needs a session", async () => {
    refused(await new Device().client.listAccounts(), 401, "UNAUTHORIZED", "Unauthorized");
  });
});

describe("delete-user", () => {
  const deleted = { success: true, message: "User deleted" };

  test("with the password", async () => {
    const ada = await signUp();
    const thief = ada.device.copy();
    assert.deepEqual(succeeded(await ada.client.deleteUser({ password: ada.password })), deleted);
    assertCleared(ada.device.last);
    assert.equal(await isSignedIn(ada), false);
    assert.equal(await isSignedIn(thief), false);
  });

  test("with a fresh session alone", async () => {
    const ada = await signUp();
    assert.deepEqual(succeeded(await ada.client.deleteUser()), deleted);
    assertCleared(ada.device.last);
  });

  test("ends the sessions on every device", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    succeeded(await laptop.client.deleteUser({ password: laptop.password }));
    assert.equal(await isSignedIn(phone), false);
  });

  test("the user cannot sign in again", async () => {
    const ada = await signUp();
    succeeded(await ada.client.deleteUser({ password: ada.password }));
    const { email, password } = ada;
    refused(await new Device().client.signIn.email({ email, password }), 401, "INVALID_EMAIL_OR_PASSWORD");
  });

  test("the address is free for another user", async () => {
    const ada = await signUp();
    succeeded(await ada.client.deleteUser({ password: ada.password }));
    const next = await signUp({ email: ada.email, password: "quite-another-1" });
    assert.notEqual(next.user.id, ada.user.id);
    const { email, password } = ada;
    refused(await new Device().client.signIn.email({ email, password }), 401, "INVALID_EMAIL_OR_PASSWORD");
  });

  test("leaves strangers alone", async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    succeeded(await ada.client.deleteUser({ password: ada.password }));
    assert.ok(await isSignedIn(bob));
  });

  const cases = [
    ["a wrong password", { password: "wrong-password-x" }, 400, "INVALID_PASSWORD"],
    ["a password of the wrong type", { password: 5 }, 400, "VALIDATION_ERROR"],
    ["a token nobody issued", { token: "bad" }, 404, "INVALID_TOKEN"],
    ["an untrusted callbackURL", { callbackURL: EVIL_ORIGIN }, 403, "INVALID_CALLBACK_URL"],
  ];
  for (const [what, fields, status, code] of cases) {
    test(`refuses ${what}`, async () => {
      const ada = await signUp();
      refused(await ada.client.deleteUser(fields), status, code);
      assert.deepEqual(ada.device.last.cookies, []);
      assert.ok(await isSignedIn(ada));
    });
  }

  test("needs a session", async () => {
    refused(await new Device().client.deleteUser(), 401, "UNAUTHORIZED", "Unauthorized");
  });
});
