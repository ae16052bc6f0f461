// How fast an import is, beside what PostgreSQL can do at best, and what it needs of memory: see README.md.
import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync, statSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const ROWS = Number(process.env.ROWS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const BIN = process.env.PG_BIN ?? "/usr/lib/postgresql/15/bin";
const DIR = process.env.WORK ?? "/tmp/roster-bench-import";
const PORT = Number(process.env.PG_PORT ?? 55432);
const HTTP = Number(process.env.HTTP_PORT ?? 18080);
const COMMAND = (process.env.SERVICE ?? "java -Xmx256m -jar target/quarkus-app/quarkus-run.jar").split(" ");
const HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const FIRST = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Tony", "Niklaus", "Margaret", "Ken"];
const LAST = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Hoare", "Wirth", "Hamilton"];

const asPostgres = process.getuid() === 0 ? ["runuser", ["-u", "postgres", "--"]] : null;
function pg(program, ...args) {
  const [file, before] = asPostgres ?? [`${BIN}/${program}`, []];
  return execFileSync(file, asPostgres ? [...before, `${BIN}/${program}`, ...args] : args, { encoding: "utf8", maxBuffer: 1e9 });
}
const sql = (db, text) => pg("psql", "-h", "127.0.0.1", "-p", PORT, "-d", db, "-U", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text).trim();
const median = (values) => values.toSorted?.((a, b) => a - b)[values.length >> 1] ?? [...values].sort((a, b) => a - b)[values.length >> 1];

/** The same people every time; every fourth in a group, every hundredth with a role. */
async function people(file, rows) {
  const out = createWriteStream(file);
  out.write("email,name,emailVerified,createdAt,passwordHash,externalId,firstName,lastName,birthDate,locale,timezone,roles,groups\n");
  let part = "";
  for (let i = 0; i < rows; i++) {
    const first = FIRST[i % FIRST.length], last = LAST[(i * 7) % LAST.length];
    const day = new Date(Date.UTC(2020, 0, 1) + (i % 2000) * 86400000).toISOString();
    part += `${first}.${last}.${i}@example.com,${first} ${last},${i % 3 !== 0},${day},"${HASH}",legacy-${i},${first},${last},` +
      `${1950 + (i % 50)}-0${1 + (i % 9)}-1${i % 10},en-GB,Europe/London,${i % 100 === 0 ? "support" : ""},${i % 4 === 0 ? "team-" + (i % 10) : ""}\n`;
    if (part.length > 1 << 20) {
      if (!out.write(part)) await once(out, "drain");
      part = "";
    }
  }
  out.end(part);
  await once(out, "finish");
}

const service = {
  async start(db) {
    const [file, ...args] = COMMAND;
    this.process = spawn(file, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env.PATH, PORT: HTTP, DATABASE_URL: `postgresql://postgres:postgres@127.0.0.1:${PORT}/${db}`,
        ROSTER_SECRET: "benchmark-secret-benchmark-secret-0123456789", ROSTER_BASE_URL: `http://localhost:${HTTP}`,
        ROSTER_SMTP_URL: "smtp://localhost:1", ROSTER_RATE_LIMIT_ENABLED: "false", ROSTER_SHUTDOWN_DELAY: "0S",
        ROSTER_ADMIN_EMAIL: "admin@example.com", ROSTER_ADMIN_PASSWORD: "correct-horse-battery",
        QUARKUS_LOG_LEVEL: "WARN",
      },
    });
    for (let i = 0; ; i++) {
      try {
        if ((await fetch(`http://localhost:${HTTP}/q/health/ready`)).ok) break;
      } catch { /* not yet */ }
      if (i > 600 || this.process.exitCode !== null) throw new Error("the service did not start");
      await sleep(200);
    }
  },
  async stop() {
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
  },
  memory(name) {
    return Number(readFileSync(`/proc/${this.process.pid}/status`, "utf8").match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024;
  },
  async import(file) {
    const signIn = await fetch(`http://localhost:${HTTP}/api/auth/sign-in/email`, {
      // Node sends Sec-Fetch-Mode, as a browser does, which names its origin too
      method: "POST", headers: { "content-type": "application/json", origin: `http://localhost:${HTTP}` },
      body: JSON.stringify({ email: "admin@example.com", password: "correct-horse-battery" }),
    });
    const authorization = `Bearer ${(await signIn.json()).token}`;
    const begun = performance.now();
    const accepted = execFileSync("curl", ["-sS", "-X", "POST", "-T", file, "-H", `Authorization: ${authorization}`,
      "-H", "Content-Type: text/csv", "-H", "Expect:", `http://localhost:${HTTP}/api/v1/users/import`], { encoding: "utf8" });
    const arrived = performance.now();
    let job = JSON.parse(accepted);
    if (!job.id) throw new Error(accepted);
    while (!job.finishedAt) {
      await sleep(100);
      job = await (await fetch(`http://localhost:${HTTP}/api/v1/jobs/${job.id}`, { headers: { authorization } })).json();
    }
    if (job.status !== "done" || job.refused) throw new Error(JSON.stringify(job));
    return { seconds: (performance.now() - begun) / 1000, arrived: (arrived - begun) / 1000, job };
  },
};

