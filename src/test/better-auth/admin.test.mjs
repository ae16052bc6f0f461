import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { adminClient } from "better-auth/client/plugins";
import {
  Device,
  ORIGIN,
  PASSWORD,
  SESSION_COOKIE,
  assertUser,
  assertWireDates,
  differs,
  isSignedIn,
  newEmail,
  refused,
  signIn,
  signUp,
  succeeded,
  wire,
} from "./device.mjs";

const secure = SESSION_COOKIE.startsWith("__Secure-") ? "__Secure-" : "";
const ADMIN_SESSION = `${secure}better-auth.admin_session`;
const NOBODY = "00000000-0000-7000-8000-000000000000";

const credentials = {
  email: process.env.ROSTER_ADMIN_EMAIL ?? "admin@example.com",
  password: process.env.ROSTER_ADMIN_PASSWORD ?? PASSWORD,
};

const device = () => new Device({ plugins: [adminClient()] });

/** The administrator on a device of its own. */
const administrator = () => signIn(credentials, {}, device());
const someone = (fields) => signUp(fields, device());

describe("the admin plugin", () => {
  let root;
  let admin;

  before(async () => {
    root = await administrator();
    admin = root.client.admin;
  });

  describe("for who is no administrator", () => {
    const calls = {
      "list-users": (client) => client.listUsers({ query: {} }),
      "get-user": (client) => client.getUser({ query: { id: NOBODY } }),
      "create-user": (client) => client.createUser({ email: newEmail(), name: "X", password: PASSWORD }),
      "update-user": (client) => client.updateUser({ userId: NOBODY, data: { name: "X" } }),
      "set-role": (client) => client.setRole({ userId: NOBODY, role: "admin" }),
      "ban-user": (client) => client.banUser({ userId: NOBODY }),
      "unban-user": (client) => client.unbanUser({ userId: NOBODY }),
      "list-user-sessions": (client) => client.listUserSessions({ userId: NOBODY }),
      "revoke-user-session": (client) => client.revokeUserSession({ sessionToken: "x" }),
      "revoke-user-sessions": (client) => client.revokeUserSessions({ userId: NOBODY }),
      "remove-user": (client) => client.removeUser({ userId: NOBODY }),
      "set-user-password": (client) => client.setUserPassword({ userId: NOBODY, newPassword: PASSWORD }),
      "impersonate-user": (client) => client.impersonateUser({ userId: NOBODY }),
    };
    const codes = {
      "list-users": "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS",
      "get-user": "YOU_ARE_NOT_ALLOWED_TO_GET_USER",
      "create-user": "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS",
      "update-user": "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS",
      "set-role": "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE",
      "ban-user": "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
      "unban-user": "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
      "list-user-sessions": "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS",
      "revoke-user-session": "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS",
      "revoke-user-sessions": "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS",
      "remove-user": "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS",
      "set-user-password": "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD",
      "impersonate-user": "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS",
    };
    let ada;
    before(async () => {
      ada = await someone();
    });
    for (const [name, call] of Object.entries(calls)) {
      test(`refuses ${name} by its own code, and to nobody by 401`, async () => {
        refused(await call(ada.client.admin), 403, codes[name]);
        const { error } = await call(device().client.admin);
        assert.equal(error.status, 401);
      });
    }

    test("says that it may nothing, and has nothing to stop", async () => {
      const asked = await ada.client.admin.hasPermission({ permissions: { user: ["ban"] } });
      assert.deepEqual(succeeded(asked), { error: null, success: false });
      refused(await ada.client.admin.stopImpersonating(), 400, null, "You are not impersonating anyone");
    });
  });

  describe("list-users", () => {
    test("finds by a part of the address, page by page, sorted", async () => {
      const mark = `m${Date.now()}`;
      for (const name of ["Ada", "Bea", "Cid"]) await someone({ name, email: `${mark}-${newEmail()}` });
      const query = {
        searchValue: mark,
        searchField: "email",
        searchOperator: "starts_with",
        sortBy: "name",
        sortDirection: "desc",
      };
      const first = succeeded(await admin.listUsers({ query: { ...query, limit: 2 } }));
      assert.deepEqual(first.users.map(({ name }) => name), ["Cid", "Bea"]);
      assert.equal(first.total, 3);
      assert.equal(first.limit, 2);
      assertWireDates(root.device.last.json);
      const second = succeeded(await admin.listUsers({ query: { ...query, limit: 2, offset: 2 } }));
      assert.deepEqual(second.users.map(({ name }) => name), ["Ada"]);
      assert.equal(second.offset, 2);
    });

    test("filters by a member", async () => {
      const ada = await someone();
      const found = await admin.listUsers({
        query: { filterField: "email", filterValue: ada.email, filterOperator: "eq" },
      });
      assert.deepEqual(succeeded(found).users.map(({ id }) => id), [ada.user.id]);
    });

    test("shows who is banned by a filter on it", async () => {
      const ada = await someone();
      succeeded(await admin.banUser({ userId: ada.user.id }));
      const { users } = succeeded(
        await admin.listUsers({ query: { filterField: "banned", filterValue: true, limit: 1000 } }),
      );
      assert.ok(users.every(({ banned }) => banned === true));
    });

    test("refuses a column that there is not", differs("500 from its database"), async () => {
      refused(await admin.listUsers({ query: { sortBy: "nonsense" } }), 400, "VALIDATION_ERROR");
      const filter = { filterField: "nonsense", filterValue: "x" };
      refused(await admin.listUsers({ query: filter }), 400, "VALIDATION_ERROR");
    });
  });

  describe("get-user", () => {
    test("shows one", async () => {
      const ada = await someone();
      const user = succeeded(await admin.getUser({ query: { id: ada.user.id } }));
      assertUser(user, ada);
      assert.equal(user.role, "user");
      assert.equal(user.banned, false);
    });

    test("knows nobody by what is no id of a user", async () => {
      for (const id of [NOBODY, "nobody"]) {
        refused(await admin.getUser({ query: { id } }), 404, "USER_NOT_FOUND", "User not found");
      }
    });
  });

  describe("create-user", () => {
    test("makes one who can sign in", async () => {
      const account = { email: newEmail(), password: "first-password-of-it", name: "Made" };
      const { user } = succeeded(await admin.createUser({ ...account, role: "user" }));
      assertUser(user, { ...account });
      assert.equal(user.role, "user");
      assert.equal((await signIn(account)).user.id, user.id);
    });

    test("makes one without a password, who cannot", async () => {
      const email = newEmail();
      succeeded(await admin.createUser({ email, name: "Made" }));
      refused(
        await device().client.signIn.email({ email, password: PASSWORD }),
        401,
        "INVALID_EMAIL_OR_PASSWORD",
      );
    });

    test("refuses a taken address, and what is none", async () => {
      const { email } = await someone();
      const taken = await admin.createUser({ email, name: "X", password: PASSWORD });
      refused(taken, 400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
      refused(await admin.createUser({ email: "bad", name: "X", password: PASSWORD }), 400, "INVALID_EMAIL");
    });

    test("refuses a role that there is not", differs("it takes any text for a role"), async () => {
      const made = await admin.createUser({ email: newEmail(), name: "X", password: PASSWORD, role: "emperor" });
      refused(made, 400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE");
    });

    test("refuses members that only the service sets", differs("it stores them"), async () => {
      const made = await admin.createUser({
        email: newEmail(),
        name: "X",
        password: PASSWORD,
        data: { createdAt: "2001-01-01T00:00:00.000Z" },
      });
      assert.equal(made.error.status, 400);
    });
  });

  describe("update-user", () => {
    test("changes the name", async () => {
      const ada = await someone();
      const user = succeeded(await admin.updateUser({ userId: ada.user.id, data: { name: "New" } }));
      assert.equal(user.name, "New");
      assert.equal(succeeded(await ada.client.getSession({ query: { disableCookieCache: true } })).user.name, "New");
    });

    test("refuses no data, a password and somebody who is not", async () => {
      const ada = await someone();
      const change = (data, userId = ada.user.id) => admin.updateUser({ userId, data });
      refused(await change({}), 400, "NO_DATA_TO_UPDATE", "No data to update");
      refused(await change({ password: PASSWORD }), 400, "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER");
      refused(await change({ name: "X" }, NOBODY), 404, "USER_NOT_FOUND");
    });
  });

  describe("set-role", () => {
    test("gives and takes what an administrator may", async () => {
      const ada = await someone();
      const given = succeeded(await admin.setRole({ userId: ada.user.id, role: "admin" }));
      assert.equal(given.user.role, "admin");
      assert.ok(succeeded(await ada.client.admin.listUsers({ query: { limit: 1 } })).users.length === 1);
      const both = succeeded(await admin.setRole({ userId: ada.user.id, role: ["user", "admin"] }));
      assert.equal(both.user.role, "user,admin");
      succeeded(await admin.setRole({ userId: ada.user.id, role: "user" }));
      refused(await ada.client.admin.listUsers({ query: {} }), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
    });

    test("refuses a role that there is not", differs("it takes any text for a role"), async () => {
      const ada = await someone();
      const unknown = await admin.setRole({ userId: ada.user.id, role: "emperor" });
      refused(unknown, 400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE");
    });

    test("refuses a user that there is not", async () => {
      refused(await admin.setRole({ userId: NOBODY, role: "user" }), 404, "USER_NOT_FOUND");
    });
  });

  describe("ban-user and unban-user", () => {
    test("keep out and let in again", async () => {
      const ada = await someone();
      const banned = succeeded(
        await admin.banUser({ userId: ada.user.id, banReason: "spam", banExpiresIn: 3600 }),
      );
      assert.deepEqual(
        { banned: banned.user.banned, reason: banned.user.banReason },
        { banned: true, reason: "spam" },
      );
      const hour = new Date(banned.user.banExpires) - Date.now();
      assert.ok(hour > 3500e3 && hour <= 3600e3, String(hour));
      assert.equal(await isSignedIn(ada), false);
      const { email, password } = ada;
      refused(await device().client.signIn.email({ email, password }), 403, "BANNED_USER");
      const free = succeeded(await admin.unbanUser({ userId: ada.user.id }));
      assert.deepEqual(
        { banned: free.user.banned, reason: free.user.banReason, until: free.user.banExpires },
        { banned: false, reason: null, until: null },
      );
      await signIn(ada);
    });

    test("have a reason in any case, and refuse oneself and nobody", async () => {
      const ada = await someone();
      assert.equal(succeeded(await admin.banUser({ userId: ada.user.id })).user.banReason, "No reason");
      refused(await admin.banUser({ userId: root.user.id }), 400, "YOU_CANNOT_BAN_YOURSELF");
      refused(await admin.banUser({ userId: NOBODY }), 404, "USER_NOT_FOUND");
      refused(await admin.unbanUser({ userId: NOBODY }), 404, "USER_NOT_FOUND");
    });
  });

  describe("sessions of a user", () => {
    test("are listed, and ended one by one by what the list shows", async () => {
      const ada = await someone();
      const second = await signIn(ada);
      const { sessions } = succeeded(await admin.listUserSessions({ userId: ada.user.id }));
      assert.equal(sessions.length, 2);
      assertWireDates(root.device.last.json);
      for (const { token } of sessions) {
        assert.deepEqual(succeeded(await admin.revokeUserSession({ sessionToken: token })), { success: true });
      }
      assert.equal(await isSignedIn(ada), false);
      assert.equal(await isSignedIn(second), false);
    });

    test("are listed without what signs in", differs("it lists the tokens themselves"), async () => {
      const ada = await someone();
      succeeded(await admin.listUserSessions({ userId: ada.user.id }));
      assert.ok(!root.device.last.text.includes(ada.token));
    });

    test("end all at once", async () => {
      const ada = await someone();
      const second = await signIn(ada);
      assert.deepEqual(succeeded(await admin.revokeUserSessions({ userId: ada.user.id })), { success: true });
      assert.equal(await isSignedIn(ada), false);
      assert.equal(await isSignedIn(second), false);
    });

    test("of nobody are none, and ending none is done", async () => {
      assert.deepEqual(succeeded(await admin.listUserSessions({ userId: NOBODY })), { sessions: [] });
      assert.deepEqual(succeeded(await admin.revokeUserSessions({ userId: NOBODY })), { success: true });
      assert.deepEqual(succeeded(await admin.revokeUserSession({ sessionToken: "x" })), { success: true });
    });
  });

  describe("remove-user", () => {
    test("removes one, whose address is free then", async () => {
      const ada = await someone();
      assert.deepEqual(succeeded(await admin.removeUser({ userId: ada.user.id })), { success: true });
      assert.equal(await isSignedIn(ada), false);
      refused(await admin.getUser({ query: { id: ada.user.id } }), 404, "USER_NOT_FOUND");
      await someone({ email: ada.email });
    });

    test("never removes oneself, nor nobody", async () => {
      refused(await admin.removeUser({ userId: root.user.id }), 400, "YOU_CANNOT_REMOVE_YOURSELF");
      refused(await admin.removeUser({ userId: NOBODY }), 404, "USER_NOT_FOUND");
    });
  });

  describe("set-user-password", () => {
    test("sets the one to sign in by", async () => {
      const ada = await someone();
      const password = "a-new-password-of-hers";
      const done = await admin.setUserPassword({ userId: ada.user.id, newPassword: password });
      assert.deepEqual(succeeded(done), { status: true });
      refused(
        await device().client.signIn.email({ email: ada.email, password: PASSWORD }),
        401,
        "INVALID_EMAIL_OR_PASSWORD",
      );
      await signIn({ ...ada, password });
    });

    test("refuses a bad one, and nobody", async () => {
      const set = (newPassword, userId = NOBODY) => admin.setUserPassword({ userId, newPassword });
      refused(await set("short"), 400, "PASSWORD_TOO_SHORT");
      refused(await set("x".repeat(129)), 400, "PASSWORD_TOO_LONG");
      refused(await set(PASSWORD), 404, "USER_NOT_FOUND");
    });
  });

  describe("has-permission", () => {
    test("says what the administrator may, and what is no permission", async () => {
      const may = async (permissions) => succeeded(await admin.hasPermission({ permissions })).success;
      assert.equal(await may({ user: ["ban", "list"], session: ["revoke"] }), true);
      assert.equal(await may({ user: ["fly"] }), false);
    });
  });

  describe("impersonate-user", () => {
    test("acts as the user, and goes back as the administrator", async () => {
      const own = await administrator();
      const ada = await someone();
      const begun = succeeded(await own.client.admin.impersonateUser({ userId: ada.user.id }));
      assert.equal(begun.user.id, ada.user.id);
      assert.equal(begun.session.impersonatedBy, own.user.id);
      const lasts = new Date(begun.session.expiresAt) - Date.now();
      assert.ok(lasts > 3500e3 && lasts <= 3600e3, String(lasts));
      assert.ok(own.device.cookie(ADMIN_SESSION));
      assert.equal(succeeded(await own.client.getSession()).user.id, ada.user.id);
      refused(await own.client.admin.listUsers({ query: {} }), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
      const back = succeeded(await own.client.admin.stopImpersonating());
      assert.equal(back.user.id, own.user.id);
      assert.equal(own.device.cookie(ADMIN_SESSION), undefined);
      assert.equal(succeeded(await own.client.getSession()).user.id, own.user.id);
    });

    test("is never of an administrator or nobody", async () => {
      const ada = await someone();
      succeeded(await admin.setRole({ userId: ada.user.id, role: "admin" }));
      refused(await admin.impersonateUser({ userId: ada.user.id }), 403, "YOU_CANNOT_IMPERSONATE_ADMINS");
      succeeded(await admin.setRole({ userId: ada.user.id, role: "user" }));
      refused(await admin.impersonateUser({ userId: NOBODY }), 404, "USER_NOT_FOUND");
    });
  });

  test("answers a stranger's request without a body", async () => {
    const answer = await wire("POST", "/admin/ban-user", {
      headers: { origin: ORIGIN },
      json: { userId: NOBODY },
    });
    assert.equal(answer.status, 401);
    assert.equal(answer.text, "");
  });
});
