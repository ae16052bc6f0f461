import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { twoFactorClient } from "better-auth/client/plugins";
import {
  CLEARED,
  Device,
  PASSWORD,
  SESSION_COOKIE,
  SESSION_DATA_COOKIE,
  assertSessionCookie,
  assertUser,
  assertWireDates,
  differs,
  isSignedIn,
  refused,
  signUp,
  succeeded,
} from "./device.mjs";

const secure = SESSION_COOKIE.startsWith("__Secure-") ? "__Secure-" : "";
const TWO_FACTOR = `${secure}better-auth.two_factor`;
const TRUST_DEVICE = `${secure}better-auth.trust_device`;

function assertForgotten({ value, attributes }) {
  assert.deepEqual({ value, attributes }, { value: "", attributes: CLEARED });
}

const newDevice = () => new Device({ plugins: [twoFactorClient()] });
const password = { password: PASSWORD };

function decode32(text) {
  const bits = [...text].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** An authenticator app (RFC 6238), written without the library's own code. */
class Authenticator {
  constructor(uri) {
    this.key = decode32(new URL(uri).searchParams.get("secret"));
  }

  /** The code `off` steps away; never asked for so late in a step that it could be another's. */
  async code(off = 0) {
    const left = 30_000 - (Date.now() % 30_000);
    if (left < 5_000) await sleep(left + 50);
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + off));
    const mac = createHmac("sha1", this.key).update(counter).digest();
    const value = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
    return String(value % 1_000_000).padStart(6, "0");
  }

  async wrong() {
    const right = await Promise.all([-2, -1, 0, 1, 2].map((off) => this.code(off)));
    return ["000000", "000001", "000002", "000003", "000004", "000005"].find((code) => !right.includes(code));
  }
}

async function offered() {
  const ada = await signUp({}, newDevice());
  const offer = succeeded(await ada.client.twoFactor.enable(password));
  return { ...ada, offer, app: new Authenticator(offer.totpURI) };
}

/** A user whose authenticator app has shown the code of the step before this one. */
async function enabled() {
  const ada = await offered();
  succeeded(await ada.client.twoFactor.verifyTotp({ code: await ada.app.code(-1) }));
  return ada;
}

async function signIn(ada, device = newDevice()) {
  const data = succeeded(await device.client.signIn.email({ email: ada.email, password: PASSWORD }));
  return { device, client: device.client, data };
}

