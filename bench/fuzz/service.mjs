// A PostgreSQL and a packaged service of the fuzz's own, and those who call it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const PASSWORD = "correct-horse-battery";

export class Service {
  constructor({ bin, dir, pgPort, port, command, env = {} }) {
    Object.assign(this, { bin, dir, pgPort, port, command, env, origin: `http://localhost:${port}`, users: 0 });
  }

  #pg(program, ...args) {
    const path = `${this.bin}/${program}`;
    const [file, before] = process.getuid() === 0 ? ["runuser", ["-u", "postgres", "--", path]] : [path, []];
    return execFileSync(file, [...before, ...args], { encoding: "utf8", cwd: "/tmp" });
  }

  sql(text) {
    return this.#pg("psql", "-h", "127.0.0.1", "-p", this.pgPort, "-d", "postgres", "-U", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text).trim();
  }

  async start() {
    rmSync(this.dir, { recursive: true, force: true });
    mkdirSync(this.dir, { recursive: true });
    if (process.getuid() === 0) execFileSync("chown", ["postgres", this.dir]);
    this.#pg("initdb", "-D", `${this.dir}/data`, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N");
    this.#pg("pg_ctl", "-D", `${this.dir}/data`, "-w", "-l", `${this.dir}/postgres.log`, "-o",
      `-p ${this.pgPort} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${this.dir} -c fsync=off`, "start");
    this.postgres = true;
    const [file, ...args] = this.command;
    this.process = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH, PORT: this.port, DATABASE_URL: `postgresql://postgres:postgres@127.0.0.1:${this.pgPort}/postgres`,
        ROSTER_SECRET: "fuzz-secret-fuzz-secret-fuzz-secret-0123456789", ROSTER_BASE_URL: this.origin, ROSTER_SMTP_URL: "smtp://localhost:1",
        ROSTER_RATE_LIMIT_ENABLED: "false", ROSTER_API_KEY_RATE_LIMIT_ENABLED: "false", ROSTER_SHUTDOWN_DELAY: "0S", ROSTER_TRUSTED_PROXIES: "127.0.0.1",
        ROSTER_PASSWORD_ARGON2_MEMORY_KIB: "7168", ROSTER_PASSWORD_ARGON2_ITERATIONS: "5",
        ROSTER_ATTRIBUTES_PUBLIC_SCHEMA: '{"properties":{"department":{"type":"string","maxLength":40}}}',
        ROSTER_ADMIN_EMAIL: "admin@example.com", ROSTER_ADMIN_PASSWORD: PASSWORD, QUARKUS_LOG_LEVEL: "WARN", QUARKUS_LOG_CONSOLE_JSON_ENABLED: "false", ...this.env,
      },
    });
    const log = createWriteStream(process.env.LOG ?? `${this.dir}/service.log`);
    this.errors = new Map();
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on("data", (chunk) => {
      log.write(chunk);
      for (const [, line] of chunk.toString("latin1").matchAll(/ ERROR +(.{0,200})/g)) {
        const kind = line.replace(/[A-Za-z0-9]{20}|\d+/g, "…");
        this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
      }
    });
    for (let i = 0; ; i++) {
      if (this.process.exitCode !== null || i > 600) throw new Error(`the service did not start: see ${this.dir}/service.log`);
      const response = await fetch(`${this.origin}/q/health/ready`).catch(() => undefined);
      if (response?.ok) break;
      await sleep(200);
    }
  }

  async stop(keep) {
    if (this.process && this.process.exitCode === null) {
      this.process.kill("SIGTERM");
      await once(this.process, "exit");
    }
    if (this.postgres) this.#pg("pg_ctl", "-D", `${this.dir}/data`, "-m", "immediate", "stop");
    rmSync(keep ? `${this.dir}/data` : this.dir, { recursive: true, force: true });
  }

  /** Headers of somebody new: the fuzz signs them out, bans and deletes them. @param kind of CALLERS */
  async caller(kind) {
    if (kind === "nobody") return [];
    const email = `caller-${++this.users}@example.com`;
    const signUp = await this.#post("sign-up/email", { name: `Caller ${this.users}`, email, password: PASSWORD }, {});
    const { token, user } = await signUp.json();
    const bearer = { authorization: `Bearer ${token}` };
    if (kind.startsWith("administrator")) {
      this.sql(`INSERT INTO role_grants (user_id, role_id) SELECT '${user.id}', id FROM roles WHERE '*' = ANY (permissions)`);
    }
    if (kind.endsWith("key")) {
      const created = await this.#post("api-key/create", { name: "fuzz" }, bearer);
      return [["X-API-Key", (await created.json()).key]];
    }
    if (kind.endsWith("cookie")) {
      return [["Cookie", signUp.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ")], ["Origin", this.origin]];
    }
    return [["Authorization", bearer.authorization]];
  }

  async #post(path, body, headers) {
    const response = await fetch(`${this.origin}/api/auth/${path}`, {
      method: "POST", headers: { "content-type": "application/json", origin: this.origin, ...headers }, body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

export const CALLERS = ["nobody", "user by cookie", "user by token", "user by key", "administrator by token", "administrator by key"];
