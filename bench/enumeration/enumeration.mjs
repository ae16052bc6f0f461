// How long the service takes for known and for unknown accounts: see README.md.
import { randomInt, randomUUID } from "node:crypto";
import http from "node:http";

const TRIES = Number(process.env.TRIES ?? 500);
const WARM_UP = 40;
const KNOWN = 20;
const RESAMPLES = 2000;
const PASSWORD = "correct-horse-battery";
const only = process.env.ONLY?.split(",");

/** One connection, so that no handshake is in the figures. */
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function post(service, path, body) {
  const payload = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = http.request(
      new URL(`/api/auth/${path}`, service),
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(payload) },
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
      },
    );
    request.on("error", reject);
    request.end(payload);
  });
}

const stranger = () => `nobody-${randomUUID()}@example.com`;

/** What is asked of each endpoint about an account that there is, and one that there is not. */
const QUESTIONS = {
  "sign-in/email": {
    hit: (user) => ({ email: user.email, password: "wrong-password-here" }),
    miss: () => ({ email: stranger(), password: "wrong-password-here" }),
  },
  "sign-in/username": {
    hit: (user) => ({ username: user.username, password: "wrong-password-here" }),
    miss: () => ({ username: name(), password: "wrong-password-here" }),
  },
  "request-password-reset": {
    hit: (user) => ({ email: user.email }),
    miss: () => ({ email: stranger() }),
  },
  "send-verification-email": {
    hit: (user) => ({ email: user.email }),
    miss: () => ({ email: stranger() }),
  },
  "email-otp/send-verification-otp": {
    hit: (user) => ({ email: user.email, type: "sign-in" }),
    miss: () => ({ email: stranger(), type: "sign-in" }),
  },
  "sign-up/email": {
    hit: (user) => ({ name: "Somebody", email: user.email, password: PASSWORD }),
    miss: () => ({ name: "Somebody", email: stranger(), password: PASSWORD }),
  },
};

const name = () => `u${randomUUID().replaceAll("-", "").slice(0, 20)}`;

const ascending = (values) => [...values].sort((a, b) => a - b);
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const median = (values) => quantile(ascending(values), 0.5);

/** Two-sided p by the normal approximation, which is close beyond twenty of each. */
function mannWhitney(a, b) {
  const all = [...a.map((value) => [value, 0]), ...b.map((value) => [value, 1])].sort((x, y) => x[0] - y[0]);
  const ranks = all.reduce((sum, [, of], i) => sum + (of === 0 ? i + 1 : 0), 0);
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return 2 * tail(Math.abs(u - mean) / deviation);
}

/** The normal distribution's upper tail (Abramowitz and Stegun 26.2.17). */
function tail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

function bootstrap(a, b) {
  const again = (values) => values.map(() => values[randomInt(values.length)]);
  const differences = [];
  for (let i = 0; i < RESAMPLES; i++) differences.push(median(again(a)) - median(again(b)));
  const sorted = ascending(differences);
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

async function measure(service, path, { hit, miss }, users) {
  const times = { hit: [], miss: [] };
  const answers = { hit: new Set(), miss: new Set() };
  for (let i = 0; i < WARM_UP + TRIES; i++) {
    // in random order, so that neither kind always follows the other
    const order = randomInt(2) ? ["hit", "miss"] : ["miss", "hit"];
    for (const kind of order) {
      const body = kind === "hit" ? hit(users[i % users.length]) : miss();
      const begun = process.hrtime.bigint();
      const { status } = await post(service, path, body);
      const took = Number(process.hrtime.bigint() - begun) / 1000;
      if (status === 404) return null;
      answers[kind].add(status);
      if (i >= WARM_UP) times[kind].push(took);
    }
  }
  return { times, answers };
}

function report(path, { times, answers }) {
  const row = (values) => {
    const sorted = ascending(values);
    return [0.5, 0.1, 0.9].map((q) => String(Math.round(quantile(sorted, q))).padStart(9)).join("");
  };
  const [low, high] = bootstrap(times.hit, times.miss);
  const difference = Math.round(median(times.hit) - median(times.miss));
  console.log(`${path} (n = ${times.hit.length} each; µs)      median      p10      p90   status`);
  for (const kind of ["hit", "miss"]) {
    console.log(`  ${kind.padEnd(44)}${row(times[kind])}   ${[...answers[kind]].join(",")}`);
  }
  console.log(
    `  hit - miss: ${difference} µs, 95 % interval [${Math.round(low)}, ${Math.round(high)}], ` +
      `Mann-Whitney p = ${mannWhitney(times.hit, times.miss).toPrecision(2)}`,
  );
}

const services = process.argv.slice(2);
if (services.length === 0) services.push("http://localhost:8080");
for (const service of services) {
  console.log(`# ${service}`);
  const users = [];
  for (let i = 0; i < KNOWN; i++) {
    const user = { email: `known-${randomUUID()}@example.com`, username: name() };
    const { status, text } = await post(service, "sign-up/email", { name: "Known", password: PASSWORD, ...user });
    if (status !== 200) throw new Error(`sign-up: ${status} ${text}`);
    users.push(user);
  }
  const discreet = JSON.parse(
    (await post(service, "sign-up/email", { name: "K", email: users[0].email, password: PASSWORD })).text,
  );
  for (const [path, question] of Object.entries(QUESTIONS)) {
    if (only && !only.includes(path)) continue;
    if (path === "sign-up/email" && discreet.code) {
      console.log(`${path}: tells of known addresses by ${discreet.code}, as the contract has it without required mode`);
      continue;
    }
    const measured = await measure(service, path, question, users);
    if (measured === null) console.log(`${path}: not served`);
    else report(path, measured);
  }
}
agent.destroy();