describe("two-factor", () => {
  test("offers an authenticator app, which nothing asks for yet", async () => {
    const { offer, email, device, client } = await offered();
    assert.deepEqual(Object.keys(offer).sort(), ["backupCodes", "method", "totpURI"]);
    assert.equal(offer.method, "totp");
    const uri = new URL(offer.totpURI);
    assert.match(offer.totpURI, /^otpauth:\/\/totp\/[^/?]+:[^/?]+\?secret=[A-Z2-7]{52}&issuer=[^&]+&digits=6&period=30$/);
    assert.ok(decodeURIComponent(uri.pathname).endsWith(`:${email}`));
    assert.equal(offer.backupCodes.length, 10);
    for (const code of offer.backupCodes) assert.match(code, /^[a-zA-Z0-9]{5}-[a-zA-Z0-9]{5}$/);
    assert.equal(device.last.allCookies.length, 0);
    assert.equal((await signIn({ email })).data.redirect, false);
    refused(await client.twoFactor.enable({ password: "wrong-password" }), 400, "INVALID_PASSWORD", "Invalid password");
  });

  test("is enabled by the first code, which replaces the session", async () => {
    const ada = await offered();
    refused(await ada.client.twoFactor.verifyTotp({ code: await ada.app.wrong() }), 401, "INVALID_CODE", "Invalid code");
    const thief = ada.device.copy();
    succeeded(await ada.client.twoFactor.verifyTotp({ code: await ada.app.code() }));
    const { session, user } = succeeded(await ada.client.getSession());
    assert.notEqual(session.token, ada.token);
    assert.equal(user.twoFactorEnabled, true);
    assert.equal(await isSignedIn(thief), false);
    refused(await ada.client.twoFactor.enable(password), 400, "TOTP_ALREADY_ENABLED", "TOTP is already enabled");
    const { totpURI } = succeeded(await ada.client.twoFactor.getTotpUri(password));
    assert.deepEqual(new Authenticator(totpURI).key, ada.app.key);
  });

  test("answers the new session and the current user", differs("it answers the session it has just deleted"), async () => {
    const ada = await offered();
    const { token, user } = succeeded(await ada.client.twoFactor.verifyTotp({ code: await ada.app.code() }));
    assert.equal(user.twoFactorEnabled, true);
    assertSessionCookie(ada.device.last.cookie(SESSION_COOKIE), token);
  });

  test("is asked for at a sign-in, which begins no session", async () => {
    const ada = await enabled();
    const { device, client, data } = await signIn(ada);
    assert.deepEqual(device.last.json, { twoFactorRedirect: true, twoFactorMethods: ["totp", "otp"] });
    assert.equal(data.token, undefined);
    const { cookies } = device.last;
    assert.deepEqual(
      cookies.map((cookie) => cookie.name),
      [SESSION_COOKIE, SESSION_DATA_COOKIE, TWO_FACTOR],
    );
    assertForgotten(cookies[0]);
    assertForgotten(cookies[1]);
    assert.equal(cookies[2].attributes["max-age"], "600");
    assert.equal(await isSignedIn({ client }), false);
  });

  test("tells nobody of a session that is none", differs("it sends set-auth-token of a deleted session"), async () => {
    const { device } = await signIn(await enabled());
    assert.equal(device.last.headers["set-auth-token"], undefined);
  });

  test("lets in by a code of the app", async () => {
    const ada = await enabled();
    const { device, client } = await signIn(ada);
    refused(await client.twoFactor.verifyTotp({ code: await ada.app.wrong() }), 401, "INVALID_CODE");
    const { token, user } = succeeded(await client.twoFactor.verifyTotp({ code: await ada.app.code() }));
    assertUser(user, ada, { twoFactorEnabled: true });
    assertWireDates(device.last.json);
    const { cookies } = device.last;
    assertSessionCookie(cookies[0], token);
    assert.equal(cookies[1].name, TWO_FACTOR);
    assertForgotten(cookies[1]);
    assert.equal(cookies.length, 2);
    assert.ok(await isSignedIn({ client }));
  });

  test("takes a code once", differs("a code is good again and again while its step lasts"), async () => {
    const ada = await enabled();
    const code = await ada.app.code();
    succeeded(await (await signIn(ada)).client.twoFactor.verifyTotp({ code }));
    refused(await (await signIn(ada)).client.twoFactor.verifyTotp({ code }), 401, "INVALID_CODE");
  });

  test("lets in by each backup code once", async () => {
    const ada = await enabled();
    const [code] = ada.offer.backupCodes;
    const { user } = succeeded(await (await signIn(ada)).client.twoFactor.verifyBackupCode({ code }));
    assert.equal(user.email, ada.email);
    const again = await signIn(ada);
    refused(await again.client.twoFactor.verifyBackupCode({ code }), 401, "INVALID_BACKUP_CODE", "Invalid backup code");
    const fresh = succeeded(await ada.client.twoFactor.generateBackupCodes(password));
    assert.equal(fresh.status, true);
    refused(
      await again.client.twoFactor.verifyBackupCode({ code: ada.offer.backupCodes[1] }),
      401,
      "INVALID_BACKUP_CODE",
    );
    succeeded(await again.client.twoFactor.verifyBackupCode({ code: fresh.backupCodes[0] }));
  });

  test("trusts a device for thirty days, by a cookie that changes with every sign-in", async () => {
    const ada = await enabled();
    const { device, client } = await signIn(ada);
    succeeded(await client.twoFactor.verifyTotp({ code: await ada.app.code(), trustDevice: true }));
    const trust = device.last.cookie(TRUST_DEVICE);
    assert.equal(trust.attributes["max-age"], "2592000");
    const thief = device.copy();
    succeeded(await client.signOut());
    const { data } = await signIn(ada, device);
    assert.equal(data.user.email, ada.email);
    assert.notEqual(device.cookie(TRUST_DEVICE), trust.value);
    assert.equal((await signIn(ada, thief)).data.twoFactorRedirect, true);
    assertForgotten(thief.last.cookie(TRUST_DEVICE));
  });

  test("needs a sign-in that waits", async () => {
    const { client } = newDevice();
    const message = "Invalid two factor cookie";
    refused(await client.twoFactor.verifyTotp({ code: "123456" }), 401, "INVALID_TWO_FACTOR_COOKIE", message);
    refused(await client.twoFactor.verifyOtp({ code: "123456" }), 401, "INVALID_TWO_FACTOR_COOKIE", message);
    refused(await client.twoFactor.verifyBackupCode({ code: "a" }), 401, "INVALID_TWO_FACTOR_COOKIE", message);
    refused(await client.twoFactor.sendOtp(), 401, "INVALID_TWO_FACTOR_COOKIE", message);
    refused(await client.twoFactor.enable(password), 401, "UNAUTHORIZED", "Unauthorized");
  });

  test("allows five tries for each sign-in, and ten wrong ones in a row", async () => {
    const ada = await enabled();
    const first = await signIn(ada);
    const code = await ada.app.wrong();
    for (let i = 0; i < 5; i++) refused(await first.client.twoFactor.verifyTotp({ code }), 401, "INVALID_CODE");
    refused(
      await first.client.twoFactor.verifyTotp({ code }),
      400,
      "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE",
      "Too many attempts. Please request a new code.",
    );
    assertForgotten(first.device.last.cookie(TWO_FACTOR));
    const second = await signIn(ada);
    for (let i = 0; i < 5; i++) refused(await second.client.twoFactor.verifyTotp({ code }), 401, "INVALID_CODE");
    refused(
      await second.client.twoFactor.verifyTotp({ code: await ada.app.code() }),
      429,
      "ACCOUNT_TEMPORARILY_LOCKED",
      "Too many failed verification attempts. Your account is temporarily locked. Please try again later.",
    );
  });

  test("by mailed codes alone is enabled at once, and knows no app", async () => {
    const ada = await signUp({}, newDevice());
    assert.deepEqual(succeeded(await ada.client.twoFactor.enable({ ...password, method: "otp" })), { method: "otp" });
    assert.notEqual(succeeded(await ada.client.getSession()).session.token, ada.token);
    const { client, data } = await signIn(ada);
    assert.deepEqual(data.twoFactorMethods, ["otp"]);
    refused(await client.twoFactor.verifyTotp({ code: "000000" }), 400, "TOTP_NOT_ENABLED", "TOTP not enabled");
    refused(await client.twoFactor.verifyOtp({ code: "000000" }), 400, "OTP_HAS_EXPIRED", "OTP has expired");
    assert.deepEqual(succeeded(await client.twoFactor.sendOtp()), { status: true });
  });

  test("is switched off by the password, which replaces the session", async () => {
    const ada = await enabled();
    refused(await ada.client.twoFactor.disable({ password: "wrong-password" }), 400, "INVALID_PASSWORD");
    const thief = ada.device.copy();
    assert.deepEqual(succeeded(await ada.client.twoFactor.disable(password)), { status: true });
    assert.equal(succeeded(await ada.client.getSession()).user.twoFactorEnabled, false);
    assert.equal(await isSignedIn(thief), false);
    assert.equal((await signIn(ada)).data.redirect, false);
  });
});
