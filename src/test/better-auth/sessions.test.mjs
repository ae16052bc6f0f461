import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  ORIGIN,
  SESSION_COOKIE,
  assertCleared,
  assertSession,
  assertWireDates,
  isSignedIn,
  refused,
  refusedOnWire,
  signIn,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const listSessions = async ({ client }) => succeeded(await client.listSessions());

/** What this device's list holds for the session which `other` sees as its own. */
async function entryOf(other, { client }) {
  const { session } = succeeded(await other.client.getSession());
  const found = succeeded(await client.listSessions()).filter(({ id }) => id === session.id);
  assert.equal(found.length, 1);
  return found[0];
}

describe("list-sessions", () => {
  test("lists every device, oldest first, this one with its own token", async () => {
    const laptop = await signUp({}, new Device({ userAgent: "laptop/1" }));
    const phone = await signIn(laptop, {}, new Device({ userAgent: "phone/1" }));
    const listed = await listSessions(laptop);
    assert.deepEqual(
      listed.map((session) => session.userAgent),
      ["laptop/1", "phone/1"],
    );
    for (const session of listed) assertSession(session, { userId: laptop.user.id });
    assert.equal(listed[0].token, laptop.token);
    assertWireDates(laptop.device.last.json);
    assert.deepEqual(laptop.device.last.cookies, []);
    assert.equal((await entryOf(phone, phone)).token, phone.token, "each device sees its own token");
  });

  test("lists nobody else's", async () => {
    const ada = await signUp();
    await signUp();
    assert.equal((await listSessions(ada)).length, 1);
  });

  test("gives each other session a value which revoke-session accepts", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    const { token } = await entryOf(phone, laptop);
    assert.equal(typeof token, "string");
    assert.ok(token.length > 0);
    assert.notEqual(token, laptop.token);
    assert.deepEqual(succeeded(await laptop.client.revokeSession({ token })), { status: true });
    assert.equal(await isSignedIn(phone), false);
    assert.ok(await isSignedIn(laptop));
    assert.equal((await listSessions(laptop)).length, 1);
  });

  test("needs a session", async () => {
    refused(await new Device().client.listSessions(), 401, "UNAUTHORIZED", "Unauthorized");
  });
});

describe("revoke-session", () => {
  test("of another device sets no cookie here and clears them there", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    const { token } = await entryOf(phone, laptop);
    succeeded(await laptop.client.revokeSession({ token }));
    assert.deepEqual(laptop.device.last.cookies, []);
    assert.equal(succeeded(await phone.client.getSession()), null);
    assertCleared(phone.device.last);
    assert.equal(phone.device.cookie(SESSION_COOKIE), undefined);
  });

  test("accepts this session's own token", async () => {
    const ada = await signUp();
    const thief = ada.device.copy();
    assert.deepEqual(succeeded(await ada.client.revokeSession({ token: ada.token })), { status: true });
    assert.equal(await isSignedIn(thief), false);
  });

  test("of this session clears its cookies", async () => {
    const ada = await signUp();
    succeeded(await ada.client.revokeSession({ token: ada.token }));
    assertCleared(ada.device.last);
  });

  test("answers the same for an unknown token and does nothing", async () => {
    const ada = await signUp();
    assert.deepEqual(succeeded(await ada.client.revokeSession({ token: "nope" })), { status: true });
    assert.ok(await isSignedIn(ada));
  });

  test("answers the same for a stranger's session and does nothing", async () => {
    const [ada, mallory] = [await signUp(), await signUp()];
    const listed = await entryOf(ada, ada);
    for (const token of [ada.token, listed.token, listed.id]) {
      assert.deepEqual(succeeded(await mallory.client.revokeSession({ token })), { status: true });
    }
    assert.ok(await isSignedIn(ada));
  });

  test("a stranger cannot use the value another device was given", async () => {
    const [laptop, mallory] = [await signUp(), await signUp()];
    const phone = await signIn(laptop);
    const { token } = await entryOf(phone, laptop);
    succeeded(await mallory.client.revokeSession({ token }));
    assert.ok(await isSignedIn(phone));
  });

  test("refuses a body without a token, or of the wrong type", async () => {
    const ada = await signUp();
    const headers = { origin: ORIGIN, cookie: ada.device.cookieHeader };
    for (const json of [{}, { token: 5 }, { token: null }]) {
      refusedOnWire(await wire("POST", "/revoke-session", { headers, json }), 400, "VALIDATION_ERROR");
    }
  });

  test("needs a session", async () => {
    refused(await new Device().client.revokeSession({ token: "x" }), 401, "UNAUTHORIZED");
  });
});

describe("revoke-other-sessions", () => {
  test("ends all but this one", async () => {
    const laptop = await signUp();
    const others = [await signIn(laptop), await signIn(laptop)];
    assert.deepEqual(succeeded(await laptop.client.revokeOtherSessions()), { status: true });
    assert.deepEqual(laptop.device.last.cookies, []);
    for (const other of others) assert.equal(await isSignedIn(other), false);
    assert.ok(await isSignedIn(laptop));
    assert.equal((await listSessions(laptop)).length, 1);
  });

  test("leaves strangers alone", async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    succeeded(await ada.client.revokeOtherSessions());
    assert.ok(await isSignedIn(bob));
  });

  test("needs a session", async () => {
    refused(await new Device().client.revokeOtherSessions(), 401, "UNAUTHORIZED");
  });
});

describe("revoke-sessions", () => {
  test("ends every session and clears the cookies", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    const thief = laptop.device.copy();
    assert.deepEqual(succeeded(await laptop.client.revokeSessions()), { status: true });
    assertCleared(laptop.device.last);
    assert.equal(laptop.device.cookie(SESSION_COOKIE), undefined);
    for (const device of [laptop, phone, thief]) assert.equal(await isSignedIn(device), false);
  });

  test("the user can sign in again", async () => {
    const ada = await signUp();
    succeeded(await ada.client.revokeSessions());
    assert.ok(await isSignedIn(await signIn(ada)));
  });

  test("leaves strangers alone", async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    succeeded(await ada.client.revokeSessions());
    assert.ok(await isSignedIn(bob));
  });

  test("needs a session", async () => {
    refused(await new Device().client.revokeSessions(), 401, "UNAUTHORIZED");
  });
});
