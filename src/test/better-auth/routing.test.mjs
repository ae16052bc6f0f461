import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AUTH,
  Device,
  EVIL_ORIGIN,
  ORIGIN,
  notRouted,
  refusedOnWire,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const headers = { origin: ORIGIN };

describe("404 with nothing in it for", () => {
  const cases = [
    ["GET", "/nope", "an unknown path"],
    ["POST", "/nope", "an unknown path"],
    ["GET", "", "the bare base path"],
    ["GET", "/", "the base path with a slash"],
    ["GET", "/ok/", "a trailing slash"],
    ["POST", "/sign-out/", "a trailing slash"],
    ["GET", "//ok", "a double slash"],
    ["GET", "/ok//", "two trailing slashes"],
    ["GET", "/OK", "another case"],
    ["GET", "/ok;x=1", "a matrix parameter"],
    ["GET", "/%6Fk", "an encoded letter"],
    ["GET", "/get-session/x", "a path below an endpoint"],
    ["GET", "/sign-out", "a wrong method"],
    ["GET", "/sign-in/email", "a wrong method"],
    ["GET", "/update-user", "a wrong method"],
    ["POST", "/ok", "a wrong method"],
    ["POST", "/list-sessions", "a wrong method"],
    ["PUT", "/update-user", "a wrong method"],
    ["PATCH", "/update-user", "a wrong method"],
    ["DELETE", "/delete-user", "a wrong method"],
    ["HEAD", "/get-session", "HEAD"],
    ["HEAD", "/ok", "HEAD"],
    ["OPTIONS", "/sign-in/email", "OPTIONS which is no preflight"],
    ["OPTIONS", "/get-session", "OPTIONS which is no preflight"],
    ["POST", "/set-password", "a call which is for servers only"],
    ["POST", "/forget-password", "a path of older versions"],
  ];
  for (const [method, path, what] of cases) {
    test(`${what}: ${method} ${AUTH}${path}`, async () => {
      const json = method === "POST" || method === "PUT" || method === "PATCH" ? {} : undefined;
      notRouted(await wire(method, path, { headers, json }));
    });
  }

  test("an unknown path, before origin and session are looked at", async () => {
    const ada = await signUp();
    const cookie = ada.device.cookieHeader;
    notRouted(await wire("POST", "/nope", { headers: { origin: EVIL_ORIGIN, cookie }, json: {} }));
  });

  test("updateUser({}), which the client sends as GET", async () => {
    const ada = await signUp();
    const { error } = await ada.client.updateUser({});
    assert.equal(error.status, 404);
    notRouted(ada.device.last);
  });
});

describe("content type", () => {
  const credentials = ({ email, password }) => JSON.stringify({ email, password });

  for (const type of ["application/json; charset=utf-8", "application/json;charset=UTF-8", "APPLICATION/JSON"]) {
    test(`${type} is JSON`, async () => {
      const body = credentials(await signUp());
      const answer = await wire("POST", "/sign-in/email", {
        headers: { ...headers, "content-type": type },
        body,
      });
      assert.equal(answer.status, 200, answer.text);
    });
  }

  for (const type of ["text/plain", "text/json", "multipart/form-data; boundary=x", "application/vnd.api+json"]) {
    test(`${type} is refused, and named`, async () => {
      const answer = await wire("POST", "/sign-in/email", {
        headers: { ...headers, "content-type": type },
        body: credentials(await signUp()),
      });
      refusedOnWire(
        answer,
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        `Content-Type "${type.replace("; ", ";")}" is not allowed. Allowed types: application/x-www-form-urlencoded, application/json`,
      );
      assert.deepEqual(answer.cookies, []);
    });
  }

  test("a form is refused where only JSON is taken", async () => {
    const ada = await signUp();
    const answer = await wire("POST", "/update-user", {
      headers: {
        ...headers,
        cookie: ada.device.cookieHeader,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "name=x",
    });
    refusedOnWire(
      answer,
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      'Content-Type "application/x-www-form-urlencoded" is not allowed. Allowed types: application/json',
    );
  });

  test("a body without one is refused", async () => {
    // 415 by the contract; behind Node's adapter the reference sees no body and answers 400.
    const answer = await wire("POST", "/sign-in/email", { headers, body: credentials(await signUp()) });
    assert.ok([400, 415].includes(answer.status), `${answer.status} ${answer.text}`);
    assert.deepEqual(answer.cookies, []);
  });

  test("bad JSON is refused on every endpoint that takes a body", async () => {
    const ada = await signUp();
    const cookie = ada.device.cookieHeader;
    for (const path of ["/sign-in/email", "/update-user", "/change-password", "/revoke-session", "/sign-out"]) {
      const answer = await wire("POST", path, {
        headers: { ...headers, cookie, "content-type": "application/json" },
        body: '{"name":',
      });
      refusedOnWire(answer, 400, "BAD_REQUEST", "Invalid JSON in request body");
    }
  });
});

describe("small pages", () => {
  test("GET /ok", async () => {
    const device = new Device();
    assert.deepEqual(succeeded(await device.client.$fetch("/ok")), { ok: true });
    assert.equal(device.last.headers["content-type"], "application/json");
  });

  test("GET /error is an HTML page", async () => {
    for (const query of ["", "?error=INVALID_TOKEN"]) {
      const answer = await wire("GET", `/error${query}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers["content-type"], /^text\/html\b/);
      assert.match(answer.text, /<html/i);
    }
  });

  test("GET /error names the code", async () => {
    assert.ok((await wire("GET", "/error?error=state_mismatch")).text.includes("state_mismatch"));
  });

  const attacks = {
    script: "<script>alert(1)</script>",
    attribute: `"><img src=x onerror=alert(1)>`,
    quote: `' onmouseover='alert(1)`,
  };
  for (const [what, attack] of Object.entries(attacks)) {
    test(`GET /error reflects no ${what}`, async () => {
      for (const name of ["error", "error_description"]) {
        const query = new URLSearchParams({ error: "x", [name]: attack });
        const answer = await wire("GET", `/error?${query}`);
        assert.equal(answer.status, 200);
        assert.ok(!answer.text.includes(attack), `reflected ${name}`);
        assert.ok(!/<(script|img)[^>]*>?\s*alert|<img src=x/.test(answer.text));
      }
    });
  }
});
