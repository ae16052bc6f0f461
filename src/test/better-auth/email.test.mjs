import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Device,
  EVIL_ORIGIN,
  ORIGIN,
  SESSION_COOKIE,
  TRUSTED_ORIGIN,
  assertSessionCookie,
  differs,
  isSignedIn,
  mail,
  mails,
  newEmail,
  refused,
  refusedOnWire,
  signIn,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const NEW = "another-password-1";

/** Follows a mailed link, which must be one to the service, as a browser does. */
async function follow({ url }, headers = {}) {
  assert.ok(url.startsWith(`${ORIGIN}/api/auth/`), url);
  return wire("GET", url.slice(ORIGIN.length), { headers, absolute: true });
}

const token = ({ url }) => new URL(url).searchParams.get("token");

async function verified() {
  const ada = await signUp();
  succeeded(await ada.client.verifyEmail({ query: { token: token(await mail(ada.email)) } }));
  return ada;
}

function redirected(answer, location) {
  assert.equal(answer.status, 302, answer.text);
  assert.equal(answer.headers.location, location);
  assert.equal(answer.text, "");
}

describe("email verification", () => {
  test("a sign-up is mailed a link, which verifies and may be followed again", async () => {
    const ada = await signUp({ callbackURL: "/welcome" });
    assert.equal(ada.user.emailVerified, false);
    const link = await mail(ada.email, "verify-email");
    assert.equal(new URL(link.url).pathname, "/api/auth/verify-email");
    for (let i = 0; i < 2; i++) redirected(await follow(link), "/welcome");
    const { user } = succeeded(await ada.client.getSession());
    assert.equal(user.emailVerified, true);
  });

  test("the link leads to / where nothing else was said", async () => {
    const ada = await signUp();
    redirected(await follow(await mail(ada.email)), "/");
  });

  test("without a callbackURL the answer is JSON and makes no session", async () => {
    const ada = await signUp();
    const query = { token: token(await mail(ada.email)) };
    const device = new Device();
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(succeeded(await device.client.verifyEmail({ query })), { status: true, user: null });
      assert.deepEqual(device.last.cookies, []);
    }
  });

  test("another link can be asked for until the address is verified", async () => {
    const ada = await signUp();
    const { client, email } = ada;
    refused(await client.sendVerificationEmail({ email: newEmail() }), 400, "EMAIL_MISMATCH", "Email mismatch");
    const first = await mail(email);
    succeeded(await client.sendVerificationEmail({ email, callbackURL: "/v" }));
    redirected(await follow(await mail(email)), "/v");
    redirected(await follow(first), "/");
    refused(
      await client.sendVerificationEmail({ email }),
      400,
      "EMAIL_ALREADY_VERIFIED",
      "Email is already verified",
    );
  });

  test("strangers are told the same whatever the address", async () => {
    const [ada, grace] = [await signUp(), await verified()];
    await mail(ada.email);
    const { length } = await mails(grace.email);
    for (const email of [ada.email, grace.email, newEmail()]) {
      const { client } = new Device();
      assert.deepEqual(succeeded(await client.sendVerificationEmail({ email })), { status: true });
    }
    redirected(await follow(await mail(ada.email)), "/");
    assert.equal((await mails(grace.email)).length, length);
  });

  test("a bad token is told at the callback, or by 401", async () => {
    const { client } = new Device();
    refused(await client.verifyEmail({ query: { token: "bad" } }), 401, "INVALID_TOKEN", "Invalid token");
    for (const [target, location] of [
      ["/done", "/done?error=INVALID_TOKEN"],
      ["/done?x=1#f", "/done?x=1&error=INVALID_TOKEN#f"],
      [`${TRUSTED_ORIGIN}/a`, `${TRUSTED_ORIGIN}/a?error=INVALID_TOKEN`],
    ]) {
      const path = `/verify-email?token=bad&callbackURL=${encodeURIComponent(target)}`;
      redirected(await wire("GET", path), location);
    }
  });

  test("no token, and an untrusted callback, are refused", async () => {
    const message = "[query.token] Invalid input: expected string, received undefined";
    refusedOnWire(await wire("GET", "/verify-email"), 400, "VALIDATION_ERROR", message);
    const path = `/verify-email?token=bad&callbackURL=${encodeURIComponent(EVIL_ORIGIN)}`;
    refusedOnWire(await wire("GET", path), 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
  });
});

