import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SESSION_COOKIE, signIn, signUp, splitSigned, refusedOnWire, wire } from "./device.mjs";

// As a native app calls: no cookie, no Origin.
const call = (method, path, token, json) =>
  wire(method, path, { headers: { authorization: `Bearer ${token}` }, json });

describe("Authorization: Bearer", () => {
  test("a session token is the session", async () => {
    const ada = await signUp();
    const answer = await call("GET", "/get-session", ada.token);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.user.id, ada.user.id);
    assert.equal(answer.json.session.token, ada.token);
    assert.deepEqual(answer.cookies, []);
  });

  test("so is the signed token, encoded or not", async () => {
    const ada = await signUp();
    const raw = ada.device.cookie(SESSION_COOKIE);
    for (const token of [raw, decodeURIComponent(raw)]) {
      assert.equal((await call("GET", "/get-session", token)).json?.user.id, ada.user.id);
    }
  });

  test("the scheme's name in another case", async () => {
    const ada = await signUp();
    const headers = { authorization: `bearer ${ada.token}` };
    assert.equal((await wire("GET", "/get-session", { headers })).json?.user.id, ada.user.id);
  });

  test("lists sessions and knows its own", async () => {
    const laptop = await signUp();
    await signIn(laptop);
    const answer = await call("GET", "/list-sessions", laptop.token);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.length, 2);
    assert.equal(answer.json.filter(({ token }) => token === laptop.token).length, 1);
  });

  test("changes the user without an Origin", async () => {
    const ada = await signUp();
    const answer = await call("POST", "/update-user", ada.token, { name: "By token" });
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await call("GET", "/get-session", ada.token)).json.user.name, "By token");
  });

  test("signs out", async () => {
    const ada = await signUp();
    const answer = await call("POST", "/sign-out", ada.token, {});
    assert.deepEqual(answer.json, { success: true });
    assert.equal((await call("GET", "/get-session", ada.token)).text, "null");
  });

  test("a bad token is nobody", async () => {
    const ada = await signUp();
    const [token, signature] = splitSigned(ada.device.cookie(SESSION_COOKIE));
    const bad = [
      "bad",
      "a.b.c",
      ada.user.id,
      token.slice(1),
      `${token}x`,
      `${token}.AAAA`,
      `x${token}.${signature}`,
    ];
    for (const value of bad) {
      const answer = await call("GET", "/get-session", value);
      assert.equal(answer.status, 200, value);
      assert.equal(answer.text, "null", value);
    }
    refusedOnWire(await call("GET", "/list-sessions", "bad"), 401, "UNAUTHORIZED", "Unauthorized");
  });

  test("neither is an empty one, or another scheme", async () => {
    const ada = await signUp();
    for (const authorization of ["Bearer", "Bearer ", `Basic ${ada.token}`, ada.token]) {
      const answer = await wire("GET", "/get-session", { headers: { authorization } });
      assert.equal(answer.text, "null", authorization);
    }
  });
});
