import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  ORIGIN,
  SESSION_COOKIE,
  assertSessionCookie,
  differs,
  refused,
  refusedOnWire,
  signIn,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const currentUser = async ({ client }) => succeeded(await client.getSession()).user;

describe("update-user", () => {
  test("changes name and image and sends the cookie again", async () => {
    const ada = await signUp();
    const change = { name: "Countess Lovelace", image: "https://img.example/b.png" };
    assert.deepEqual(succeeded(await ada.client.updateUser(change)), { status: true });
    assertSessionCookie(ada.device.last.cookie(SESSION_COOKIE), ada.token);
    assert.equal(ada.device.last.cookies.length, 1);
    const user = await currentUser(ada);
    assert.equal(user.name, change.name);
    assert.equal(user.image, change.image);
    assert.ok(user.updatedAt > ada.user.updatedAt, "updatedAt moves");
    assert.deepEqual(user.createdAt, ada.user.createdAt);
  });

  test("one field leaves the others as they are", async () => {
    const ada = await signUp({ image: "https://img.example/a.png" });
    succeeded(await ada.client.updateUser({ name: "A." }));
    const user = await currentUser(ada);
    assert.deepEqual({ name: user.name, image: user.image }, { name: "A.", image: ada.image });
  });

  test("image null clears it", async () => {
    const ada = await signUp({ image: "https://img.example/a.png" });
    succeeded(await ada.client.updateUser({ image: null }));
    assert.equal((await currentUser(ada)).image, null);
  });

  test("keeps every character of a name", async () => {
    const ada = await signUp();
    const name = `Zoë 李 👩‍💻 O'Brien "x" <b>& \\ %00`;
    succeeded(await ada.client.updateUser({ name }));
    assert.equal((await currentUser(ada)).name, name);
  });

  test("accepts an empty name", async () => {
    const ada = await signUp();
    succeeded(await ada.client.updateUser({ name: "" }));
    assert.equal((await currentUser(ada)).name, "");
  });

  test("is seen on every device", async () => {
    const laptop = await signUp();
    const phone = await signIn(laptop);
    succeeded(await laptop.client.updateUser({ name: "Seen" }));
    assert.equal((await currentUser(phone)).name, "Seen");
  });

  test("drops unknown fields, ids, dates and emailVerified beside a known one", async () => {
    const ada = await signUp();
    const change = {
      name: "Kept",
      bogus: 1,
      id: "mine",
      emailVerified: true,
      createdAt: "2001-01-01T00:00:00.000Z",
    };
    succeeded(await ada.client.updateUser(change));
    assert.deepEqual(await currentUser(ada), {
      ...ada.user,
      name: "Kept",
      updatedAt: (await currentUser(ada)).updatedAt,
    });
  });

  const nothing = [
    ["emailVerified alone", { emailVerified: true }],
    ["an unknown field alone", { bogus: 1 }],
    ["an id alone", { id: "x" }],
    ["a password", { password: "another-password" }],
    ["an e-mail address of null", { email: null }],
  ];
  for (const [what, change] of nothing) {
    test(`${what}: No fields to update`, async () => {
      const ada = await signUp();
      refused(await ada.client.updateUser(change), 400, null, "No fields to update");
      assert.deepEqual(ada.device.last.json, { message: "No fields to update" });
      assert.deepEqual(await currentUser(ada), ada.user);
    });
  }

  test("an empty object: No fields to update", async () => {
    const ada = await signUp();
    const answer = await wire("POST", "/update-user", {
      headers: { origin: ORIGIN, cookie: ada.device.cookieHeader },
      json: {},
    });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json, { message: "No fields to update" });
  });

  const refusals = [
    ["an e-mail address", { email: "new@example.com" }, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"],
    ["an e-mail address beside a name", { name: "n", email: "new@example.com" }, "EMAIL_CAN_NOT_BE_UPDATED"],
    ["a role", { role: "admin" }, "FIELD_NOT_ALLOWED", "role is not allowed to be set"],
    ["a role beside a name", { name: "n", role: "admin" }, "FIELD_NOT_ALLOWED"],
  ];
  for (const [what, change, code, message] of refusals) {
    test(`refuses ${what}`, async () => {
      const ada = await signUp();
      refused(await ada.client.updateUser(change), 400, code, message);
      assert.deepEqual(ada.device.last.cookies, []);
      assert.deepEqual(await currentUser(ada), ada.user);
    });
  }

  const types = [
    ["a number for a name", { name: 5 }],
    ["null for a name", { name: null }],
    ["an object for a name", { name: { first: "A" } }],
    ["a number for an image", { image: 5 }],
  ];
  for (const [what, change] of types) {
    test(`refuses ${what}`, differs("it takes any type (contract section 15, quirk 6)"), async () => {
      const ada = await signUp();
      refused(await ada.client.updateUser(change), 400, "VALIDATION_ERROR");
      assert.deepEqual(await currentUser(ada), ada.user);
    });
  }

  test("refuses a list", async () => {
    const ada = await signUp();
    const answer = await wire("POST", "/update-user", {
      headers: { origin: ORIGIN, cookie: ada.device.cookieHeader },
      json: [],
    });
    refusedOnWire(answer, 400, "VALIDATION_ERROR");
  });

  test("refuses null, a string and no body", differs("it answers 500"), async () => {
    const ada = await signUp();
    const headers = { origin: ORIGIN, cookie: ada.device.cookieHeader };
    for (const body of [{ json: null }, { json: "x" }, {}]) {
      const answer = await wire("POST", "/update-user", { headers, ...body });
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    }
  });

  test("needs a session", async () => {
    refused(await new Device().client.updateUser({ name: "x" }), 401, "UNAUTHORIZED", "Unauthorized");
  });
});
