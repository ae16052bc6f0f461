import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { magicLinkClient } from "better-auth/client/plugins";
import {
  assertSessionCookie,
  Device,
  mail,
  newEmail,
  refused,
  SESSION_COOKIE,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const device = () => new Device({ plugins: [magicLinkClient()] });

async function link(fields, { client } = device()) {
  const email = fields.email ?? newEmail();
  assert.deepEqual(succeeded(await client.signIn.magicLink({ email, ...fields })), { status: true });
  const { url } = await mail(email, "magic-link");
  return { email, url: new URL(url), token: new URL(url).searchParams.get("token") };
}

describe("a magic link", () => {
  test("signs a new user up through the client", async () => {
    const { email, token } = await link({ name: "Mag", callbackURL: "/dash" });
    assert.match(token, /^\w{32}$/);
    const phone = device();
    const data = succeeded(await phone.client.magicLink.verify({ query: { token } }));
    assert.equal(data.user.email, email);
    assert.equal(data.user.name, "Mag");
    assert.equal(data.user.emailVerified, true);
    assert.equal(data.session.token, data.token);
    assertSessionCookie(phone.last.cookie(SESSION_COOKIE), data.token);
    assert.equal(succeeded(await phone.client.getSession()).user.id, data.user.id);
  });

  test("sends the browser on, and tells of an error when it is followed again", async () => {
    const { url } = await link({ callbackURL: "/dash", newUserCallbackURL: "/new" });
    const path = url.pathname + url.search;
    const first = await wire("GET", path, { absolute: true });
    assert.equal(first.status, 302);
    assert.equal(new URL(first.headers.location).pathname, "/new");
    assert.ok(first.cookie(SESSION_COOKIE));
    const second = await wire("GET", path, { absolute: true });
    assert.equal(second.status, 302);
    assert.ok(second.headers.location.endsWith("/dash?error=INVALID_TOKEN"), second.headers.location);
    assert.deepEqual(second.cookies, []);
  });

  test("takes an account from whoever made it with the address of another", async () => {
    const eve = await signUp();
    const { token } = await link({ email: eve.email });
    const owner = device();
    const data = succeeded(await owner.client.magicLink.verify({ query: { token } }));
    assert.equal(data.user.id, eve.user.id);
    assert.equal(succeeded(await eve.client.getSession()), null);
    refused(
      await device().client.signIn.email({ email: eve.email, password: eve.password }),
      401,
      "INVALID_EMAIL_OR_PASSWORD",
    );
  });

  test("leads nowhere else", async () => {
    const { client } = device();
    refused(
      await client.signIn.magicLink({ email: newEmail(), callbackURL: "https://evil.example" }),
      403,
      "INVALID_CALLBACK_URL",
    );
    refused(await client.signIn.magicLink({ email: "nobody" }), 400, "VALIDATION_ERROR");
    const query = "token=x&errorCallbackURL=https%3A%2F%2Fevil.example";
    const answer = await wire("GET", `/magic-link/verify?${query}`);
    assert.equal(answer.status, 403);
    assert.equal(answer.json.code, "INVALID_CALLBACK_URL");
  });
});
