import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { usernameClient } from "better-auth/client/plugins";
import {
  assertSessionCookie,
  Device,
  differs,
  PASSWORD,
  refused,
  SESSION_COOKIE,
  signUp,
  succeeded,
} from "./device.mjs";

const device = () => new Device({ plugins: [usernameClient()] });
const newName = () => `Ada_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
const taken = "USERNAME_IS_ALREADY_TAKEN";

describe("a user name", () => {
  test("is chosen on signing up, kept in lower case and displayed as typed", async () => {
    const username = newName();
    const ada = await signUp({ username }, device());
    assert.equal(ada.user.username, username.toLowerCase());
    assert.equal(ada.user.displayUsername, username);
    const other = newName();
    const bob = await signUp({ displayUsername: other }, device());
    assert.equal(bob.user.username, other.toLowerCase());
  });

  test("signs in, in any case", async () => {
    const username = newName();
    const ada = await signUp({ username }, device());
    for (const typed of [username, username.toUpperCase()]) {
      const laptop = device();
      const data = succeeded(await laptop.client.signIn.username({ username: typed, password: PASSWORD }));
      assert.equal(data.user.id, ada.user.id);
      assertSessionCookie(laptop.last.cookie(SESSION_COOKIE), data.token);
      assert.equal(succeeded(await laptop.client.getSession()).user.username, username.toLowerCase());
    }
  });

  test("is refused alike when unknown and with a wrong password", async () => {
    const username = newName();
    await signUp({ username }, device());
    const { client } = device();
    for (const attempt of [
      { username, password: "wrong-password-1" },
      { username: newName(), password: PASSWORD },
      { username: "", password: PASSWORD },
      { username, password: "" },
    ]) {
      refused(
        await client.signIn.username(attempt),
        401,
        "INVALID_USERNAME_OR_PASSWORD",
        "Invalid username or password",
      );
    }
  });

  const shapes = [
    ["ab", "USERNAME_TOO_SHORT", "Username is too short"],
    ["a".repeat(31), "USERNAME_TOO_LONG", "Username is too long"],
    ["a b!c", "INVALID_USERNAME", "Username is invalid"],
  ];
  for (const [username, code, message] of shapes) {
    test(`at fault is refused: ${code}`, async () => {
      const laptop = device();
      const { client } = laptop;
      const account = { name: "Ada", email: `x-${randomUUID()}@example.com`, password: PASSWORD };
      refused(await client.signUp.email({ ...account, username }), 400, code, message);
      refused(await client.signIn.username({ username, password: PASSWORD }), 422, code, message);
      refused(await client.isUsernameAvailable({ username }), 422, code, message);
      const ada = await signUp({}, device());
      refused(await ada.client.updateUser({ username }), 400, code, message);
    });
  }

  test("belongs to one user", async () => {
    const username = newName();
    await signUp({ username }, device());
    const bob = await signUp({}, device());
    refused(await bob.client.updateUser({ username: username.toUpperCase() }), 400, taken);
    const email = `x-${randomUUID()}@example.com`;
    refused(
      await device().client.signUp.email({ name: "Bob", email, password: PASSWORD, username }),
      400,
      taken,
      "Username is already taken. Please try another.",
    );
    assert.deepEqual(succeeded(await bob.client.isUsernameAvailable({ username })), { available: false });
    const free = { username: newName() };
    assert.deepEqual(succeeded(await bob.client.isUsernameAvailable(free)), { available: true });
  });

  test("is changed by its user, the displayed one apart", async () => {
    const ada = await signUp({ username: newName() }, device());
    const username = newName();
    assert.deepEqual(
      succeeded(await ada.client.updateUser({ username, displayUsername: "Ada L." })),
      { status: true },
    );
    const { user } = succeeded(await ada.client.getSession());
    assert.equal(user.username, username.toLowerCase());
    assert.equal(user.displayUsername, "Ada L.");
    succeeded(await ada.client.updateUser({ username: username.toUpperCase() }));
  });

  test("must be a string", differs("422 FAILED_TO_CREATE_USER, and 500 on an update"), async () => {
    const ada = await signUp({}, device());
    refused(await ada.client.updateUser({ username: 5 }), 400, "VALIDATION_ERROR");
  });
});
