import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Device, ORIGIN, refused, refusedOnWire, signUp, succeeded, wire } from "./device.mjs";

const headers = { origin: ORIGIN };

describe("linked accounts", () => {
  test("the last one stays, whatever is named", async () => {
    const ada = await signUp();
    const [{ id }] = succeeded(await ada.client.listAccounts());
    for (const accountId of [id, "nope"]) {
      refused(
        await ada.client.unlinkAccount({ accountId }),
        400,
        "FAILED_TO_UNLINK_LAST_ACCOUNT",
        "You can't unlink your last account",
      );
    }
  });

  test("unlinking takes a row's id, not a provider's", async () => {
    const ada = await signUp();
    refused(await ada.client.unlinkAccount({ providerId: "credential" }), 400, "VALIDATION_ERROR");
  });

  test("unlinking needs a session", async () => {
    refused(await new Device().client.unlinkAccount({ accountId: "x" }), 401, "UNAUTHORIZED");
  });

  test("a password has no tokens", async () => {
    const ada = await signUp();
    const [{ id }] = succeeded(await ada.client.listAccounts());
    const message = "Provider credential is not supported.";
    const { client } = ada;
    refused(await client.getAccessToken({ accountId: id }), 400, "PROVIDER_NOT_SUPPORTED", message);
    refused(await client.refreshToken({ accountId: id }), 400, "PROVIDER_NOT_SUPPORTED", message);
    refused(
      await client.accountInfo({ query: { accountId: id } }),
      400,
      "PROVIDER_NOT_CONFIGURED",
      "Account is not associated with a configured social provider.",
    );
  });

  test("an unknown account, or a cookie that there is none of, is not found", async () => {
    const { client } = await signUp();
    for (const selection of [{ accountId: "nope" }, { useAccountCookie: true }]) {
      refused(await client.getAccessToken(selection), 400, "ACCOUNT_NOT_FOUND", "Account not found");
      refused(await client.refreshToken(selection), 400, "ACCOUNT_NOT_FOUND");
    }
    refused(await client.accountInfo({ query: { accountId: "nope" } }), 400, "ACCOUNT_NOT_FOUND");
  });

  test("an account is selected in one way and no other", async () => {
    const { client } = await signUp();
    for (const selection of [
      { providerId: "github" },
      { accountId: "x", more: 1 },
      { accountId: "x", useAccountCookie: true },
      { useAccountCookie: false },
    ]) {
      refused(await client.refreshToken(selection), 400, "VALIDATION_ERROR");
    }
  });

  test("nobody gets at tokens without a session, and is told so without a body", async () => {
    for (const [method, path, json] of [
      ["POST", "/get-access-token", { accountId: "x" }],
      ["POST", "/refresh-token", { accountId: "x" }],
      ["GET", "/account-info?accountId=x"],
    ]) {
      const answer = await wire(method, path, { json });
      assert.equal(answer.status, 401);
      assert.equal(answer.text, "");
    }
  });
});

describe("a provider that is not configured", () => {
  test("signs nobody in and is linked to nobody", async () => {
    const ada = await signUp();
    for (const provider of ["discord", "nope!"]) {
      const result = await new Device().client.signIn.social({ provider, callbackURL: "/x" });
      refused(result, 404, "PROVIDER_NOT_FOUND", "Provider not found");
      refused(await ada.client.linkSocial({ provider }), 404, "PROVIDER_NOT_FOUND");
    }
    refused(await new Device().client.linkSocial({ provider: "discord" }), 401, "UNAUTHORIZED");
  });

  test("needs a name, and safe targets", async () => {
    refusedOnWire(await wire("POST", "/sign-in/social", { json: {} }), 400, "VALIDATION_ERROR");
    for (const [member, code] of [
      ["callbackURL", "INVALID_CALLBACK_URL"],
      ["errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"],
      ["newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"],
    ]) {
      const json = { provider: "discord", [member]: "https://evil.example" };
      refusedOnWire(await wire("POST", "/sign-in/social", { json }), 403, code);
    }
  });

  for (const [query, error] of [
    ["", "state_not_found"],
    ["?code=x", "state_not_found"],
    ["?code=x&state=bad", "state_mismatch"],
    ["?error=denied&state=bad", "state_mismatch"],
  ]) {
    test(`a callback ${query} ends on the error page`, async () => {
      const answer = await wire("GET", `/callback/discord${query}`);
      assert.equal(answer.status, 302);
      assert.equal(answer.headers.location, `${ORIGIN}/api/auth/error?error=${error}`);
    });
  }

  test("a callback by form goes on as a link", async () => {
    const answer = await wire("POST", "/callback/discord?state=q", {
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body: "code=a%20b&state=s&more=1",
    });
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.location, `${ORIGIN}/api/auth/callback/discord?code=a+b&state=q`);
  });

  test("a callback by form without anything goes on as it is", async () => {
    const answer = await wire("POST", "/callback/discord");
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.location.replace(/\?$/, ""), `${ORIGIN}/api/auth/callback/discord`);
  });
});

describe("update-session", () => {
  test("has nothing to update", async () => {
    const { client } = await signUp();
    for (const fields of [{ x: 1 }, { token: "mine" }]) {
      refused(await client.updateSession(fields), 400, null, "No fields to update");
    }
  });

  test("refuses what the service alone sets", async () => {
    const { client } = await signUp();
    refused(
      await client.updateSession({ activeOrganizationId: "x" }),
      400,
      "FIELD_NOT_ALLOWED",
      "activeOrganizationId is not allowed to be set",
    );
  });

  test("needs an object, and a session", async () => {
    const { device } = await signUp();
    for (const body of ["[]", "null", '"x"']) {
      const answer = await wire("POST", "/update-session", {
        headers: { ...headers, cookie: device.cookieHeader, "content-type": "application/json" },
        body,
      });
      refusedOnWire(answer, 400, "VALIDATION_ERROR");
    }
    refused(await new Device().client.updateSession({ x: 1 }), 401, "UNAUTHORIZED");
  });
});
