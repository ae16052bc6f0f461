import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { anonymousClient } from "better-auth/client/plugins";
import {
  Device,
  SESSION_COOKIE,
  assertSessionCookie,
  assertWireDates,
  isSignedIn,
  refused,
  signIn,
  signUp,
  succeeded,
} from "./device.mjs";

const newDevice = () => new Device({ plugins: [anonymousClient()] });

async function guest() {
  const device = newDevice();
  const { token, user } = succeeded(await device.client.signIn.anonymous());
  return { device, client: device.client, token, user };
}

describe("anonymous", () => {
  test("signs a guest in", async () => {
    const { device, client, token, user } = await guest();
    assert.deepEqual(Object.keys(device.last.json).sort(), ["token", "user"]);
    assert.equal(user.name, "Anonymous");
    assert.match(user.email, /^[a-z0-9]{32}@anonymous\.placeholder\.invalid$/);
    assert.equal(user.emailVerified, false);
    assert.equal(user.isAnonymous, true);
    assertWireDates(device.last.json);
    assertSessionCookie(device.last.cookie(SESSION_COOKIE), token);
    assert.ok(await isSignedIn({ client }));
  });

  test("signs no guest in as a guest again", async () => {
    const { client } = await guest();
    refused(
      await client.signIn.anonymous(),
      400,
      "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY",
      "Anonymous users cannot sign in again anonymously",
    );
  });

  test("deletes a guest, and nobody else", async () => {
    const { device, client } = await guest();
    const copy = device.copy();
    assert.deepEqual(succeeded(await client.deleteAnonymousUser()), { success: true });
    assert.equal(device.cookie(SESSION_COOKIE), undefined);
    assert.equal(await isSignedIn(copy), false);
    const ada = await signUp({}, newDevice());
    refused(await ada.client.deleteAnonymousUser(), 403, "USER_IS_NOT_ANONYMOUS", "User is not anonymous");
    refused(await newDevice().client.deleteAnonymousUser(), 401, "UNAUTHORIZED");
  });

  test("forgets a guest who signs up or in", async () => {
    const first = await guest();
    const before = first.device.copy();
    const ada = await signUp({}, first.device);
    assert.equal(ada.user.isAnonymous, false);
    assert.equal(await isSignedIn(before), false);
    const second = await guest();
    const old = second.device.copy();
    await signIn(ada, {}, second.device);
    assert.equal(await isSignedIn(old), false);
  });
});
