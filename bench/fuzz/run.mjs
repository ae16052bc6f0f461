// Asks the service for everything in every wrong way on kept-alive connections: see README.md.
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Broken, Connection } from "./connection.mjs";
import { Random, body, headers, method, target } from "./mutations.mjs";
import { PARSER_STATUSES, ofContract, ofDocument } from "./operations.mjs";
import { CALLERS, Service } from "./service.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const REQUESTS = Number(process.env.REQUESTS ?? 50_000);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 8);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const FOUND = process.env.FOUND ?? "/tmp/roster-fuzz-findings.txt";
const TIMEOUT = 10_000;
const service = new Service({
  bin: process.env.PG_BIN ?? "/usr/lib/postgresql/15/bin",
  dir: process.env.WORK ?? "/tmp/roster-fuzz",
  pgPort: Number(process.env.PG_PORT ?? 55442),
  port: Number(process.env.HTTP_PORT ?? 18090),
  command: (process.env.SERVICE ?? `java -Xmx512m -jar ${ROOT}/target/quarkus-app/quarkus-run.jar`).split(" "),
});

/** By kind: how often, and where. The first requests that showed it are in FOUND. */
const findings = new Map();
const statuses = new Map();
let sent = 0;

function finding(kind, id, bytes, response) {
  const before = findings.get(kind) ?? { count: 0, ids: new Set() };
  findings.set(kind, before);
  before.count++;
  if (before.count > 50 || (before.ids.has(id) && before.count > 3)) return;
  before.ids.add(id);
  const answer = response ? `${response.status} ${JSON.stringify(response.headers)}\n${response.body.subarray(0, 1000)}` : "";
  appendFileSync(FOUND, `=== ${kind}: ${id}\n${bytes.subarray(0, 3000).toString("latin1")}\n--- ${bytes.length} bytes\n${answer}\n\n`, "latin1");
}

