// The users of the Better Auth server again, on Roster: same client, same cookies, same passwords, same ids.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Browser, ok, PASSWORD, totp } from "./browser.mjs";

const roster = process.env.ROSTER_URL;
const origin = process.env.ROSTER_ORIGIN;
const { people, boss } = JSON.parse(readFileSync(process.env.HELD, "utf8"));

const opened = (person) => new Browser(roster, { origin, cookies: person.cookies });
const fresh = () => new Browser(roster, { origin });
const every = (remainder) => people.filter((person) => person.i % 10 === remainder);
const free = people.filter((person) => !person.banned);

describe("users", () => {
  test("are still signed in by their old cookies, under their old ids", async () => {
    for (const person of free) {
      const { user, session } = ok(await opened(person).client.getSession(), person.email);
      assert.equal(user.id, person.id);
      assert.equal(user.email, person.email);
      assert.equal(user.name, person.name);
      assert.equal(session.userId, person.id);
    }
  });

  test("sign in by their old passwords, and by no other", async () => {
    for (const person of free.filter(({ totpURI }) => !totpURI).slice(0, 40)) {
      const { user } = ok(
        await fresh().client.signIn.email({ email: person.email, password: person.password }),
        person.email,
      );
      assert.equal(user.id, person.id);
    }
    const { error } = await fresh().client.signIn.email({ email: people[1].email, password: "something-else-entirely" });
    assert.equal(error.status, 401);
  });

  test("sign in by their user names", async () => {
    for (const person of every(1)) {
      const { user } = ok(
        await fresh().client.signIn.username({ username: person.username, password: person.password }),
        person.username,
      );
      assert.equal(user.id, person.id);
      assert.equal(user.displayUsername, person.username);
    }
  });

  test("who are banned are out", async () => {
    const [person] = people.filter(({ banned }) => banned);
    assert.equal(ok(await opened(person).client.getSession(), "session"), null);
    const { error } = await fresh().client.signIn.email({ email: person.email, password: person.password });
    assert.deepEqual([error.status, error.code], [403, "BANNED_USER"]);
  });

  test("sign out for good", async () => {
    const person = free[11];
    const browser = opened(person);
    ok(await browser.client.signOut(), "sign-out");
    assert.equal(ok(await opened(person).client.getSession(), "session"), null);
  });
});

describe("second factors", () => {
  test("are asked for, and the old authenticator answers", async () => {
    for (const person of every(4).slice(0, 10)) {
      const browser = fresh();
      const asked = ok(
        await browser.client.signIn.email({ email: person.email, password: person.password }),
        person.email,
      );
      assert.equal(asked.twoFactorRedirect, true);
      // the step of the seeding may be the current one still, and a code is good once
      const { token } = ok(
        await browser.client.twoFactor.verifyTotp({ code: totp(person.totpURI, Date.now() + 30000) }),
        person.email,
      );
      assert.ok(token);
      assert.equal(ok(await browser.client.getSession(), "session").user.id, person.id);
    }
  });

  test("have their old backup codes, each good once", async () => {
    const person = every(4)[11];
    for (const expected of [null, 401]) {
      const browser = fresh();
      ok(await browser.client.signIn.email({ email: person.email, password: person.password }), "sign-in");
      const { error } = await browser.client.twoFactor.verifyBackupCode({ code: person.backupCodes[0] });
      assert.equal(error?.status ?? null, expected);
    }
  });
});

describe("organizations", () => {
  test("have their members, teams and metadata", async () => {
    for (const person of every(7)) {
      const full = ok(await opened(person).client.organization.getFullOrganization(), "organization");
      assert.equal(full.id, person.organization.id);
      assert.equal(full.slug, person.organization.slug);
      assert.equal(full.members.length, person.organization.members);
      assert.ok(full.teams.some((team) => team.id === person.organization.team));
      const metadata = typeof full.metadata === "string" ? JSON.parse(full.metadata) : full.metadata;
      assert.deepEqual(metadata, { plan: "pro" });
    }
  });

  test("take members in by invitations that were sent before", async () => {
    const [person] = every(9);
    const { member } = ok(
      await opened(person).client.organization.acceptInvitation({ invitationId: person.invitation }),
      "accept",
    );
    assert.equal(member.userId, person.id);
  });

  test("let their administrators administer", async () => {
    const [person] = every(8);
    const { success } = ok(
      await opened(person).client.organization.hasPermission({
        organizationId: person.memberOf,
        permissions: { member: ["create"] },
      }),
      "permission",
    );
    assert.equal(success, true);
  });
});

describe("API keys", () => {
  test("are known by their ids and open the REST API as their owners", async () => {
    for (const person of every(5).slice(0, 10)) {
      const key = ok(await opened(person).client.apiKey.get({ query: { id: person.apiKeyId } }), "key");
      assert.equal(key.name, `key ${person.i}`);
      const answer = await fetch(`${roster}/api/v1/me`, { headers: { "x-api-key": person.apiKey } });
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).email, person.email);
    }
  });
});

describe("links in flight", () => {
  test("reset a password", async () => {
    for (const person of every(6).slice(0, 5)) {
      const newPassword = "a-new-password-altogether";
      ok(await fresh().client.resetPassword({ token: person.resetToken, newPassword }), "reset");
      ok(await fresh().client.signIn.email({ email: person.email, password: newPassword }), "sign-in");
    }
  });

  test("verify an address", async () => {
    const [person] = every(0).filter(({ banned }) => !banned);
    ok(await opened(person).client.verifyEmail({ query: { token: person.verifyToken } }), "verify");
    assert.equal(ok(await opened(person).client.getSession(), "session").user.emailVerified, true);
  });
});

describe("the administrator", () => {
  test("still is one", async () => {
    const browser = new Browser(roster, { origin, cookies: boss.cookies });
    const { total } = ok(await browser.client.admin.listUsers({ query: { limit: 1 } }), "list");
    assert.equal(total, people.length + 1);
    ok(await fresh().client.signIn.email({ email: "boss@example.com", password: PASSWORD }), "sign-in");
  });

  test("keeps the accounts at providers", async () => {
    const browser = new Browser(roster, { origin, cookies: boss.cookies });
    const accounts = ok(await browser.client.listAccounts(), "accounts");
    const github = accounts.find((account) => account.providerId === "github");
    assert.equal(github.accountId, "4711");
    assert.deepEqual(github.scopes, ["read:user", "user:email"]);
  });
});
