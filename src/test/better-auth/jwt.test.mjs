import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { describe, test } from "node:test";
import { jwtClient } from "better-auth/client/plugins";
import { Device, differs, ORIGIN, refused, signUp, succeeded, wire } from "./device.mjs";

const device = () => new Device({ plugins: [jwtClient()] });
const part = (token, index) => JSON.parse(Buffer.from(token.split(".")[index], "base64url"));

async function claimsOf(token) {
  const { keys } = (await wire("GET", "/jwks")).json;
  const key = keys.find(({ kid }) => kid === part(token, 0).kid);
  assert.ok(key, "the key is published");
  const at = token.lastIndexOf(".");
  const signature = Buffer.from(token.slice(at + 1), "base64url");
  const publicKey = createPublicKey({ key, format: "jwk" });
  assert.ok(verify(null, Buffer.from(token.slice(0, at)), publicKey, signature), "signed by it");
  return part(token, 1);
}

describe("a signed token", () => {
  test("tells of the user, and any service can verify it", async () => {
    const ada = await signUp({}, device());
    const { token } = succeeded(await ada.client.$fetch("/token"));
    assert.deepEqual(Object.keys(part(token, 0)).sort(), ["alg", "kid"]);
    assert.equal(part(token, 0).alg, "EdDSA");
    const claims = await claimsOf(token);
    assert.equal(claims.sub, ada.user.id);
    assert.equal(claims.exp - claims.iat, 900);
    assert.ok(Math.abs(claims.iat - Date.now() / 1000) < 30);
    assert.equal(claims.iss, ORIGIN);
    assert.equal(claims.aud, ORIGIN);
    await ada.client.getSession();
    const { user } = ada.device.last.json;
    for (const [key, value] of Object.entries(user)) assert.deepEqual(claims[key], value, key);
    assert.equal(Object.keys(claims).length, Object.keys(user).length + 5);
  });

  test("comes with get-session, readable by scripts of trusted pages", async () => {
    const ada = await signUp({}, device());
    succeeded(await ada.client.getSession());
    const token = ada.device.last.headers["set-auth-jwt"];
    assert.equal((await claimsOf(token)).sub, ada.user.id);
    assert.match(ada.device.last.headers["access-control-expose-headers"], /set-auth-jwt/);
    const nobody = device();
    succeeded(await nobody.client.getSession());
    assert.equal(nobody.last.headers["set-auth-jwt"], undefined);
  });

  test("is for those who are signed in", async () => {
    refused(await device().client.$fetch("/token"), 401, "UNAUTHORIZED", "Unauthorized");
  });

  test("is verified by keys that the client reads", async () => {
    const { keys } = succeeded(await device().client.jwks());
    assert.ok(keys.length > 0);
    for (const key of keys) {
      assert.deepEqual(Object.keys(key).sort(), ["alg", "crv", "kid", "kty", "x"]);
      assert.deepEqual({ alg: key.alg, crv: key.crv, kty: key.kty }, { alg: "EdDSA", crv: "Ed25519", kty: "OKP" });
      assert.equal(Buffer.from(key.x, "base64url").length, 32);
    }
  });

  test("is no session", async () => {
    const ada = await signUp({}, device());
    const { token } = succeeded(await ada.client.$fetch("/token"));
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await wire("GET", "/get-session", { headers })).text, "null");
  });

  test("is its user in the REST dialect", differs("it has none"), async () => {
    const ada = await signUp({}, device());
    const { token } = succeeded(await ada.client.$fetch("/token"));
    const me = (authorization) => wire("GET", "/api/v1/me", { headers: { authorization }, absolute: true });
    assert.equal((await me(`Bearer ${token}`)).json.id, ada.user.id);
    const [header, claims, signature] = token.split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    for (const bad of [
      `${header}.${claims}.`,
      `${none}.${claims}.`,
      `${none}.${claims}.${signature}`,
      `${header}.${claims.slice(1)}.${signature}`,
      `${header}.${claims}.${signature.slice(0, -2)}`,
    ]) {
      assert.equal((await me(`Bearer ${bad}`)).status, 401, bad);
    }
  });
});
