import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { organizationClient } from "better-auth/client/plugins";
import {
  assertWireDates,
  DAY,
  Device,
  differs,
  isSignedIn,
  mail,
  newEmail,
  refused,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const newSlug = () => `org-${randomUUID()}`;
const newDevice = () => new Device({ plugins: [organizationClient({ teams: { enabled: true } })] });
const keys = (value) => Object.keys(value).sort();

const ORGANIZATION = ["createdAt", "id", "logo", "metadata", "name", "slug"];
const MEMBER = ["createdAt", "id", "organizationId", "role", "userId"];
const PERSON = ["email", "id", "image", "name"];
const TEAM = ["createdAt", "id", "name", "organizationId", "updatedAt"];
const TEAM_MEMBER = ["createdAt", "id", "teamId", "userId"];
const INVITATION = [
  "createdAt",
  "email",
  "expiresAt",
  "id",
  "inviterId",
  "organizationId",
  "role",
  "status",
  "teamId",
];

/** A user, with what the plugin adds to its client as `api`. */
async function person() {
  const user = await signUp({}, newDevice());
  return { ...user, id: user.user.id, api: user.client.organization };
}

/** An owner and its organization, which is active. */
async function founded(fields = {}) {
  const owner = await person();
  const made = succeeded(
    await owner.api.create({ name: "Acme", slug: newSlug(), metadata: { plan: "pro" }, ...fields }),
  );
  return { owner, organization: made, id: made.id };
}

async function invited(owner, guest, fields = {}) {
  return succeeded(await owner.api.inviteMember({ email: guest.email, role: "member", ...fields }));
}

/** A member by invitation, in whose session the organization is active. */
async function joined(owner, role = "member", fields = {}) {
  const guest = await person();
  const { id } = await invited(owner, guest, { role, ...fields });
  const { member } = succeeded(await guest.api.acceptInvitation({ invitationId: id }));
  return { ...guest, memberId: member.id };
}

async function active({ client }) {
  const { session } = succeeded(await client.getSession());
  return { organization: session.activeOrganizationId, team: session.activeTeamId };
}

async function refusedEach(calls) {
  for (const [answer, status, code, message] of calls) refused(await answer, status, code, message);
}

describe("an organization", () => {
  test("is made with its owner, a team of its name, and is active", async () => {
    const slug = newSlug();
    const owner = await person();
    const fields = { name: "Acme", slug, logo: "https://img.example/l.png", metadata: { plan: "pro" } };
    const made = succeeded(await owner.api.create(fields));
    assert.deepEqual(keys(made), [...ORGANIZATION, "members"].sort());
    const { name, logo, metadata } = made;
    assert.deepEqual({ name, slug: made.slug, logo, metadata }, fields);
    assertWireDates(owner.device.last.json);
    const [member] = made.members;
    assert.deepEqual(keys(member), MEMBER);
    assert.equal(member.role, "owner");
    assert.equal(member.userId, owner.id);
    assert.equal(member.organizationId, made.id);
    const [team] = succeeded(await owner.api.listTeams());
    assert.equal(team.name, "Acme");
    assert.deepEqual(await active(owner), { organization: made.id, team: team.id });
  });

  test("without a logo or metadata has null for them", differs("metadata is absent"), async () => {
    const { organization } = await founded({ metadata: undefined });
    assert.equal(organization.logo, null);
    assert.equal(organization.metadata, null);
  });

  test("can be made without leaving the active one", async () => {
    const { owner, id } = await founded();
    const before = await active(owner);
    const other = { name: "Other", slug: newSlug(), keepCurrentActiveOrganization: true };
    assert.notEqual(succeeded(await owner.api.create(other)).id, id);
    assert.deepEqual(await active(owner), before);
  });

  test("has a slug of its own", async () => {
    const { owner, organization } = await founded();
    const { slug } = organization;
    refused(
      await owner.api.create({ name: "B", slug }),
      400,
      "ORGANIZATION_ALREADY_EXISTS",
      "Organization already exists",
    );
    refused(
      await owner.api.checkSlug({ slug }),
      400,
      "ORGANIZATION_SLUG_ALREADY_TAKEN",
      "Organization slug already taken",
    );
    assert.deepEqual(succeeded(await owner.api.checkSlug({ slug: newSlug() })), { status: true });
    const other = await founded();
    refused(
      await other.owner.api.update({ data: { slug } }),
      400,
      "ORGANIZATION_SLUG_ALREADY_TAKEN",
    );
  });

  test("needs a name and a slug", async () => {
    const owner = await person();
    refused(await owner.api.create({ name: "", slug: "" }), 400, "VALIDATION_ERROR");
    assert.match(owner.device.last.json.message, /^\[body\.name\] .*; \[body\.slug\] /);
    refused(await owner.api.create({ name: "Acme" }), 400, "VALIDATION_ERROR");
  });

  test("is made, deleted and looked up by who is signed in", async () => {
    const { organization: api } = newDevice().client;
    refused(await api.create({ name: "A", slug: newSlug() }), 401, null);
    refused(await api.delete({ organizationId: "x" }), 401, null);
    refused(await api.update({ organizationId: "x", data: { name: "A" } }), 401, null, "User not found");
    for (const call of [
      api.list(),
      api.checkSlug({ slug: newSlug() }),
      api.setActive({ organizationId: "x" }),
      api.getOrganization({ query: {} }),
      api.getFullOrganization(),
      api.hasPermission({ permissions: { member: ["create"] } }),
    ]) {
      refused(await call, 401, "UNAUTHORIZED", "Unauthorized");
    }
  });

  test("is listed for its members, in order of joining", async () => {
    const { owner, organization } = await founded();
    const second = succeeded(await owner.api.create({ name: "Second", slug: newSlug() }));
    const list = succeeded(await owner.api.list());
    assert.deepEqual(
      list.map(({ id }) => id),
      [organization.id, second.id],
    );
    assert.deepEqual(keys(list[0]), ORGANIZATION);
    assert.deepEqual(succeeded(await (await person()).api.list()), []);
  });

  test("has an object as metadata in every answer", differs("it is JSON text in most"), async () => {
    const { owner, id } = await founded();
    const { api } = owner;
    const plan = { plan: "pro" };
    assert.deepEqual(succeeded(await api.list())[0].metadata, plan);
    assert.deepEqual(succeeded(await api.getOrganization({ query: {} })).metadata, plan);
    assert.deepEqual(succeeded(await api.getFullOrganization()).metadata, plan);
    assert.deepEqual(succeeded(await api.setActive({ organizationId: id })).metadata, plan);
    assert.deepEqual(succeeded(await api.delete({ organizationId: id })).metadata, plan);
  });

  test("is told by id and by slug, alone and with its parts", async () => {
    const { owner, organization, id } = await founded();
    for (const query of [{ organizationId: id }, { organizationSlug: organization.slug }, {}]) {
      const alone = succeeded(await owner.api.getOrganization({ query }));
      assert.deepEqual(keys(alone), ORGANIZATION);
      assert.equal(alone.id, id);
      const full = succeeded(await owner.api.getFullOrganization({ query }));
      assert.deepEqual(keys(full), [...ORGANIZATION, "invitations", "members", "teams"].sort());
      assert.equal(full.id, id);
    }
  });

  test("is told with its members, invitations and teams", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const invitation = await invited(owner, { email: newEmail() });
    const full = succeeded(await owner.api.getFullOrganization());
    assert.deepEqual(
      full.members.map(({ user }) => user.email),
      [owner.email, member.email],
    );
    assert.deepEqual(keys(full.members[0]), [...MEMBER, "user"].sort());
    assert.deepEqual(keys(full.members[0].user), PERSON);
    assert.equal(full.invitations.find(({ status }) => status === "pending").id, invitation.id);
    assert.equal(full.teams[0].name, "Acme");
    const first = succeeded(await owner.api.getFullOrganization({ query: { membersLimit: 1 } }));
    assert.equal(first.members.length, 1);
  });

  test("has no count of members in its teams", differs("memberCount, a column that is not kept"), async () => {
    const { owner } = await founded();
    assert.deepEqual(keys(succeeded(await owner.api.getFullOrganization()).teams[0]), TEAM);
  });

  test("is null where none is active and none is asked for", async () => {
    const { api } = await person();
    assert.equal(succeeded(await api.getFullOrganization()), null);
    assert.equal(succeeded(await api.getOrganization({ query: {} })), null);
  });

  test("is nobody's who is no member", async () => {
    const { organization, id } = await founded();
    const code = "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION";
    for (const query of [{ organizationId: id }, { organizationSlug: organization.slug }]) {
      const { api } = await person();
      refused(await api.getFullOrganization({ query }), 403, code, "User is not a member of the organization");
      refused(await api.getOrganization({ query }), 403, code);
    }
    const { api } = await person();
    await refusedEach([
      [api.update({ organizationId: id, data: { name: "Mine" } }), 400, code],
      [api.delete({ organizationId: id }), 400, code],
      [api.setActive({ organizationId: id }), 403, code],
      [api.hasPermission({ organizationId: id, permissions: { member: ["create"] } }), 401, code],
      [api.getFullOrganization({ query: { organizationId: "unknown" } }), 400, "ORGANIZATION_NOT_FOUND"],
      [api.getOrganization({ query: { organizationSlug: newSlug() } }), 400, "ORGANIZATION_NOT_FOUND"],
    ]);
  });

  test("of others that is asked for leaves the active one", differs("a GET changes the session"), async () => {
    const { id } = await founded();
    const { owner } = await founded();
    const before = await active(owner);
    refused(
      await owner.api.getFullOrganization({ query: { organizationId: id } }),
      403,
      "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION",
    );
    assert.deepEqual(await active(owner), before);
  });

  test("is changed by owners and admins", async () => {
    const { owner, organization, id } = await founded();
    const data = { name: "Acme 2", slug: newSlug(), logo: "https://img.example/2.png", metadata: { plan: "free" } };
    const changed = succeeded(await owner.api.update({ organizationId: id, data }));
    assert.deepEqual(keys(changed), ORGANIZATION);
    const { name, slug, logo, metadata } = changed;
    assert.deepEqual({ name, slug, logo, metadata }, data);
    assert.equal(changed.createdAt.getTime(), organization.createdAt.getTime());
    const admin = await joined(owner, "admin");
    assert.equal(succeeded(await admin.api.update({ data: { name: "Acme 3" } })).slug, data.slug);
    const member = await joined(owner);
    refused(
      await member.api.update({ data: { name: "Mine" } }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION",
      "You are not allowed to update this organization",
    );
    refused(await owner.api.update({ data: { name: "" } }), 400, "VALIDATION_ERROR");
    const nowhere = await person();
    refused(await nowhere.api.update({ data: { name: "X" } }), 400, "ORGANIZATION_NOT_FOUND", "Organization not found");
  });

  test("is what it was after an empty change", differs("it fails"), async () => {
    const { owner, organization } = await founded();
    const { name, slug, metadata } = succeeded(await owner.api.update({ data: {} }));
    assert.deepEqual({ name, slug, metadata }, { name: "Acme", slug: organization.slug, metadata: { plan: "pro" } });
  });

  test("is deleted by its owner alone, and is nobody's active one then", async () => {
    const { owner, organization, id } = await founded();
    const admin = await joined(owner, "admin");
    refused(
      await admin.api.delete({ organizationId: id }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION",
      "You are not allowed to delete this organization",
    );
    refused(await owner.api.delete({ organizationId: "" }), 400, "ORGANIZATION_NOT_FOUND");
    assert.equal(succeeded(await owner.api.delete({ organizationId: id })).slug, organization.slug);
    assert.deepEqual(succeeded(await owner.api.list()), []);
    assert.deepEqual(succeeded(await admin.api.list()), []);
    assert.equal((await active(owner)).organization, null);
    assert.equal(succeeded(await owner.api.getFullOrganization()), null);
    assert.deepEqual(succeeded(await owner.api.checkSlug({ slug: organization.slug })), { status: true });
    refused(
      await owner.api.delete({ organizationId: id }),
      400,
      "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION",
    );
  });
});

describe("the active organization", () => {
  test("is chosen by id or slug, and given up with null", async () => {
    const { owner, organization, id } = await founded();
    assert.equal(succeeded(await owner.api.setActive({ organizationId: null })), null);
    assert.equal((await active(owner)).organization, null);
    for (const choice of [{ organizationSlug: organization.slug }, { organizationId: id }]) {
      const chosen = succeeded(await owner.api.setActive(choice));
      assert.deepEqual(keys(chosen), ORGANIZATION);
      assert.equal(chosen.id, id);
      assert.equal((await active(owner)).organization, id);
      succeeded(await owner.api.setActive({ organizationId: null }));
    }
  });

  test("is none after asking for that of others", async () => {
    const { id } = await founded();
    const { owner } = await founded();
    refused(
      await owner.api.setActive({ organizationId: id }),
      403,
      "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION",
      "User is not a member of the organization",
    );
    assert.equal((await active(owner)).organization, null);
    refused(await owner.api.setActive({ organizationSlug: newSlug() }), 400, "ORGANIZATION_NOT_FOUND");
    assert.equal(await isSignedIn(owner), true);
  });

  test("takes the active team with it", differs("the team of the former one stays"), async () => {
    const { owner, id } = await founded();
    const second = succeeded(
      await owner.api.create({ name: "B", slug: newSlug(), keepCurrentActiveOrganization: true }),
    );
    succeeded(await owner.api.setActive({ organizationId: second.id }));
    assert.deepEqual(await active(owner), { organization: second.id, team: null });
    succeeded(await owner.api.setActive({ organizationId: id }));
    assert.deepEqual(await active(owner), { organization: id, team: null });
  });

  test("is of one session", async () => {
    const { owner, id } = await founded();
    const phone = newDevice();
    succeeded(await phone.client.signIn.email({ email: owner.email, password: owner.password }));
    assert.equal((await active(phone)).organization, null);
    assert.equal((await active(owner)).organization, id);
  });
});

describe("permissions", () => {
  const may = async ({ api }, permissions) => succeeded(await api.hasPermission({ permissions }));

  test("are those of the roles", async () => {
    const { owner } = await founded();
    const admin = await joined(owner, "admin");
    const member = await joined(owner);
    const cases = [
      [{ organization: ["update"] }, true, true, false],
      [{ organization: ["delete"] }, true, false, false],
      [{ member: ["create", "update", "delete"] }, true, true, false],
      [{ invitation: ["create", "cancel"], team: ["create", "update", "delete"] }, true, true, false],
      [{ ac: ["read"] }, true, true, true],
      [{ organization: ["fly"] }, false, false, false],
      [{ spaceship: ["update"] }, false, false, false],
    ];
    for (const [asked, ...expected] of cases) {
      const answers = [await may(owner, asked), await may(admin, asked), await may(member, asked)];
      assert.deepEqual(
        answers,
        expected.map((success) => ({ error: null, success })),
        JSON.stringify(asked),
      );
    }
  });

  test("are asked for by either name", differs("the old name alone is refused"), async () => {
    const { owner } = await founded();
    assert.equal(
      succeeded(await owner.api.hasPermission({ permission: { organization: ["delete"] } })).success,
      true,
    );
  });

  test("need an organization, and something to ask for", async () => {
    const nowhere = await person();
    refused(
      await nowhere.api.hasPermission({ permissions: { member: ["create"] } }),
      400,
      "NO_ACTIVE_ORGANIZATION",
      "No active organization",
    );
    const { owner } = await founded();
    refused(await owner.api.hasPermission({ organizationId: "x" }), 400, "VALIDATION_ERROR");
  });
});

describe("an invitation", () => {
  test("is for one address and two days", async () => {
    const { owner, id } = await founded();
    const email = newEmail();
    const invitation = await invited(owner, { email: email.toUpperCase() });
    assert.deepEqual(keys(invitation), INVITATION);
    assert.deepEqual(
      { ...invitation, id: 0, expiresAt: 0, createdAt: 0 },
      {
        id: 0,
        expiresAt: 0,
        createdAt: 0,
        email,
        role: "member",
        status: "pending",
        teamId: null,
        organizationId: id,
        inviterId: owner.id,
      },
    );
    assert.ok(Math.abs(invitation.expiresAt - invitation.createdAt - 2 * DAY) < 5000);
    assertWireDates(owner.device.last.json);
  });

  test("is mailed with a link", async () => {
    const { owner } = await founded();
    const email = newEmail();
    const { id } = await invited(owner, { email });
    assert.ok((await mail(email, "invitation")).url.includes(id));
  });

  test("is refused while there is one, unless it is to be sent again", async () => {
    const { owner } = await founded();
    const guest = { email: newEmail() };
    const first = await invited(owner, guest);
    refused(
      await owner.api.inviteMember({ email: guest.email, role: "member" }),
      400,
      "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION",
      "User is already invited to this organization",
    );
    const again = await invited(owner, guest, { resend: true });
    assert.equal(again.id, first.id);
    assert.ok(again.expiresAt >= first.expiresAt);
  });

  test("is refused for who is a member", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    refused(
      await owner.api.inviteMember({ email: member.email, role: "member" }),
      400,
      "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION",
      "User is already a member of this organization",
    );
  });

  test("is refused with a bad role, address or team", async () => {
    const { owner } = await founded();
    const email = newEmail();
    refused(await owner.api.inviteMember({ email, role: "wizard" }), 400, null, "ROLE_NOT_FOUND: wizard");
    refused(await owner.api.inviteMember({ email: "bad", role: "member" }), 400, "INVALID_EMAIL", "Invalid email");
    refused(
      await owner.api.inviteMember({ email, role: "member", teamId: "unknown" }),
      400,
      "TEAM_NOT_FOUND",
      "Team not found",
    );
    refused(await owner.api.inviteMember({ email }), 400, "VALIDATION_ERROR");
  });

  test("is not for members to make, nor for admins to make owners with", async () => {
    const { owner, id } = await founded();
    const member = await joined(owner);
    const admin = await joined(owner, "admin");
    const email = newEmail();
    refused(
      await member.api.inviteMember({ email, role: "member" }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION",
      "You are not allowed to invite users to this organization",
    );
    refused(
      await admin.api.inviteMember({ email, role: "owner" }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE",
      "You are not allowed to invite a user with this role",
    );
    const stranger = await person();
    refused(
      await stranger.api.inviteMember({ email, role: "member", organizationId: id }),
      400,
      "MEMBER_NOT_FOUND",
      "Member not found",
    );
    refused(await stranger.api.inviteMember({ email, role: "member" }), 400, "ORGANIZATION_NOT_FOUND");
  });

  test("is shown to its recipient alone", async () => {
    const { owner, organization } = await founded();
    const guest = await person();
    const { id } = await invited(owner, guest);
    const seen = succeeded(await guest.api.getInvitation({ query: { id } }));
    assert.deepEqual(
      keys(seen),
      [...INVITATION, "organizationName", "organizationSlug", "inviterEmail"].sort(),
    );
    assert.equal(seen.organizationName, "Acme");
    assert.equal(seen.organizationSlug, organization.slug);
    assert.equal(seen.inviterEmail, owner.email);
    refused(
      await owner.api.getInvitation({ query: { id } }),
      403,
      "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION",
      "You are not the recipient of the invitation",
    );
    refused(
      await newDevice().client.organization.getInvitation({ query: { id } }),
      401,
      null,
      "Not authenticated",
    );
  });

  test("is accepted once", async () => {
    const { owner, id } = await founded();
    const guest = await person();
    const invitation = await invited(owner, guest, { role: ["member", "admin"] });
    assert.equal(invitation.role, "member,admin");
    const invitationId = invitation.id;
    refused(
      await owner.api.acceptInvitation({ invitationId }),
      403,
      "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION",
    );
    const accepted = succeeded(await guest.api.acceptInvitation({ invitationId }));
    assert.deepEqual(keys(accepted), ["invitation", "member"]);
    assert.deepEqual(accepted.invitation, { ...invitation, status: "accepted" });
    assert.deepEqual(keys(accepted.member), MEMBER);
    assert.equal(accepted.member.role, "member,admin");
    assert.equal((await active(guest)).organization, id);
    await refusedEach([
      [guest.api.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND", "Invitation not found"],
      [guest.api.rejectInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND", "Invitation not found!"],
    ]);
    refused(await guest.api.getInvitation({ query: { id: invitationId } }), 400, "INVITATION_NOT_FOUND");
  });

  test("to a team leads into it", async () => {
    const { owner } = await founded();
    const team = succeeded(await owner.api.createTeam({ name: "Dev" }));
    const guest = await person();
    const invitation = await invited(owner, guest, { teamId: team.id });
    assert.equal(invitation.teamId, team.id);
    succeeded(await guest.api.acceptInvitation({ invitationId: invitation.id }));
    assert.equal((await active(guest)).team, team.id);
    assert.deepEqual(
      succeeded(await guest.api.listUserTeams()).map(({ id }) => id),
      [team.id],
    );
  });

  test("is rejected by its recipient", async () => {
    const { owner } = await founded();
    const guest = await person();
    const invitation = await invited(owner, guest);
    const invitationId = invitation.id;
    refused(
      await owner.api.rejectInvitation({ invitationId }),
      403,
      "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION",
    );
    assert.deepEqual(succeeded(await guest.api.rejectInvitation({ invitationId })), {
      invitation: { ...invitation, status: "rejected" },
      member: null,
    });
    refused(await guest.api.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");
    assert.deepEqual(succeeded(await guest.api.list()), []);
  });

  test("is canceled by those who can invite", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const guest = await person();
    const invitation = await invited(owner, guest);
    const invitationId = invitation.id;
    refused(
      await member.api.cancelInvitation({ invitationId }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION",
      "You are not allowed to cancel this invitation",
    );
    refused(await guest.api.cancelInvitation({ invitationId }), 400, "MEMBER_NOT_FOUND");
    assert.deepEqual(succeeded(await owner.api.cancelInvitation({ invitationId })), {
      ...invitation,
      status: "canceled",
    });
    refused(await guest.api.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");
    refused(await owner.api.cancelInvitation({ invitationId: "unknown" }), 400, "INVITATION_NOT_FOUND");
  });

  test("that is answered cannot be canceled", differs("an accepted one becomes a canceled one"), async () => {
    const { owner } = await founded();
    const guest = await person();
    const invitationId = (await invited(owner, guest)).id;
    succeeded(await guest.api.acceptInvitation({ invitationId }));
    refused(await owner.api.cancelInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");
  });

  test("is listed for those who can invite", async () => {
    const { owner, id } = await founded();
    const member = await joined(owner);
    const open = await invited(owner, { email: newEmail() });
    const list = succeeded(await owner.api.listInvitations());
    assert.deepEqual(
      list.map(({ status }) => status),
      ["accepted", "pending"],
    );
    assert.deepEqual(list[1], open);
    refused(
      await member.api.listInvitations(),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS",
      "You are not allowed to list invitations for this organization",
    );
    const stranger = await person();
    refused(
      await stranger.api.listInvitations({ query: { organizationId: id } }),
      403,
      null,
      "You are not a member of this organization",
    );
    refused(await stranger.api.listInvitations(), 400, null, "Organization ID is required");
  });

  test("is listed for its recipient, whose address is verified", async () => {
    const { owner } = await founded();
    const guest = await person();
    const { id } = await invited(owner, guest);
    refused(
      await guest.api.listUserInvitations(),
      403,
      "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION",
      "Email verification required to view or list invitations for the session email",
    );
    succeeded(await guest.client.sendVerificationEmail({ email: guest.email }));
    const token = new URL((await mail(guest.email, "verify-email")).url).searchParams.get("token");
    succeeded(await guest.client.verifyEmail({ query: { token } }));
    const list = succeeded(await guest.api.listUserInvitations());
    assert.equal(list.length, 1);
    assert.equal(list[0].id, id);
    assert.equal(list[0].organizationName, "Acme");
    refused(
      await guest.api.listUserInvitations({ query: { email: owner.email } }),
      400,
      null,
      "User email cannot be passed for client side API calls.",
    );
  });

  test("is answered by who is signed in", async () => {
    const { organization: api } = newDevice().client;
    const invitationId = "x";
    for (const call of [
      api.inviteMember({ email: newEmail(), role: "member", organizationId: "x" }),
      api.acceptInvitation({ invitationId }),
      api.rejectInvitation({ invitationId }),
      api.cancelInvitation({ invitationId }),
      api.listInvitations(),
    ]) {
      refused(await call, 401, "UNAUTHORIZED", "Unauthorized");
    }
    refused(
      await api.listUserInvitations(),
      400,
      null,
      "Missing session headers, or email query parameter.",
    );
  });
});

describe("a member", () => {
  test("sees itself and its role", async () => {
    const { owner, id } = await founded();
    const member = await joined(owner);
    const self = succeeded(await member.api.getActiveMember());
    assert.deepEqual(keys(self), [...MEMBER, "user"].sort());
    assert.deepEqual(keys(self.user), PERSON);
    assert.equal(self.id, member.memberId);
    assert.equal(self.organizationId, id);
    assert.equal(self.user.email, member.email);
    const role = async (query) => succeeded(await member.api.getActiveMemberRole({ query }));
    assert.deepEqual(await role({}), { role: "member" });
    assert.deepEqual(await role({ userId: owner.id }), { role: "owner" });
    assert.deepEqual(await role({ organizationId: id }), { role: "member" });
  });

  test("is one of an active organization", async () => {
    const { api } = await person();
    await refusedEach([
      [api.getActiveMember(), 400, "NO_ACTIVE_ORGANIZATION", "No active organization"],
      [api.getActiveMemberRole(), 400, "NO_ACTIVE_ORGANIZATION"],
      [api.listMembers(), 400, "NO_ACTIVE_ORGANIZATION"],
      [api.removeMember({ memberIdOrEmail: newEmail() }), 400, "NO_ACTIVE_ORGANIZATION"],
      [api.updateMemberRole({ memberId: "x", role: "member" }), 400, "NO_ACTIVE_ORGANIZATION"],
    ]);
  });

  test("is signed in", async () => {
    const { organization: api } = newDevice().client;
    for (const call of [
      api.getActiveMember(),
      api.getActiveMemberRole(),
      api.listMembers(),
      api.removeMember({ memberIdOrEmail: "x" }),
      api.updateMemberRole({ memberId: "x", role: "member" }),
      api.leave({ organizationId: "x" }),
    ]) {
      refused(await call, 401, "UNAUTHORIZED", "Unauthorized");
    }
  });

  test("is listed, a page at a time", async () => {
    const { owner, organization } = await founded();
    const member = await joined(owner);
    const all = succeeded(await owner.api.listMembers());
    assert.deepEqual(keys(all), ["members", "total"]);
    assert.equal(all.total, 2);
    assert.deepEqual(keys(all.members[0]), [...MEMBER, "user"].sort());
    const page = succeeded(
      await owner.api.listMembers({
        query: { organizationSlug: organization.slug, limit: 1, offset: 1, sortBy: "createdAt" },
      }),
    );
    assert.equal(page.total, 2);
    assert.deepEqual(
      page.members.map(({ user }) => user.email),
      [member.email],
    );
  });

  test("is found by a field, and sorted by one", async () => {
    const { owner } = await founded();
    const admin = await joined(owner, "admin");
    const found = succeeded(
      await owner.api.listMembers({ query: { filterField: "role", filterOperator: "ne", filterValue: "owner" } }),
    );
    assert.deepEqual(
      found.members.map(({ userId }) => userId),
      [admin.id],
    );
    assert.equal(found.total, 1);
    const sorted = succeeded(
      await owner.api.listMembers({ query: { sortBy: "role", sortDirection: "desc" } }),
    );
    assert.deepEqual(
      sorted.members.map(({ role }) => role),
      ["owner", "admin"],
    );
  });

  test("is not found by what no member has", differs("it answers 500, or ignores it"), async () => {
    const { owner } = await founded();
    for (const query of [{ sortBy: "password" }, { filterField: "password", filterValue: "x" }, { limit: "abc" }]) {
      refused(await owner.api.listMembers({ query }), 400, "VALIDATION_ERROR");
    }
  });

  test("is seen by members alone", async () => {
    const { owner, organization, id } = await founded();
    const { api } = await person();
    const code = "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION";
    for (const query of [{ organizationId: id }, { organizationSlug: organization.slug }]) {
      refused(await api.listMembers({ query }), 403, code, "You are not a member of this organization");
      refused(await api.getActiveMemberRole({ query }), 403, code);
      refused(await api.getActiveMemberRole({ query: { ...query, userId: owner.id } }), 403, code);
    }
    refused(await api.listMembers({ query: { organizationSlug: newSlug() } }), 400, "ORGANIZATION_NOT_FOUND");
  });

  test("gets another role", async () => {
    const { owner } = await founded();
    const { memberId } = await joined(owner);
    const changed = succeeded(await owner.api.updateMemberRole({ memberId, role: "admin" }));
    assert.deepEqual(keys(changed), MEMBER);
    assert.equal(changed.role, "admin");
    const both = succeeded(await owner.api.updateMemberRole({ memberId, role: ["member", "admin"] }));
    assert.equal(both.role, "member,admin");
    refused(
      await owner.api.updateMemberRole({ memberId, role: "wizard" }),
      400,
      "ROLE_NOT_FOUND",
      "ROLE_NOT_FOUND: wizard",
    );
    refused(await owner.api.updateMemberRole({ memberId: "unknown", role: "admin" }), 400, "MEMBER_NOT_FOUND");
  });

  test("makes nobody more than it is itself", async () => {
    const { owner, organization } = await founded();
    const member = await joined(owner);
    const admin = await joined(owner, "admin");
    const ownerId = organization.members[0].id;
    const code = "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER";
    const message = "You are not allowed to update this member";
    await refusedEach([
      [member.api.updateMemberRole({ memberId: member.memberId, role: "admin" }), 403, code, message],
      [admin.api.updateMemberRole({ memberId: admin.memberId, role: "owner" }), 403, code],
      [admin.api.updateMemberRole({ memberId: ownerId, role: "member" }), 403, code],
    ]);
    refused(
      await owner.api.updateMemberRole({ memberId: ownerId, role: "member" }),
      400,
      "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER",
      "You cannot leave the organization without an owner",
    );
  });

  test("of another organization is unknown", differs("403, which tells that it exists"), async () => {
    const { organization } = await founded();
    const { owner } = await founded();
    const memberId = organization.members[0].id;
    refused(await owner.api.updateMemberRole({ memberId, role: "member" }), 400, "MEMBER_NOT_FOUND");
    refused(await owner.api.removeMember({ memberIdOrEmail: memberId }), 400, "MEMBER_NOT_FOUND");
  });

  test("is removed by id or address", async () => {
    const { owner } = await founded();
    const first = await joined(owner);
    const second = await joined(owner);
    const byId = succeeded(await owner.api.removeMember({ memberIdOrEmail: first.memberId }));
    assert.equal(byId.member.id, first.memberId);
    const byEmail = succeeded(await owner.api.removeMember({ memberIdOrEmail: second.email }));
    assert.deepEqual(keys(byEmail.member), [...MEMBER, "user"].sort());
    assert.equal(byEmail.member.user.email, second.email);
    assert.equal(succeeded(await owner.api.listMembers()).total, 1);
    refused(await first.api.getActiveMember(), 400, "MEMBER_NOT_FOUND", "Member not found");
    refused(await owner.api.removeMember({ memberIdOrEmail: newEmail() }), 400, "MEMBER_NOT_FOUND");
  });

  test("removes nobody, and nobody the only owner", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const admin = await joined(owner, "admin");
    refused(
      await member.api.removeMember({ memberIdOrEmail: admin.email }),
      401,
      "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER",
      "You are not allowed to delete this member",
    );
    for (const { api } of [owner, admin]) {
      refused(
        await api.removeMember({ memberIdOrEmail: owner.email }),
        400,
        "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER",
        "You cannot leave the organization as the only owner",
      );
    }
  });

  test("leaves, but not as the only owner", async () => {
    const { owner, id } = await founded();
    const member = await joined(owner);
    const left = succeeded(await member.api.leave({ organizationId: id }));
    assert.deepEqual(keys(left), [...MEMBER, "user"].sort());
    assert.equal(left.id, member.memberId);
    assert.equal((await active(member)).organization, null);
    assert.deepEqual(succeeded(await member.api.list()), []);
    refused(await member.api.leave({ organizationId: id }), 400, "MEMBER_NOT_FOUND");
    refused(
      await owner.api.leave({ organizationId: id }),
      400,
      "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER",
      "You cannot leave the organization as the only owner",
    );
    await joined(owner, "owner");
    succeeded(await owner.api.leave({ organizationId: id }));
  });
});

describe("a team", () => {
  test("is made, listed and renamed", async () => {
    const { owner, id } = await founded();
    const team = succeeded(await owner.api.createTeam({ name: "Dev" }));
    assert.deepEqual(keys(team), TEAM);
    assert.equal(team.name, "Dev");
    assert.equal(team.organizationId, id);
    const renamed = succeeded(await owner.api.updateTeam({ teamId: team.id, data: { name: "Dev 2" } }));
    assert.deepEqual(keys(renamed), TEAM);
    assert.equal(renamed.name, "Dev 2");
    assert.ok(renamed.updatedAt >= team.updatedAt);
    const list = succeeded(await owner.api.listTeams());
    assert.deepEqual(list.map(({ name }) => name).sort(), ["Acme", "Dev 2"]);
    for (const each of list) assert.deepEqual(keys(each), TEAM);
  });

  test("is removed, but neither the last nor the active one", async () => {
    const { owner } = await founded();
    const team = succeeded(await owner.api.createTeam({ name: "Dev" }));
    assert.deepEqual(succeeded(await owner.api.removeTeam({ teamId: team.id })), {
      message: "Team removed successfully.",
    });
    refused(await owner.api.removeTeam({ teamId: team.id }), 400, "TEAM_NOT_FOUND", "Team not found");
    const [last] = succeeded(await owner.api.listTeams());
    refused(
      await owner.api.removeTeam({ teamId: last.id }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM",
      "You are not allowed to delete this team",
    );
    succeeded(await owner.api.setActiveTeam({ teamId: null }));
    refused(
      await owner.api.removeTeam({ teamId: last.id }),
      400,
      "UNABLE_TO_REMOVE_LAST_TEAM",
      "Unable to remove last team",
    );
  });

  test("is not for members to make, rename or remove", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const { api } = member;
    const team = succeeded(await owner.api.createTeam({ name: "Dev" }));
    const teamId = team.id;
    const userId = member.id;
    await refusedEach([
      [
        api.createTeam({ name: "T" }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION",
        "You are not allowed to create teams in this organization",
      ],
      [
        api.updateTeam({ teamId, data: { name: "T" } }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM",
        "You are not allowed to update this team",
      ],
      [
        api.removeTeam({ teamId }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION",
        "You are not allowed to delete teams in this organization",
      ],
      [
        api.addTeamMember({ teamId, userId }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER",
        "You are not allowed to create a new member",
      ],
      [
        api.removeTeamMember({ teamId, userId }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER",
        "You are not allowed to remove a team member",
      ],
    ]);
  });

  test("is of one organization", async () => {
    const { owner, id } = await founded();
    const [team] = succeeded(await owner.api.listTeams());
    const other = await founded();
    const { api } = other.owner;
    await refusedEach([
      [api.updateTeam({ teamId: team.id, data: { name: "Mine" } }), 400, "TEAM_NOT_FOUND", "Team not found"],
      [api.removeTeam({ teamId: team.id }), 400, "TEAM_NOT_FOUND"],
      [api.setActiveTeam({ teamId: team.id }), 400, "TEAM_NOT_FOUND"],
      [
        api.listTeams({ query: { organizationId: id } }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION",
        "You are not allowed to access this organization as an owner",
      ],
      [
        api.createTeam({ name: "T", organizationId: id }),
        403,
        "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION",
      ],
      [api.listTeamMembers({ query: { teamId: team.id } }), 400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM"],
    ]);
  });

  test("takes members of the organization in, each once", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const { id: teamId } = succeeded(await owner.api.createTeam({ name: "Dev" }));
    const place = { teamId, userId: member.id };
    const added = succeeded(await owner.api.addTeamMember(place));
    assert.deepEqual(keys(added), TEAM_MEMBER);
    assert.equal(succeeded(await owner.api.addTeamMember(place)).id, added.id);
    const list = succeeded(await member.api.listTeamMembers({ query: { teamId } }));
    assert.deepEqual(list, [added]);
    const stranger = await person();
    refused(
      await owner.api.addTeamMember({ teamId, userId: stranger.id }),
      400,
      "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION",
      "User is not a member of the organization",
    );
    refused(await owner.api.addTeamMember({ teamId: "unknown", userId: member.id }), 400, "TEAM_NOT_FOUND");
  });

  test("lets members go", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const { id: teamId } = succeeded(await owner.api.createTeam({ name: "Dev" }));
    const place = { teamId, userId: member.id };
    succeeded(await owner.api.addTeamMember(place));
    assert.deepEqual(succeeded(await owner.api.removeTeamMember(place)), {
      message: "Team member removed successfully.",
    });
    assert.deepEqual(succeeded(await member.api.listUserTeams()), []);
    refused(await member.api.listTeamMembers({ query: { teamId } }), 400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM");
  });

  test("is active for its members", async () => {
    const { owner } = await founded();
    const member = await joined(owner);
    const { id: teamId } = succeeded(await owner.api.createTeam({ name: "Dev" }));
    refused(
      await member.api.setActiveTeam({ teamId }),
      403,
      "USER_IS_NOT_A_MEMBER_OF_THE_TEAM",
      "User is not a member of the team",
    );
    refused(
      await member.api.listTeamMembers(),
      400,
      "YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM",
      "You do not have an active team",
    );
    succeeded(await owner.api.addTeamMember({ teamId, userId: member.id }));
    const chosen = succeeded(await member.api.setActiveTeam({ teamId }));
    assert.deepEqual(keys(chosen), TEAM);
    assert.equal((await active(member)).team, teamId);
    assert.equal(succeeded(await member.api.listTeamMembers()).length, 1);
    assert.equal(succeeded(await member.api.setActiveTeam({ teamId: null })), null);
    assert.equal((await active(member)).team, null);
  });

  test("is listed for its member, and for those who can change members", async () => {
    const { owner, id } = await founded();
    const member = await joined(owner);
    const { id: teamId } = succeeded(await owner.api.createTeam({ name: "Dev" }));
    succeeded(await owner.api.addTeamMember({ teamId, userId: member.id }));
    const query = { userId: member.id, organizationId: id };
    for (const list of [await member.api.listUserTeams(), await owner.api.listUserTeams({ query })]) {
      assert.deepEqual(
        succeeded(list).map((team) => team.id),
        [teamId],
      );
    }
    refused(
      await member.api.listUserTeams({ query: { userId: owner.id } }),
      403,
      "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER",
    );
  });

  test("is reached by who is signed in, in an organization", async () => {
    const { organization: api } = newDevice().client;
    refused(await api.createTeam({ name: "T" }), 401, null);
    refused(await api.removeTeam({ teamId: "x", organizationId: "x" }), 401, null);
    const place = { teamId: "x", userId: "x" };
    for (const call of [
      api.listTeams(),
      api.updateTeam({ teamId: "x", data: { name: "T" } }),
      api.setActiveTeam({ teamId: "x" }),
      api.listUserTeams(),
      api.listTeamMembers(),
      api.addTeamMember(place),
      api.removeTeamMember(place),
    ]) {
      refused(await call, 401, "UNAUTHORIZED", "Unauthorized");
    }
    const nowhere = (await person()).api;
    refused(await nowhere.createTeam({ name: "T" }), 400, "NO_ACTIVE_ORGANIZATION");
    refused(await nowhere.listTeams(), 400, "NO_ACTIVE_ORGANIZATION");
  });
});

test("an organization's routes are of one method", async () => {
  const { device } = await person();
  const headers = { cookie: device.cookieHeader, origin: device.origin };
  assert.equal((await wire("GET", "/organization/create", { headers })).status, 404);
  assert.equal((await wire("POST", "/organization/list", { headers, json: {} })).status, 404);
});
