// A browser profile: the official client over a fetch that keeps cookies, which can be saved and brought back.
import { apiKeyClient } from "@better-auth/api-key/client";
import { createAuthClient } from "better-auth/client";
import {
  adminClient,
  multiSessionClient,
  organizationClient,
  twoFactorClient,
  usernameClient,
} from "better-auth/client/plugins";
import { createHmac } from "node:crypto";

export const PASSWORD = "correct-horse-battery";

export class Browser {
  /** @param url of the server; its public origin may be another */
  constructor(url, { origin = url, cookies = {} } = {}) {
    this.cookies = { ...cookies };
    this.origin = origin;
    this.client = createAuthClient({
      baseURL: url,
      plugins: [
        usernameClient(),
        adminClient(),
        organizationClient({ teams: { enabled: true } }),
        twoFactorClient(),
        apiKeyClient(),
        multiSessionClient(),
      ],
      fetchOptions: { customFetchImpl: (target, init) => this.fetch(target, init) },
    });
  }

  async fetch(target, init = {}) {
    const headers = new Headers(init.headers);
    headers.set("origin", this.origin);
    headers.set("user-agent", "takeover/1.0");
    const cookie = Object.entries(this.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    if (cookie) headers.set("cookie", cookie);
    const response = await fetch(target, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(";").map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf("="));
      if (attributes.includes("Max-Age=0")) delete this.cookies[name];
      else this.cookies[name] = pair.slice(name.length + 1);
    }
    return response;
  }
}

export function ok({ data, error }, what) {
  if (error) throw new Error(`${what}: ${JSON.stringify(error)}`);
  return data;
}

/** RFC 6238 with the usual parameters, from an otpauth URI's secret. */
export function totp(uri, at = Date.now()) {
  const base32 = new URL(uri).searchParams.get("secret");
  let bits = "";
  for (const c of base32) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, "0");
}