/** The request as bytes. Line ends in values would be another header: they are the client's fault, not sent. */
function render(verb, path, lines, content, chunked) {
  const all = [...lines];
  if (content) all.push(chunked ? ["Transfer-Encoding", "chunked"] : ["Content-Length", content.length]);
  const head = `${verb} ${path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  const parts = [Buffer.from(head, "latin1")];
  if (content && chunked) {
    for (let at = 0; at < content.length; at += 16_384) {
      const part = content.subarray(at, at + 16_384);
      parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
    }
    parts.push(Buffer.from("0\r\n\r\n"));
  } else if (content) {
    parts.push(content);
  }
  return Buffer.concat(parts);
}

/** One connection and one of each caller, in the order that the seed gives. */
class Client {
  constructor(number, operations) {
    this.random = new Random(SEED + number * 7919);
    this.operations = operations;
    this.callers = new Map();
    this.known = [];
  }

  async run() {
    while (sent < REQUESTS) {
      sent++;
      await this.#request();
      if (this.random.chance(0.25)) await this.#check();
      if (sent % 5000 === 0) console.error(`${sent} requests, ${findings.size} kinds of findings`);
    }
    this.connection?.close();
  }

  async #request() {
    const { random } = this;
    const operation = random.of(this.operations);
    const kind = random.of(CALLERS);
    if (!this.callers.has(kind)) this.callers.set(kind, await service.caller(kind));
    const who = this.callers.get(kind);
    const verb = method(random, operation.method);
    // routes that refuse early are sent long bodies
    const long = random.chance(0.04) ? Buffer.alloc(random.below(2 << 20), "x") : undefined;
    const content = long ?? body(random, operation, this.known);
    const lines = [["Host", `localhost:${service.port}`], ...who];
    if (content && !random.chance(0.02)) lines.push(["Content-Type", operation.type ?? "application/json"]);
    for (const parameter of operation.parameters.filter((it) => it.in === "header" && it.name === "If-Match")) {
      if (random.chance(0.8)) lines.push([parameter.name, "*"]);
    }
    for (const [name, value] of headers(random)) {
      const at = lines.findIndex(([n]) => n.toLowerCase() === name.toLowerCase());
      if (at < 0) lines.push([name, value]);
      else lines[at] = [lines[at][0], value];
    }
    const bytes = render(verb, target(random, operation, this.known), lines, content, random.chance(0.2));
    const response = await this.#exchange(operation.id, verb, bytes);
    if (!response) return;
    this.#judge(operation, verb, bytes, response);
    this.#learn(response);
    if ((response.status === 401 || response.status === 403) && who.length) await this.#renew(kind, who);
  }

  /** @return the response; undefined where there was none, which is a finding */
  async #exchange(id, verb, bytes) {
    const reused = this.connection?.open;
    if (!reused) this.connection = new Connection(service.port);
    try {
      const response = await this.connection.exchange(bytes, verb, TIMEOUT);
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.closes) this.#drop();
      this.last = bytes;
      return response;
    } catch (e) {
      if (!(e instanceof Broken)) throw e;
      finding(`${e.message}${reused ? "" : " (first on its connection)"}`, id, this.last && reused ? Buffer.concat([bytes.subarray(0, 1500), Buffer.from("\n--- BEFORE IT:\n"), this.last.subarray(0, 1500)]) : bytes);
      this.#drop();
      return undefined;
    }
  }

  #drop() {
    this.connection.close();
    this.connection = undefined;
  }

  #judge(operation, verb, bytes, response) {
    const { status } = response;
    if (status >= 500 && !(status === 503 && response.headers["retry-after"])) {
      finding(`${status}`, operation.id, bytes, response);
    } else if (!this.#documented(operation, verb, status)) {
      finding(`${status} is not documented${verb === operation.method ? "" : ` (${verb})`}`, operation.id, bytes, response);
    } else if (status >= 400 && verb !== "HEAD") {
      this.#problem(operation, bytes, response);
    }
  }

  /** A method that is not the operation's may be that of another one at the same path. */
  #documented(operation, verb, status) {
    const asked = verb === "HEAD" ? "GET" : verb;
    const same = this.operations.filter((it) => it.template === operation.template && it.method === asked);
    if (same.length) return same.some((it) => it.statuses.has(status));
    return [...PARSER_STATUSES, 400, 404, 413, ...(verb === "OPTIONS" ? [200, 204] : [401, 403, 405, 501])].includes(status);
  }

  /** Every error has the shape of its API; the contract has errors without a body. */
  #problem(operation, bytes, response) {
    const betterAuth = operation.template.startsWith("/api/auth");
    if (betterAuth && response.body.length === 0) return;
    let problem;
    try {
      problem = JSON.parse(response.body.toString());
    } catch {
      // told below
    }
    const shaped = betterAuth
      ? typeof problem === "object"
      : problem?.status === response.status && problem.code && /^application\/problem\+json/.test(response.headers["content-type"] ?? "");
    if (!shaped) finding(`${response.status} without a problem`, operation.id, bytes, response);
  }

  /** Ids and names that a later request may ask for. */
  #learn(response) {
    if (response.status >= 300 || response.body.length > 100_000) return;
    for (const [, , value] of response.body.toString().matchAll(/"(id|userId|token|slug|name|key|code|email|next)":"([^"\\]{1,200})"/g)) {
      if (this.known.length < 300) this.known.push(value);
      else this.known[this.random.below(300)] = value;
    }
  }

  async #renew(kind, who) {
    const bytes = render("GET", "/api/v1/me", [["Host", `localhost:${service.port}`], ...who], undefined, false);
    const me = await this.#exchange("GET /api/v1/me", "GET", bytes);
    if (me && me.status !== 200 && me.status !== 503) this.callers.set(kind, await service.caller(kind));
  }

  /** What was sent before must not harm the next request on the connection. */
  async #check() {
    const bytes = render("GET", "/api/auth/ok", [["Host", `localhost:${service.port}`]], undefined, false);
    const response = await this.#exchange("the request after", "GET", bytes);
    if (response && response.status !== 200) finding(`${response.status}`, "the request after", this.last, response);
  }
}

let keep = true;
try {
  rmSync(FOUND, { force: true });
  mkdirSync(dirname(FOUND), { recursive: true });
  await service.start();
  const document = await (await fetch(`${service.origin}/q/openapi?format=json`)).json();
  const only = new RegExp(process.env.ONLY ?? "");
  const operations = [...ofDocument(document), ...ofContract(ROOT)].filter((it) => only.test(it.id));
  console.log(`SEED=${SEED} REQUESTS=${REQUESTS} CONNECTIONS=${CONNECTIONS}, ${operations.length} operations`);
  const began = Date.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => new Client(i, operations).run()));
  console.log(`${sent} requests in ${Math.round((Date.now() - began) / 1000)} s, by status: ${[...statuses].sort((a, b) => a[0] - b[0]).map(([s, n]) => `${s}: ${n}`).join(", ")}`);
  for (const [kind, { count, ids }] of findings) console.log(`${count} × ${kind}: ${[...ids].slice(0, 8).join(", ")}${ids.size > 8 ? ", …" : ""}`);
  for (const [kind, count] of service.errors) console.log(`${count} × logged: ${kind}`);
  keep = findings.size > 0;
  console.log(keep ? `FAILED: ${findings.size} kinds of findings, see ${FOUND}` : "no findings");
  process.exitCode = keep ? 1 : 0;
} finally {
  await service.stop(keep);
}