/** The same columns by COPY into a bare table, then INSERT … SELECT into each table, in one transaction. */
function bare(db, file) {
  sql(db, "CREATE TABLE bare (LIKE import_rows)");
  const copy = timed(() => sql(db, `COPY bare FROM '${file}'`));
  const insert = timed(() => sql(db, `
    BEGIN;
    INSERT INTO users (id, external_id, name, email, email_verified, username, display_username, image, created_at, updated_at)
      SELECT user_id, external_id, name, email, email_verified, username, display_username, image, created_at, now() FROM bare;
    INSERT INTO user_profiles (user_id, first_name, last_name, bio, birth_date, phone, locale, timezone, website, attributes)
      SELECT user_id, first_name, last_name, bio, birth_date, phone, locale, timezone, website, coalesce(attributes, '{}') FROM bare;
    INSERT INTO credentials (id, user_id, provider_id, account_id, password_hash)
      SELECT credential_id, user_id, 'credential', user_id::text, password_hash FROM bare;
    INSERT INTO role_grants (user_id, role_id)
      SELECT user_id, r.id FROM bare, unnest(roles) n (name) JOIN roles r ON r.name = n.name;
    INSERT INTO memberships (id, group_id, user_id, roles)
      SELECT n.id, g.id, user_id, '{member}' FROM bare, unnest(groups, membership_ids) n (slug, id) JOIN groups g ON g.slug = n.slug;
    ${process.env.AUDIT === "no" ? "" : `INSERT INTO audit_events (id, occurred_at, action, target_type, target_id, after)
      SELECT credential_id, now(), 'user.imported', 'user', user_id, '{"job":"01a1fd5d-0e6b-7d94-850d-4eb2436775b0"}' FROM bare;`}
    COMMIT`));
  return { copy, insert, seconds: copy + insert };
}
function timed(work) {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
}

rmSync(DIR, { recursive: true, force: true });
mkdirSync(DIR, { recursive: true });
if (asPostgres) execFileSync("chown", ["postgres", DIR]);
pg("initdb", "-D", `${DIR}/data`, "-A", "trust", "-U", "postgres");
pg("pg_ctl", "-D", `${DIR}/data`, "-w", "-l", `${DIR}/log`, "-o",
  `-p ${PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${DIR} -c shared_buffers=256MB -c max_wal_size=4GB`, "start");
