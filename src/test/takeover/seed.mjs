// Makes users on a Better Auth server by its own client, and writes down what each of them holds.
import { writeFileSync } from "node:fs";
import { Browser, ok, PASSWORD, totp } from "./browser.mjs";

const server = process.env.SERVER;
const USERS = 200;
const AT_ONCE = 4;

async function person(i) {
  const browser = new Browser(server);
  const account = { name: `Person ${i}`, email: `person${i}@example.com`, password: `${PASSWORD}-${i}` };
  if (i % 10 === 1) account.username = `Person_${i}`;
  if (i % 10 === 2) account.nickname = `P${i}`;
  if (i % 10 === 3) account.rememberMe = false;
  const { user } = ok(await browser.client.signUp.email(account), "sign-up");
  const held = { i, ...account, id: user.id };
  if (i % 10 === 4) {
    const { totpURI, backupCodes } = ok(await browser.client.twoFactor.enable({ password: account.password }), "enable");
    ok(await browser.client.twoFactor.verifyTotp({ code: totp(totpURI) }), "verify");
    Object.assign(held, { totpURI, backupCodes });
  }
  if (i % 10 === 5) {
    const key = ok(await browser.client.apiKey.create({ name: `key ${i}`, expiresIn: 7 * 24 * 3600 }), "api key");
    Object.assign(held, { apiKey: key.key, apiKeyId: key.id });
  }
  if (i % 10 === 6) ok(await browser.client.requestPasswordReset({ email: account.email, redirectTo: "/" }), "reset");
  held.cookies = browser.cookies;
  return { held, browser };
}

/** One owner, one member, one who is invited; a second team. */
async function organize(owner, member, invited) {
  const slug = `org-${owner.held.i}`;
  const organization = ok(
    await owner.browser.client.organization.create({ name: `Org ${owner.held.i}`, slug, metadata: { plan: "pro" } }),
    "organization",
  );
  const joining = ok(
    await owner.browser.client.organization.inviteMember({ email: member.held.email, role: "admin" }),
    "invite",
  );
  ok(await member.browser.client.organization.acceptInvitation({ invitationId: joining.id }), "accept");
  const pending = ok(
    await owner.browser.client.organization.inviteMember({ email: invited.held.email, role: "member" }),
    "invite",
  );
  const team = ok(await owner.browser.client.organization.createTeam({ name: "Second team" }), "team");
  owner.held.organization = { id: organization.id, slug, team: team.id, members: 2 };
  member.held.memberOf = organization.id;
  invited.held.invitation = pending.id;
  for (const someone of [owner, member]) someone.held.cookies = someone.browser.cookies;
}

const people = [];
let next = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < USERS) {
      const i = next++;
      people[i] = await person(i);
    }
  }),
);
for (let i = 0; i + 9 < USERS; i += 10) await organize(people[i + 7], people[i + 8], people[i + 9]);

const boss = new Browser(server);
ok(await boss.client.signIn.email({ email: "boss@example.com", password: PASSWORD }), "boss");
ok(
  await boss.client.admin.banUser({ userId: people[0].held.id, banReason: "spam" }),
  "ban",
);
people[0].held.banned = true;
const mails = await (await fetch(`${server}/__mail`)).json();
for (const { held } of people) {
  held.resetToken = mails.findLast((m) => m.kind === "reset-password" && m.to === held.email)?.token;
  held.verifyToken = mails.find((m) => m.kind === "verify-email" && m.to === held.email)?.token;
}
writeFileSync(
  process.env.HELD,
  JSON.stringify({ people: people.map(({ held }) => held), boss: { cookies: boss.cookies } }),
);
