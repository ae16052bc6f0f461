import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { multiSessionClient } from "better-auth/client/plugins";
import {
  assertCleared,
  assertSession,
  assertUser,
  CLEARED,
  Device,
  differs,
  isSignedIn,
  PERSISTENT,
  refused,
  refusedOnWire,
  SESSION_COOKIE,
  signIn,
  signUp,
  splitSigned,
  succeeded,
  wire,
} from "./device.mjs";

const device = () => new Device({ plugins: [multiSessionClient()] });
const cookieOf = (token) => `${SESSION_COOKIE}_multi-${token.toLowerCase()}`;
const list = async ({ client }) => succeeded(await client.multiSession.listDeviceSessions());
const users = async (device) => (await list(device)).map(({ user }) => user.id);
const active = async ({ client }) => succeeded(await client.getSession())?.user.id;
const multi = (answer) => answer.allCookies.filter(({ name }) => name.includes("_multi-"));

describe("a device with several users", () => {
  test("keeps each in a cookie of its own", async () => {
    const laptop = device();
    const ada = await signUp({}, laptop);
    const [cookie, ...more] = multi(laptop.last);
    assert.deepEqual(more, []);
    assert.equal(cookie.name, cookieOf(ada.token));
    assert.deepEqual(cookie.attributes, PERSISTENT);
    assert.equal(splitSigned(cookie.value)[0], ada.token);
    succeeded(await laptop.client.updateUser({ name: "Ada" }));
    assert.deepEqual(multi(laptop.last), [], "it has it already");
  });

  test("lists them and changes between them", async () => {
    const laptop = device();
    const ada = await signUp({}, laptop);
    const bob = await signUp({}, laptop);
    const all = await list(laptop);
    assert.deepEqual(all.map(({ user }) => user.id), [ada.user.id, bob.user.id]);
    assertSession(all[0].session, { userId: ada.user.id, token: ada.token });
    assertUser(all[1].user, bob);
    assert.equal(await active(laptop), bob.user.id);
    const data = succeeded(await laptop.client.multiSession.setActive({ sessionToken: ada.token }));
    assert.equal(data.user.id, ada.user.id);
    assert.equal(data.session.token, ada.token);
    assert.equal(splitSigned(laptop.last.cookie(SESSION_COOKIE).value)[0], ada.token);
    assert.equal(await active(laptop), ada.user.id);
  });

  test("has one session of each user, the newest", async () => {
    const laptop = device();
    const ada = await signUp({}, laptop);
    const again = await signIn(ada, {}, laptop);
    assert.notEqual(again.token, ada.token);
    assert.deepEqual(
      multi(laptop.last).map(({ name, attributes }) => [name, attributes["max-age"]]),
      [
        [cookieOf(ada.token), "0"],
        [cookieOf(again.token), "604800"],
      ],
    );
    assert.deepEqual((await list(laptop)).map(({ session }) => session.token), [again.token]);
    const headers = { authorization: `Bearer ${ada.token}` };
    assert.equal((await wire("GET", "/get-session", { headers })).text, "null", "the older one has ended");
  });

  test("keeps five", async () => {
    const laptop = device();
    for (let i = 0; i < 5; i++) await signUp({}, laptop);
    const sixth = await signUp({}, laptop);
    assert.deepEqual(multi(laptop.last), []);
    assert.equal(await active(laptop), sixth.user.id);
    assert.equal((await users(laptop)).length, 5);
  });

  test("revokes one; after the active one another is", async () => {
    const laptop = device();
    const ada = await signUp({}, laptop);
    const bob = await signUp({}, laptop);
    const revoke = (sessionToken) => laptop.client.multiSession.revoke({ sessionToken });
    assert.deepEqual(succeeded(await revoke(bob.token)), { status: true });
    assert.deepEqual(multi(laptop.last)[0].attributes, CLEARED);
    assert.equal(splitSigned(laptop.last.cookie(SESSION_COOKIE).value)[0], ada.token);
    assert.equal(await active(laptop), ada.user.id);
    succeeded(await revoke(ada.token));
    assertCleared(laptop.last);
    assert.equal(laptop.cookieHeader, "");
    refused(await revoke(ada.token), 401, "UNAUTHORIZED");
  });

  test("signs all out", async () => {
    const laptop = device();
    const ada = await signUp({}, laptop);
    const phone = await signIn(ada, {}, device());
    await signUp({}, laptop);
    succeeded(await laptop.client.signOut());
    assertCleared(laptop.last);
    assert.equal(multi(laptop.last).length, 2);
    assert.equal(laptop.cookieHeader, "");
    const headers = { authorization: `Bearer ${ada.token}` };
    assert.equal((await wire("GET", "/get-session", { headers })).text, "null");
    assert.deepEqual(await list(laptop), []);
    assert.ok(await isSignedIn(phone.device), "elsewhere it goes on");
  });

  test("proves what it has by signed cookies", async () => {
    const laptop = device();
    await signUp({}, laptop);
    const victim = await signUp();
    const message = "Invalid session token";
    refused(
      await laptop.client.multiSession.setActive({ sessionToken: victim.token }),
      401,
      "INVALID_SESSION_TOKEN",
      message,
    );
    refused(
      await laptop.client.multiSession.revoke({ sessionToken: victim.token }),
      401,
      "INVALID_SESSION_TOKEN",
      message,
    );
    for (const value of [victim.token, `${victim.token}.AAAA`, "x"]) {
      const cookie = `${laptop.cookieHeader}; ${cookieOf(victim.token)}=${value}`;
      const headers = { cookie, origin: laptop.origin };
      const json = { sessionToken: victim.token };
      refusedOnWire(
        await wire("POST", "/multi-session/set-active", { headers, json }),
        401,
        "INVALID_SESSION_TOKEN",
      );
      assert.equal((await wire("GET", "/multi-session/list-device-sessions", { headers })).json.length, 1);
    }
    assert.ok(await isSignedIn(victim.device));
  });

  test(
    "keeps nobody who is not to be remembered",
    differs("the device's cookie lasts a week all the same"),
    async () => {
      const laptop = device();
      const ada = await signUp();
      await signIn(ada, { rememberMe: false }, laptop);
      assert.equal(multi(laptop.last)[0].attributes["max-age"], undefined);
    },
  );
});
