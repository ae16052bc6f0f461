// What a user interface sees. The client keeps its session store alive and follows redirects only
// where there is a window, so this file, a process of its own, pretends there is one.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { Device, assertUser, refused, signUp, succeeded } from "./device.mjs";

globalThis.window = { location: {} };
const mounted = [];
afterEach(() => {
  // The store of a mounted client would keep the process alive.
  for (const unsubscribe of mounted.splice(0)) unsubscribe();
  window.location = {};
});

/** Mounts useSession as a component does; `until` resolves with the first state that fits. */
function mount({ client }) {
  const waiting = new Set();
  let state;
  const settle = (entry) => entry.fits(state) && waiting.delete(entry) && entry.resolve(state);
  mounted.push(
    client.useSession.subscribe((next) => {
      state = next;
      for (const entry of waiting) settle(entry);
    }),
  );
  return {
    until: (fits) =>
      new Promise((resolve) => {
        const entry = { resolve, fits: (now) => !now.isPending && !now.isRefetching && fits(now) };
        waiting.add(entry);
        settle(entry);
      }),
  };
}

const signedIn = ({ data }) => data !== null;
const signedOut = ({ data, error }) => data === null && error === null;

describe("useSession", { timeout: 120_000 }, () => {
  test("follows sign-up, update-user, sign-out and sign-in", async () => {
    const device = new Device();
    const store = mount(device);
    await store.until(signedOut);

    const ada = await signUp({}, device);
    const { data } = await store.until(signedIn);
    assertUser(data.user, ada);
    assert.equal(data.session.token, ada.token);

    succeeded(await device.client.updateUser({ name: "Renamed" }));
    await store.until(({ data: now }) => now?.user.name === "Renamed");

    succeeded(await device.client.signOut());
    await store.until(signedOut);

    succeeded(await device.client.signIn.email({ email: ada.email, password: ada.password }));
    await store.until(signedIn);
  });

  test("is empty after revoke-sessions and after delete-user", async () => {
    for (const end of [(client) => client.revokeSessions(), (client) => client.deleteUser()]) {
      const device = new Device();
      const store = mount(device);
      await signUp({}, device);
      await store.until(signedIn);
      succeeded(await end(device.client));
      await store.until(signedOut);
    }
  });

  test("stays as it is when a sign-in is refused", async () => {
    const device = new Device();
    const store = mount(device);
    const ada = await signUp({}, device);
    await store.until(signedIn);
    const wrong = { email: ada.email, password: "wrong-password" };
    refused(await device.client.signIn.email(wrong), 401, "INVALID_EMAIL_OR_PASSWORD");
    assert.equal((await store.until(signedIn)).data.user.id, ada.user.id);
  });
});

describe("the browser goes", () => {
  test("to callbackURL after a sign-in", async () => {
    const { email, password } = await signUp();
    succeeded(await new Device().client.signIn.email({ email, password, callbackURL: "/dash" }));
    assert.equal(window.location.href, "/dash");
  });

  test("nowhere without one", async () => {
    const { email, password } = await signUp();
    succeeded(await new Device().client.signIn.email({ email, password }));
    assert.equal(window.location.href, undefined);
  });
});