describe("change-email", () => {
  test("of an unverified user is mailed to the new address, and leaves it unverified", async () => {
    const ada = await signUp();
    const email = newEmail();
    assert.deepEqual(succeeded(await ada.client.changeEmail({ newEmail: email })), { status: true });
    const query = { token: token(await mail(email, "verify-email")) };
    const { status, user } = succeeded(await ada.client.verifyEmail({ query }));
    assert.equal(status, true);
    assert.deepEqual([user.email, user.emailVerified], [email, false]);
    assertSessionCookie(ada.device.last.cookie(SESSION_COOKIE), ada.token);
    assert.equal(succeeded(await ada.client.getSession()).user.email, email);
    await signIn({ ...ada, email });
    refused(await new Device().client.verifyEmail({ query }), 401, "INVALID_TOKEN");
  });

  test("of a verified user is confirmed at the old address, and leaves it verified", async () => {
    const ada = await verified();
    const email = newEmail();
    succeeded(await ada.client.changeEmail({ newEmail: email, callbackURL: "/c" }));
    redirected(await follow(await mail(ada.email, "change-email")), "/c");
    redirected(await follow(await mail(email, "verify-email")), "/c");
    const { user } = succeeded(await ada.client.getSession());
    assert.deepEqual([user.email, user.emailVerified], [email, true]);
  });

  test("a confirmation answers status alone where it leads nowhere", async () => {
    const ada = await verified();
    succeeded(await ada.client.changeEmail({ newEmail: newEmail() }));
    const answer = await wire("GET", `/verify-email?token=${token(await mail(ada.email, "change-email"))}`);
    assert.equal(answer.text, '{"status":true}');
  });

  test("a confirmation is good once", differs("it mails again each time"), async () => {
    const ada = await verified();
    succeeded(await ada.client.changeEmail({ newEmail: newEmail(), callbackURL: "/c" }));
    const link = await mail(ada.email, "change-email");
    redirected(await follow(link), "/c");
    redirected(await follow(link), "/c?error=INVALID_TOKEN");
  });

  test("a link is not good again after a change back", differs("it is until it expires"), async () => {
    const ada = await signUp();
    await mail(ada.email);
    const there = newEmail();
    succeeded(await ada.client.changeEmail({ newEmail: there }));
    const link = await mail(there);
    redirected(await follow(link), "/");
    succeeded(await ada.client.changeEmail({ newEmail: ada.email }));
    redirected(await follow(await mail(ada.email)), "/");
    redirected(await follow(link), "/?error=INVALID_TOKEN");
  });

  test("to the same, to none, or by nobody is refused", async () => {
    const { client, email } = await signUp();
    refused(await client.changeEmail({ newEmail: email }), 400, null, "Email is the same");
    refused(await client.changeEmail({ newEmail: email.toUpperCase() }), 400, null, "Email is the same");
    refused(await client.changeEmail({ newEmail: "bad" }), 400, "VALIDATION_ERROR");
    refused(await new Device().client.changeEmail({ newEmail: newEmail() }), 401, "UNAUTHORIZED");
    const callbackURL = `${EVIL_ORIGIN}/x`;
    refused(await client.changeEmail({ newEmail: newEmail(), callbackURL }), 403, "INVALID_CALLBACK_URL");
  });

  test("to a taken address says nothing, and mails nobody there", async () => {
    const [ada, grace] = [await signUp(), await signUp()];
    await mail(grace.email);
    assert.deepEqual(succeeded(await ada.client.changeEmail({ newEmail: grace.email })), { status: true });
    succeeded(await ada.client.sendVerificationEmail({ email: ada.email }));
    assert.equal((await mails(grace.email)).length, 1);
  });

  test("with another user's session is refused", async () => {
    const [ada, grace] = [await signUp(), await signUp()];
    const email = newEmail();
    succeeded(await ada.client.changeEmail({ newEmail: email }));
    const query = { token: token(await mail(email)) };
    refused(await grace.client.verifyEmail({ query }), 401, "INVALID_USER", "Invalid user");
  });
});