try {
  console.log(sql("postgres", "SELECT version()"));
  sql("postgres", "CREATE DATABASE template");
  await service.start("template");
  await service.stop();
  sql("template", "INSERT INTO groups (id, name, slug) SELECT gen_random_uuid(), 'Team', 'team-' || n FROM generate_series(0, 9) n");
  const fresh = (db) => sql("postgres", `DROP DATABASE IF EXISTS ${db}`) + sql("postgres", `CREATE DATABASE ${db} TEMPLATE template`);
  await people(`${DIR}/people.csv`, ROWS);
  await people(`${DIR}/more.csv`, ROWS * 10);
  const size = (name) => `${Math.round(statSync(`${DIR}/${name}`).size / 1048576)} MiB`;
  console.log(`${ROWS} rows (${size("people.csv")}), ${ROUNDS} rounds`);

  // what is staged, for the bare COPY: the very rows, taken while their job is kept from running
  const ours = [], theirs = [], peaks = [];
  for (let round = 0; round < ROUNDS; round++) {
    fresh("ours");
    await service.start("ours");
    const idle = service.memory("VmRSS");
    const result = await service.import(`${DIR}/people.csv`);
    const peak = service.memory("VmHWM");
    await service.stop();
    if (round === 0) {
      writeFileSync(`${DIR}/rows`, "");
      if (asPostgres) execFileSync("chown", ["postgres", `${DIR}/rows`]);
      sql("ours", `COPY (
        SELECT gen_random_uuid(), row_number() OVER (), row_number() OVER () + 1, NULL, u.id, u.external_id, u.name, u.email, u.email_verified, u.username,
          u.display_username, u.image, u.created_at, c.password_hash, c.id,
          (SELECT array_agg(r.name) FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id),
          (SELECT array_agg(g.slug) FROM memberships m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id),
          (SELECT array_agg(m.id) FROM memberships m WHERE m.user_id = u.id),
          true, p.first_name, p.last_name, p.bio, p.birth_date, p.phone, p.locale, p.timezone, p.website, p.attributes
        FROM users u JOIN user_profiles p ON p.user_id = u.id JOIN credentials c ON c.user_id = u.id
        WHERE u.external_id LIKE 'legacy-%' ORDER BY u.id) TO '${DIR}/rows'`);
    }
    fresh("theirs");
    const best = bare("theirs", `${DIR}/rows`);
    const counts = (db) => sql(db, "SELECT (SELECT count(*) FROM users WHERE external_id LIKE 'legacy-%'), (SELECT count(*) FROM user_profiles), " +
      "(SELECT count(*) FROM memberships), (SELECT count(*) FROM audit_events WHERE action = 'user.imported')");
    if (process.env.AUDIT !== "no" && counts("ours") !== counts("theirs")) throw new Error(`${counts("ours")} and ${counts("theirs")}`);
    ours.push(result.seconds);
    theirs.push(best.seconds);
    peaks.push(peak);
    console.log(`round ${round + 1}: import ${result.seconds.toFixed(1)} s (arriving ${result.arrived.toFixed(1)} s), ` +
      `bare ${best.seconds.toFixed(1)} s (COPY ${best.copy.toFixed(1)} s, INSERTs ${best.insert.toFixed(1)} s), ` +
      `memory ${idle.toFixed(0)} MiB idle, ${peak.toFixed(0)} MiB at most`);
  }
  const rate = (seconds) => Math.round(ROWS / median(seconds));
  console.log(`rows a second (medians): import ${rate(ours)}, bare ${rate(theirs)}, ratio ${(rate(ours) / rate(theirs)).toFixed(2)}`);

  fresh("ours");
  await service.start("ours");
  const result = await service.import(`${DIR}/more.csv`);
  const peak = service.memory("VmHWM");
  console.log(`${ROWS * 10} rows (${size("more.csv")}): ${result.seconds.toFixed(1)} s, ${Math.round(ROWS * 10 / result.seconds)} a second, ` +
    `memory ${peak.toFixed(0)} MiB at most, ${(peak / median(peaks)).toFixed(2)} times that of ${ROWS} rows`);
  await service.stop();
  if (rate(ours) < rate(theirs) / 2 || peak > 1.25 * median(peaks)) {
    console.error("FAILED: less than half as fast, or more memory for more rows");
    process.exitCode = 1;
  }
} finally {
  pg("pg_ctl", "-D", `${DIR}/data`, "-m", "immediate", "stop");
  rmSync(DIR, { recursive: true, force: true });
}
