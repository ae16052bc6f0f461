// Serves the page, opens it in Chromium, and tests what it reports.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";

const { ROSTER_URL, ROSTER_ORIGIN, PAGE_ORIGIN, STRANGE_ORIGIN, CHROMIUM } = process.env;
const LIMIT = 60_000;

let server;
let script;
let reported;

before(async () => {
  const bundle = await build({ entryPoints: ["page.mjs"], bundle: true, format: "esm", write: false });
  script = bundle.outputFiles[0].text;
  server = http.createServer((request, response) => {
    if (request.url === "/page.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(script);
    } else if (request.url === "/findings") {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        response.end();
        reported(JSON.parse(body));
      });
    } else {
      const trusted = request.headers.host === new URL(PAGE_ORIGIN).host;
      response.setHeader("content-type", "text/html");
      response.end(
        `<!doctype html><script>SETTINGS = ${JSON.stringify({ SERVICE: ROSTER_ORIGIN, TRUSTED: trusted })}</script>` +
          `<script type="module" src="/page.js"></script>`,
      );
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});

after(() => server.close());

/** What the page at an origin found out; the browser is told where the origins really are. */
async function visit(origin) {
  const host = (url) => `${new URL(url).hostname}:${new URL(url).port}`;
  const profile = mkdtempSync(join(tmpdir(), "roster-chromium-"));
  const page = `127.0.0.1:${server.address().port}`;
  const rules = [
    `MAP ${host(ROSTER_ORIGIN)} 127.0.0.1:${new URL(ROSTER_URL).port}`,
    `MAP ${host(PAGE_ORIGIN)} ${page}`,
    `MAP ${host(STRANGE_ORIGIN)} ${page}`,
  ];
  const browser = spawn(
    CHROMIUM,
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      `--host-resolver-rules=${rules.join(",")}`,
      `--user-data-dir=${profile}`,
      `${origin}/`,
    ],
    // a group of its own, so that its children end with it
    { stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  let said = "";
  browser.stderr.on("data", (chunk) => (said += chunk));
  const exited = new Promise((resolve) => browser.on("exit", resolve));
  let timer;
  try {
    return await Promise.race([
      new Promise((resolve) => (reported = resolve)),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no report in ${LIMIT} ms: ${said.slice(-2000)}`)), LIMIT);
      }),
      exited.then((code) => Promise.reject(new Error(`Chromium ended with ${code}: ${said.slice(-2000)}`))),
    ]);
  } finally {
    clearTimeout(timer);
    if (browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

function assertFindings(findings, number) {
  for (const finding of findings) assert.ok(finding.ok, `${finding.what}: ${finding.detail}`);
  assert.equal(findings.length, number);
}

describe("in Chromium", () => {
  test("a page of a trusted origin signs up, signs in, reloads and signs out", async () => {
    assertFindings(await visit(PAGE_ORIGIN), 12);
  });

  test("a page of another origin gets nowhere", async () => {
    assertFindings(await visit(STRANGE_ORIGIN), 2);
  });
});