describe("password reset", () => {
  const said = "If this email exists in our system, check your email for the reset link";
  const resetToken = ({ url }) => new URL(url).pathname.split("/").pop();

  async function ask(email, redirectTo) {
    const { client } = new Device();
    const answer = succeeded(await client.requestPasswordReset({ email, redirectTo }));
    assert.deepEqual(answer, { status: true, message: said });
  }

  test("by the mailed link: once, into no session, with the others left alone", async () => {
    const ada = await verified();
    await ask(ada.email, "/reset");
    const link = await mail(ada.email, "reset-password");
    const reset = resetToken(link);
    assert.match(reset, /^[a-zA-Z0-9]{24}$/);
    for (let i = 0; i < 2; i++) redirected(await follow(link), `${ORIGIN}/reset?token=${reset}`);
    const device = new Device();
    refused(
      await device.client.resetPassword({ token: reset, newPassword: "x" }),
      400,
      "PASSWORD_TOO_SHORT",
      "Password too short",
    );
    assert.deepEqual(succeeded(await device.client.resetPassword({ token: reset, newPassword: NEW })), {
      status: true,
    });
    assert.deepEqual(device.last.cookies, []);
    refused(
      await device.client.resetPassword({ token: reset, newPassword: NEW }),
      400,
      "INVALID_TOKEN",
      "Invalid token",
    );
    redirected(await follow(link), `${ORIGIN}/reset?error=INVALID_TOKEN`);
    assert.ok(await isSignedIn(ada));
    const { email, password } = ada;
    refused(await new Device().client.signIn.email({ email, password }), 401, "INVALID_EMAIL_OR_PASSWORD");
    await signIn({ ...ada, password: NEW });
  });

  test("says the same to whoever has no account, and mails nobody", async () => {
    const email = newEmail();
    await ask(email, "/reset");
    assert.deepEqual(await mails(email), []);
  });

  test(
    "of an unverified user proves the address and ends its sessions",
    differs("it leaves whoever took the address first signed in"),
    async () => {
      const ada = await signUp();
      await ask(ada.email);
      const reset = resetToken(await mail(ada.email, "reset-password"));
      succeeded(await new Device().client.resetPassword({ token: reset, newPassword: NEW }));
      assert.ok(!(await isSignedIn(ada)));
      assert.equal((await signIn({ ...ada, password: NEW })).user.emailVerified, true);
    },
  );

  test(
    "leads to the origin where nothing else was said",
    differs("its link ends on the error page then"),
    async () => {
      const ada = await signUp();
      await ask(ada.email);
      const link = await mail(ada.email, "reset-password");
      redirected(await follow(link), `${ORIGIN}/?token=${resetToken(link)}`);
    },
  );

  test("takes the token from the query too", async () => {
    const ada = await signUp();
    await ask(ada.email, "/reset");
    const reset = resetToken(await mail(ada.email, "reset-password"));
    const answer = await wire("POST", `/reset-password?token=${reset}`, { json: { newPassword: NEW } });
    assert.equal(answer.text, '{"status":true}');
    await signIn({ ...ada, password: NEW });
  });

  test("refuses bad tokens, addresses and targets", async () => {
    const { client } = new Device();
    refused(await client.resetPassword({ newPassword: NEW }), 400, "INVALID_TOKEN");
    refused(await client.resetPassword({ newPassword: NEW, token: "bad" }), 400, "INVALID_TOKEN");
    refused(await client.requestPasswordReset({ email: "bad" }), 400, "VALIDATION_ERROR");
    const redirectTo = `${EVIL_ORIGIN}/x`;
    refused(await client.requestPasswordReset({ email: newEmail(), redirectTo }), 403, "INVALID_REDIRECT_URL");
    refusedOnWire(await wire("GET", "/reset-password/bad"), 400, "VALIDATION_ERROR");
    const to = (target) => `/reset-password/bad?callbackURL=${encodeURIComponent(target)}`;
    refusedOnWire(await wire("GET", to(EVIL_ORIGIN)), 403, "INVALID_CALLBACK_URL");
    redirected(await wire("GET", to("/r")), `${ORIGIN}/r?error=INVALID_TOKEN`);
    redirected(await wire("GET", to("")), `${ORIGIN}/api/auth/error?error=INVALID_TOKEN`);
    assert.equal((await wire("POST", "/forget-password", { json: { email: newEmail() } })).status, 404);
  });
});

describe("delete-user/callback", () => {
  test("needs a session and a token", async () => {
    const ada = await signUp();
    refusedOnWire(
      await wire("GET", "/delete-user/callback?token=x"),
      404,
      "FAILED_TO_GET_USER_INFO",
      "Failed to get user info",
    );
    refusedOnWire(await wire("GET", "/delete-user/callback"), 400, "VALIDATION_ERROR");
    const headers = { cookie: ada.device.cookieHeader };
    refusedOnWire(await wire("GET", "/delete-user/callback?token=x", { headers }), 404, "INVALID_TOKEN");
    assert.ok(await isSignedIn(ada));
  });
});
