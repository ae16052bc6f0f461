import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DONT_REMEMBER_COOKIE,
  Device,
  ORIGIN,
  SESSION_COOKIE,
  assertCleared,
  assertSession,
  assertWireDates,
  refusedOnWire,
  signUp,
  splitSigned,
  succeeded,
  wire,
} from "./device.mjs";

const getSession = (cookie) =>
  wire("GET", "/get-session", { headers: { origin: ORIGIN, ...(cookie && { cookie }) } });
const withValue = (value) => getSession(`${SESSION_COOKIE}=${value}`);

function assertNotStored(answer) {
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.equal(answer.headers.pragma, "no-cache");
}

/** Not signed in, and the cookie is left as it is: it was not ours. */
function assertNoSession(answer, what = "") {
  assert.equal(answer.status, 200, what);
  assert.equal(answer.text, "null", what);
  assert.equal(answer.headers["content-type"], "application/json");
  assert.deepEqual(answer.cookies, [], what);
  assertNotStored(answer);
}

describe("get-session", () => {
  test("is null without a cookie", async () => {
    const device = new Device();
    assert.equal(succeeded(await device.client.getSession()), null);
    assertNoSession(device.last);
  });

  test("gives session and user and sets no cookie before a refresh is due", async () => {
    const ada = await signUp();
    const data = succeeded(await ada.client.getSession());
    assert.deepEqual(Object.keys(data).sort(), ["session", "user"]);
    assertSession(data.session, { userId: ada.user.id, token: ada.token });
    assert.deepEqual(data.user, ada.user);
    assertWireDates(ada.device.last.json.session);
    assertWireDates(ada.device.last.json.user);
    assert.deepEqual(ada.device.last.cookies, []);
    assertNotStored(ada.device.last);
  });

  test("accepts the query flags", async () => {
    const ada = await signUp();
    const query = { disableRefresh: true, disableCookieCache: true };
    assert.ok(succeeded(await ada.client.getSession({ query })));
  });

  test("reads its cookie among others", async () => {
    const ada = await signUp();
    const answer = await getSession(`a=b; ${ada.device.cookieHeader}; theme=dark`);
    assert.equal(answer.json.user.id, ada.user.id);
  });

  test("POST is refused with a code of its own", async () => {
    const ada = await signUp();
    const answer = await wire("POST", "/get-session", {
      headers: { origin: ORIGIN, cookie: ada.device.cookieHeader },
      json: {},
    });
    refusedOnWire(answer, 405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED");
    assertNotStored(answer);
  });
});

describe("get-session is null for a cookie that", () => {
  test("is not signed", async () => assertNoSession(await withValue((await signUp()).token)));

  test("is empty", async () => assertNoSession(await withValue("")));

  test("has a made-up signature", async () => {
    const { token } = await signUp();
    assertNoSession(await withValue(`${token}.AAAA`));
    assertNoSession(await withValue(encodeURIComponent(`${token}.${"A".repeat(43)}=`)));
  });

  test("has a token changed in any one character", async () => {
    const ada = await signUp();
    const [token, signature] = splitSigned(ada.device.cookie(SESSION_COOKIE));
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === "A" ? "B" : "A";
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      assertNoSession(await withValue(encodeURIComponent(`${changed}.${signature}`)), `character ${at}`);
    }
  });

  test("has a signature changed in any one character", async () => {
    const ada = await signUp();
    const [token, signature] = splitSigned(ada.device.cookie(SESSION_COOKIE));
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (let at = 0; at < 43; at++) {
      // The highest of six bits: the low two of the last character are padding.
      const other = alphabet[alphabet.indexOf(signature[at]) ^ 32];
      const changed = signature.slice(0, at) + other + signature.slice(at + 1);
      assertNoSession(await withValue(encodeURIComponent(`${token}.${changed}`)), `character ${at}`);
    }
  });

  test("is cut off", async () => {
    const ada = await signUp();
    const raw = ada.device.cookie(SESSION_COOKIE);
    for (const length of [raw.length - 1, raw.length - 3, raw.length - 4, 40, 32, 10]) {
      assertNoSession(await withValue(raw.slice(0, length)), `cut to ${length}`);
    }
  });

  test("has something before or behind it", async () => {
    const ada = await signUp();
    const raw = ada.device.cookie(SESSION_COOKIE);
    assertNoSession(await withValue(`x${raw}`));
    assertNoSession(await withValue(`${raw}x`));
    assertNoSession(await withValue(encodeURIComponent(raw)), "encoded twice");
  });

  test("has the signature of another session", async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    const [token] = splitSigned(ada.device.cookie(SESSION_COOKIE));
    const [, signature] = splitSigned(bob.device.cookie(SESSION_COOKIE));
    assertNoSession(await withValue(encodeURIComponent(`${token}.${signature}`)));
  });

  test("is another signed cookie of ours under this name", async () => {
    const ada = await signUp({ rememberMe: false });
    const answer = await withValue(ada.device.cookie(DONT_REMEMBER_COOKIE));
    assert.equal(answer.text, "null");
  });

  test("is not percent-encoding at all", async () => assertNoSession(await withValue("%E0%A4%A.%ZZ")));
});

test("a forged cookie is 401 where a session is needed", async () => {
  const { token } = await signUp();
  const headers = { origin: ORIGIN, cookie: `${SESSION_COOKIE}=${token}.AAAA` };
  refusedOnWire(await wire("GET", "/list-sessions", { headers }), 401, "UNAUTHORIZED", "Unauthorized");
});

test("a dead session is null, or 401, and its cookies are cleared", async () => {
  const ada = await signUp();
  const stale = ada.device.copy();
  succeeded(await ada.client.signOut());
  const headers = { origin: ORIGIN, cookie: stale.cookieHeader };
  const read = await wire("GET", "/get-session", { headers });
  assert.equal(read.text, "null");
  assertCleared(read);
  const write = await wire("POST", "/update-user", { headers, json: { name: "Z" } });
  refusedOnWire(write, 401, "UNAUTHORIZED", "Unauthorized");
  assertCleared(write);
});
