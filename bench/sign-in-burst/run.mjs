// Many sign-ins at once on a small pool, and what they cost the requests beside them: see README.md.
import http from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { Service } from "../fuzz/service.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const SIGN_INS = Number(process.env.SIGN_INS ?? 200);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const USERS = 20;
const PASSWORD = "correct-horse-battery";
const service = new Service({
  bin: process.env.PG_BIN ?? "/usr/lib/postgresql/15/bin",
  dir: process.env.WORK ?? "/tmp/roster-sign-in-burst",
  pgPort: Number(process.env.PG_PORT ?? 55443),
  port: Number(process.env.HTTP_PORT ?? 18091),
  command: (process.env.SERVICE ?? `java -Xmx1g -jar ${ROOT}/target/quarkus-app/quarkus-run.jar`).split(" "),
  env: {
    ROSTER_POOL_MIN: "1",
    ROSTER_POOL_MAX: process.env.ROSTER_POOL_MAX ?? "3",
    ROSTER_PASSWORD_ARGON2_MEMORY_KIB: "19456",
    ROSTER_PASSWORD_ARGON2_ITERATIONS: "2",
  },
});

const agent = new http.Agent({ keepAlive: true, maxSockets: 1024 });

function request(method, path, headers, body) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const began = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const sent = http.request(
      new URL(path, service.origin),
      {
        method,
        agent,
        headers: payload ? { "content-type": "application/json", "content-length": Buffer.byteLength(payload), ...headers } : headers,
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString(), ms: Number(process.hrtime.bigint() - began) / 1e6 }));
      },
    );
    sent.on("error", reject);
    sent.end(payload);
  });
}

const signIn = (i) => request("POST", "/api/auth/sign-in/email", {}, { email: `burst-${i % USERS}@example.com`, password: PASSWORD });

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const milliseconds = (values) => `p50 ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms, n ${values.length}`;

/** The latency of `GET /api/v1/me`, asked again and again until the promise is settled. */
async function latencyUntil(authorization, promise) {
  let over = false;
  promise.finally(() => (over = true));
  const times = [];
  while (!over) {
    const { status, ms } = await request("GET", "/api/v1/me", { authorization });
    if (status !== 200) throw new Error(`GET /api/v1/me: ${status}`);
    times.push(ms);
    await sleep(5);
  }
  return times;
}

let failed = false;
try {
  await service.start();
  for (let i = 0; i < USERS; i++) {
    const { status, body } = await request("POST", "/api/auth/sign-up/email", {}, { name: `Burst ${i}`, email: `burst-${i}@example.com`, password: PASSWORD });
    if (status !== 200) throw new Error(`sign-up: ${status} ${body}`);
  }
  const authorization = `Bearer ${JSON.parse((await signIn(0)).body).token}`;
  await latencyUntil(authorization, sleep(3000));
  console.log(`${SIGN_INS} sign-ins at once, ROSTER_POOL_MAX=${service.env.ROSTER_POOL_MAX}`);
  for (let round = 1; round <= ROUNDS; round++) {
    const quiet = await latencyUntil(authorization, sleep(2000));
    const began = Date.now();
    const burst = Promise.all(Array.from({ length: SIGN_INS }, (_, i) => signIn(i)));
    const beside = await latencyUntil(authorization, burst);
    const responses = await burst;
    const statuses = new Map();
    for (const { status } of responses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const seconds = (Date.now() - began) / 1000;
    console.log(
      `round ${round}: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")} in ${seconds.toFixed(1)} s`
        + ` (${(SIGN_INS / seconds).toFixed(1)}/s); me quiet: ${milliseconds(quiet)}; me beside: ${milliseconds(beside)}`,
    );
    failed ||= statuses.get(200) !== SIGN_INS;
  }
  console.log(failed ? "FAILED: not every sign-in was answered with 200" : "every sign-in was answered with 200");
} finally {
  agent.destroy();
  await service.stop(false);
}
process.exitCode = failed ? 1 : 0;
