import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emailOTPClient } from "better-auth/client/plugins";
import {
  assertSessionCookie,
  Device,
  mail,
  newEmail,
  PASSWORD,
  refused,
  SESSION_COOKIE,
  signUp,
  succeeded,
} from "./device.mjs";

const device = () => new Device({ plugins: [emailOTPClient()] });
const wrong = (code) => (code.startsWith("0") ? "1" : "0") + code.slice(1);

async function send(email, type, kind, { client } = device()) {
  assert.deepEqual(succeeded(await client.emailOtp.sendVerificationOtp({ email, type })), {
    success: true,
  });
  return (await mail(email, kind)).code;
}

describe("a mailed code", () => {
  test("signs a new user up", async () => {
    const email = newEmail();
    const otp = await send(email, "sign-in", "sign-in-code");
    assert.match(otp, /^\d{6}$/);
    const phone = device();
    refused(await phone.client.signIn.emailOtp({ email, otp: wrong(otp) }), 400, "INVALID_OTP");
    const data = succeeded(await phone.client.signIn.emailOtp({ email, otp, name: "Otto" }));
    assert.equal(data.user.email, email);
    assert.equal(data.user.name, "Otto");
    assert.equal(data.user.emailVerified, true);
    assertSessionCookie(phone.last.cookie(SESSION_COOKIE), data.token);
    refused(await phone.client.signIn.emailOtp({ email, otp }), 400, "INVALID_OTP");
  });

  test("is void behind three wrong tries", async () => {
    const email = newEmail();
    const otp = await send(email, "sign-in", "sign-in-code");
    const { client } = device();
    for (let i = 0; i < 3; i++) {
      refused(await client.signIn.emailOtp({ email, otp: wrong(otp) }), 400, "INVALID_OTP");
    }
    refused(await client.signIn.emailOtp({ email, otp }), 403, "TOO_MANY_ATTEMPTS");
    refused(await client.signIn.emailOtp({ email, otp }), 400, "INVALID_OTP");
  });

  test("verifies an address, checked before", async () => {
    const ada = await signUp({}, device());
    const otp = await send(ada.email, "email-verification", "email-code");
    const type = "email-verification";
    const { client } = ada;
    assert.deepEqual(
      succeeded(await client.emailOtp.checkVerificationOtp({ email: ada.email, type, otp })),
      { success: true },
    );
    const data = succeeded(await client.emailOtp.verifyEmail({ email: ada.email, otp }));
    assert.equal(data.status, true);
    assert.equal(data.user.emailVerified, true);
    assert.equal(succeeded(await client.getSession()).user.emailVerified, true);
  });

  test("resets a password", async () => {
    const ada = await signUp({}, device());
    const { client } = device();
    assert.deepEqual(succeeded(await client.emailOtp.requestPasswordReset({ email: ada.email })), {
      success: true,
    });
    const { code: otp } = await mail(ada.email, "reset-password-code");
    const password = "another-horse-battery";
    refused(
      await client.emailOtp.resetPassword({ email: ada.email, otp, password: "short" }),
      400,
      "PASSWORD_TOO_SHORT",
    );
    assert.deepEqual(
      succeeded(await client.emailOtp.resetPassword({ email: ada.email, otp, password })),
      { success: true },
    );
    refused(
      await client.signIn.email({ email: ada.email, password: PASSWORD }),
      401,
      "INVALID_EMAIL_OR_PASSWORD",
    );
    succeeded(await client.signIn.email({ email: ada.email, password }));
  });

  test("says nothing of whether there is an account", async () => {
    const { client } = device();
    const email = newEmail();
    for (const type of ["email-verification", "forget-password"]) {
      assert.deepEqual(succeeded(await client.emailOtp.sendVerificationOtp({ email, type })), {
        success: true,
      });
    }
    refused(
      await client.emailOtp.sendVerificationOtp({ email, type: "change-email" }),
      400,
      null,
      "Invalid OTP type",
    );
    refused(await client.emailOtp.sendVerificationOtp({ email: "x", type: "sign-in" }), 400, "INVALID_EMAIL");
  });

  test("changes no address until that is set up", async () => {
    const { client } = await signUp({}, device());
    refused(
      await client.emailOtp.requestEmailChange({ newEmail: newEmail() }),
      400,
      null,
      "Change email with OTP is disabled",
    );
    refused(await device().client.emailOtp.changeEmail({ newEmail: newEmail(), otp: "1" }), 401, "UNAUTHORIZED");
  });
});
