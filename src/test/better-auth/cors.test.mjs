import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  EVIL_ORIGIN,
  TRUSTED_ORIGIN,
  differs,
  newEmail,
  refused,
  signIn,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

// The reference leaves CORS to the application around it (contract section 1). Roster is that
// application, so these checks are its own.
const options = differs("it has no CORS handling");
const list = (value = "") => value.toLowerCase().split(/\s*,\s*/);
const preflight = (origin, path, method) =>
  wire("OPTIONS", path, {
    headers: {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization,content-type",
    },
  });

function assertAllowed({ headers }) {
  assert.equal(headers["access-control-allow-origin"], TRUSTED_ORIGIN);
  assert.equal(headers["access-control-allow-credentials"], "true");
}

function assertNotAllowed({ headers }) {
  for (const name of Object.keys(headers)) assert.doesNotMatch(name, /^access-control-allow-/);
}

describe("CORS", options, () => {
  for (const [method, path] of [
    ["POST", "/sign-in/email"],
    ["GET", "/get-session"],
  ]) {
    test(`preflight of ${method} ${path} from a trusted origin`, options, async () => {
      const answer = await preflight(TRUSTED_ORIGIN, path, method);
      assert.ok([200, 204].includes(answer.status), `${answer.status}`);
      assertAllowed(answer);
      assert.ok(list(answer.headers["access-control-allow-methods"]).includes(method.toLowerCase()));
      for (const name of ["authorization", "content-type"]) {
        assert.ok(list(answer.headers["access-control-allow-headers"]).includes(name), name);
      }
    });
  }

  test("a trusted page may read the answer and the headers made for it", options, async () => {
    const device = new Device({ origin: TRUSTED_ORIGIN });
    const ada = await signUp({}, device);
    assertAllowed(device.last);
    const exposed = list(device.last.headers["access-control-expose-headers"]);
    for (const name of ["set-auth-token", "set-auth-jwt", "x-retry-after"]) {
      assert.ok(exposed.includes(name), name);
    }
    assert.equal(succeeded(await ada.client.getSession()).user.id, ada.user.id);
    assertAllowed(device.last);
  });

  test("a trusted page may read a refusal", options, async () => {
    const device = new Device({ origin: TRUSTED_ORIGIN });
    const credentials = { email: newEmail(), password: "wrong-password" };
    refused(await device.client.signIn.email(credentials), 401, "INVALID_EMAIL_OR_PASSWORD");
    assertAllowed(device.last);
  });

  test("preflight from another origin", options, async () => {
    for (const origin of [EVIL_ORIGIN, `${TRUSTED_ORIGIN}.evil.example`, "null"]) {
      assertNotAllowed(await preflight(origin, "/sign-in/email", "POST"));
    }
  });

  test("another page's answers carry no permission to read them", options, async () => {
    const ada = await signIn(await signUp());
    const headers = { origin: EVIL_ORIGIN, cookie: ada.device.cookieHeader };
    const read = await wire("GET", "/get-session", { headers });
    assert.equal(read.status, 200, "the browser keeps it from the page, not the server");
    assertNotAllowed(read);
    assertNotAllowed(await wire("POST", "/update-user", { headers, json: { name: "x" } }));
  });
});
