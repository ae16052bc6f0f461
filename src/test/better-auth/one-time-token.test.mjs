import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { oneTimeTokenClient } from "better-auth/client/plugins";
import { assertSessionCookie, Device, refused, SESSION_COOKIE, signUp, succeeded } from "./device.mjs";

const device = () => new Device({ plugins: [oneTimeTokenClient()] });
const generate = async ({ client }) => succeeded(await client.oneTimeToken.generate()).token;

describe("a one-time token", () => {
  test("hands the very session over", async () => {
    const ada = await signUp({}, device());
    const token = await generate(ada);
    assert.match(token, /^[\w-]{32}$/);
    const phone = device();
    const data = succeeded(await phone.client.oneTimeToken.verify({ token }));
    assert.equal(data.session.token, ada.token);
    assert.equal(data.user.id, ada.user.id);
    assertSessionCookie(phone.last.cookie(SESSION_COOKIE), ada.token);
    assert.equal(succeeded(await phone.client.getSession()).user.id, ada.user.id);
  });

  test("is good once, of several at once too", async () => {
    const ada = await signUp({}, device());
    const token = await generate(ada);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => device().client.oneTimeToken.verify({ token })),
    );
    assert.equal(answers.filter(({ data }) => data !== null).length, 1);
    refused(await device().client.oneTimeToken.verify({ token }), 400, null, "Invalid token");
  });

  test("is worth nothing once its session has ended", async () => {
    const ada = await signUp({}, device());
    const token = await generate(ada);
    succeeded(await ada.client.signOut());
    refused(await device().client.oneTimeToken.verify({ token }), 400, null, "Session not found");
  });

  test("that nobody made is refused", async () => {
    const { client } = device();
    refused(await client.oneTimeToken.verify({ token: "x".repeat(32) }), 400, null, "Invalid token");
    refused(await client.oneTimeToken.verify({ token: 5 }), 400, "VALIDATION_ERROR");
    refused(await client.oneTimeToken.generate(), 401, "UNAUTHORIZED");
  });
});
