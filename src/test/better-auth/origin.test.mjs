import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  EVIL_ORIGIN,
  ORIGIN,
  SERVER,
  SESSION_COOKIE,
  TRUSTED_ORIGIN,
  WILDCARD_ORIGIN,
  refused,
  refusedOnWire,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const MISSING = ["MISSING_OR_NULL_ORIGIN", "Missing or null Origin"];
const INVALID = ["INVALID_ORIGIN", "Invalid origin"];
const NAVIGATION = [
  "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
  "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
];
const noWildcard = WILDCARD_ORIGIN ? {} : { skip: "ROSTER_TRUSTED_WILDCARD_ORIGIN is not set" };

function assertOutcome(answer, outcome) {
  if (outcome === "allowed") assert.equal(answer.status, 200, answer.text);
  else {
    refusedOnWire(answer, 403, ...outcome);
    assert.deepEqual(answer.cookies, []);
  }
}

describe("signing in without a cookie", () => {
  const cases = [
    ["our own origin", { origin: ORIGIN }, "allowed"],
    ["a trusted origin", { origin: TRUSTED_ORIGIN }, "allowed"],
    ["an origin matching a trusted wildcard", { origin: WILDCARD_ORIGIN }, "allowed", noWildcard],
    ["no headers at all, as curl does", {}, "allowed"],
    ["another origin", { origin: EVIL_ORIGIN }, INVALID],
    ["our origin on another port", { origin: otherPort(ORIGIN) }, INVALID],
    ["our origin by another scheme", { origin: otherScheme(ORIGIN) }, INVALID],
    ["our origin as a prefix", { origin: `${ORIGIN}.evil.example` }, INVALID],
    ["a trusted origin on another port", { origin: otherPort(TRUSTED_ORIGIN) }, INVALID],
    ["a trusted origin as a prefix", { origin: `${TRUSTED_ORIGIN}.evil.example` }, INVALID],
    ["an origin which is no URL", { origin: "evil" }, INVALID],
    ["origin null", { origin: "null" }, MISSING],
    [
      "origin null, same-origin",
      { origin: "null", "sec-fetch-site": "same-origin" },
      "allowed",
      // The request's own origin stands in, which only a proxy can make another one.
      ORIGIN === SERVER ? {} : { skip: "the service is not reached by its public origin" },
    ],
    ["origin null, cross-site", { origin: "null", "sec-fetch-site": "cross-site" }, MISSING],
    ["our page as the referer", { referer: `${ORIGIN}/page?x=1` }, "allowed"],
    ["a trusted page as the referer", { referer: `${TRUSTED_ORIGIN}/page` }, "allowed"],
    ["another page as the referer", { referer: `${EVIL_ORIGIN}/page` }, INVALID],
    ["our referer but another origin", { origin: EVIL_ORIGIN, referer: `${ORIGIN}/page` }, INVALID],
    ["no origin from a fetch", { "sec-fetch-mode": "cors" }, MISSING],
    [
      "no origin from a same-origin fetch",
      { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
      MISSING,
    ],
    [
      "a navigation from another site",
      {
        origin: EVIL_ORIGIN,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
      },
      NAVIGATION,
    ],
    [
      "a navigation from another site which claims our origin",
      { origin: ORIGIN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
      NAVIGATION,
    ],
    [
      "a navigation within our site",
      { origin: ORIGIN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" },
      "allowed",
    ],
  ];
  for (const [what, headers, outcome, options = {}] of cases) {
    test(`${what}: ${outcome === "allowed" ? "allowed" : outcome[0]}`, options, async () => {
      const { email, password } = await signUp();
      assertOutcome(await wire("POST", "/sign-in/email", { headers, json: { email, password } }), outcome);
    });
  }

  test("signing up is checked too", async () => {
    const device = new Device({ origin: EVIL_ORIGIN });
    const account = { name: "n", email: "a@example.com", password: "long-enough" };
    refused(await device.client.signUp.email(account), 403, ...INVALID);
  });

  test("an unrelated cookie makes the origin necessary", async () => {
    const { email, password } = await signUp();
    const answer = await wire("POST", "/sign-in/email", {
      headers: { cookie: "foo=bar" },
      json: { email, password },
    });
    assertOutcome(answer, MISSING);
  });
});

describe("changing something with a cookie", () => {
  const cases = [
    ["our own origin", { origin: ORIGIN }, "allowed"],
    ["a trusted origin", { origin: TRUSTED_ORIGIN }, "allowed"],
    ["our page as the referer", { referer: `${ORIGIN}/x` }, "allowed"],
    ["no origin", {}, MISSING],
    ["origin null", { origin: "null" }, MISSING],
    ["another origin", { origin: EVIL_ORIGIN }, INVALID],
    ["another page as the referer", { referer: `${EVIL_ORIGIN}/x` }, INVALID],
  ];
  for (const [what, headers, outcome] of cases) {
    test(`${what}: ${outcome === "allowed" ? "allowed" : outcome[0]}`, async () => {
      const ada = await signUp();
      const name = "Changed";
      const answer = await wire("POST", "/update-user", {
        headers: { ...headers, cookie: ada.device.cookieHeader },
        json: { name },
      });
      assertOutcome(answer, outcome);
      const { user } = succeeded(await ada.client.getSession());
      assert.equal(user.name, outcome === "allowed" ? name : ada.name);
    });
  }

  test("every such endpoint refuses another origin", async () => {
    const ada = await signUp();
    const headers = { origin: EVIL_ORIGIN, cookie: ada.device.cookieHeader };
    for (const path of [
      "/sign-out",
      "/change-password",
      "/verify-password",
      "/revoke-session",
      "/revoke-sessions",
      "/revoke-other-sessions",
      "/delete-user",
    ]) {
      assertOutcome(await wire("POST", path, { headers, json: {} }), INVALID);
    }
    assert.ok(succeeded(await ada.client.getSession()));
  });

  test("a forged cookie is still a cookie", async () => {
    const headers = { cookie: `${SESSION_COOKIE}=forged` };
    assertOutcome(await wire("POST", "/sign-out", { headers, json: {} }), MISSING);
  });

  test("reading is never checked", async () => {
    const ada = await signUp();
    for (const origin of [EVIL_ORIGIN, "null", undefined]) {
      const headers = { cookie: ada.device.cookieHeader, ...(origin && { origin }) };
      const answer = await wire("GET", "/get-session", { headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.json.user.id, ada.user.id);
    }
  });
});

describe("order of the checks", () => {
  const evil = { origin: EVIL_ORIGIN };

  test("the content type is before the origin", async () => {
    const answer = await wire("POST", "/sign-in/email", {
      headers: { ...evil, "content-type": "text/plain" },
      body: "x",
    });
    refusedOnWire(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
  });

  test("bad JSON is before the origin", async () => {
    const ada = await signUp();
    const answer = await wire("POST", "/update-user", {
      headers: { ...evil, cookie: ada.device.cookieHeader, "content-type": "application/json" },
      body: "{bad",
    });
    refusedOnWire(answer, 400, "BAD_REQUEST");
  });

  test("with a cookie the origin is before the body's validation", async () => {
    const ada = await signUp();
    const headers = { ...evil, cookie: ada.device.cookieHeader };
    assertOutcome(await wire("POST", "/change-password", { headers, json: {} }), INVALID);
  });

  test("without a cookie the body's validation is before the origin", async () => {
    const answer = await wire("POST", "/sign-in/email", { headers: evil, json: {} });
    refusedOnWire(answer, 400, "VALIDATION_ERROR");
  });

  test("a URL field is before the body's validation", async () => {
    const answer = await wire("POST", "/sign-up/email", {
      headers: { origin: ORIGIN },
      json: { callbackURL: EVIL_ORIGIN },
    });
    refusedOnWire(answer, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
  });
});

describe("where a sign-in may send the browser", () => {
  const allowed = ["/a", "/a/b?x=%2f#y", "/@name", `${ORIGIN}/z`, `${TRUSTED_ORIGIN}/x`];
  const refusedTargets = [
    EVIL_ORIGIN,
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/a%2fb",
    "/%5cevil.example",
    "/a\tb",
    " /a",
    "a",
    "javascript:alert(1)",
    "data:text/html,x",
    `${otherPort(TRUSTED_ORIGIN)}/x`,
    `${TRUSTED_ORIGIN}@evil.example/`,
    `${TRUSTED_ORIGIN}.evil.example/`,
    "http:evil.example",
  ];
  const attempt = async (fields) => {
    const { email, password } = await signUp();
    return wire("POST", "/sign-in/email", {
      headers: { origin: ORIGIN },
      json: { email, password, ...fields },
    });
  };

  for (const callbackURL of allowed) {
    test(`allowed: ${callbackURL}`, async () => {
      const answer = await attempt({ callbackURL });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.url, callbackURL);
    });
  }

  test("a page of a trusted wildcard", noWildcard, async () => {
    assert.equal((await attempt({ callbackURL: `${WILDCARD_ORIGIN}/q` })).status, 200);
  });

  for (const callbackURL of refusedTargets) {
    test(`refused: ${JSON.stringify(callbackURL)}`, async () => {
      const answer = await attempt({ callbackURL });
      refusedOnWire(answer, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
      assert.deepEqual(answer.cookies, []);
    });
  }

  const fields = {
    redirectTo: ["INVALID_REDIRECT_URL", "Invalid redirectURL"],
    errorCallbackURL: ["INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL"],
    newUserCallbackURL: ["INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL"],
  };
  for (const [field, [code, message]] of Object.entries(fields)) {
    test(`${field} is checked too`, async () => {
      refusedOnWire(await attempt({ [field]: EVIL_ORIGIN }), 403, code, message);
    });
  }

  test("a callbackURL which is not a string", async () => {
    const answer = await attempt({ callbackURL: 5 });
    assert.equal(answer.status, 400);
    assert.equal(answer.json.message, "Invalid callbackURL: expected a string");
  });
});

function otherPort(origin) {
  const url = new URL(origin);
  url.port = url.port === "4999" ? "4998" : "4999";
  return url.origin;
}

function otherScheme(origin) {
  return origin.startsWith("https:") ? origin.replace("https:", "http:") : origin.replace("http:", "https:");
}
