// What can be asked for: the operations of the OpenAPI document, and those of the Better Auth contract.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the contract answers with: it has no OpenAPI document. 503 needs Retry-After, which the fuzz checks. */
const CONTRACT_STATUSES = new Set([200, 302, 400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, 503]);
/** What the parser of HTTP says of a request, before it is known what is asked for: of any operation. */
export const PARSER_STATUSES = [414, 431];

/** @return [{id, method, template, parameters, body, type, statuses}]: `body` is an example of what is taken, or undefined */
export function ofDocument(document) {
  const operations = [];
  for (const [template, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!operation.responses) continue;
      const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
      operations.push({
        id: operation.operationId, method: method.toUpperCase(), template,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
        body: type && example(document, media.schema, 0), type,
        statuses: new Set([...Object.keys(operation.responses).map(Number), ...PARSER_STATUSES]),
      });
    }
  }
  return operations;
}

function example(document, schema, depth) {
  if (!schema || depth > 6) return {};
  if (schema.$ref) return example(document, document.components.schemas[schema.$ref.split("/").at(-1)], depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const of = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (of) return example(document, of[0], depth + 1);
  switch ([schema.type].flat().find((type) => type !== "null")) {
    case "array": return [example(document, schema.items, depth + 1)];
    case "string": return schema.format === "date-time" ? "2026-01-01T00:00:00Z" : schema.format === "date" ? "2000-01-01" : "text";
    case "integer": case "number": return 1;
    case "boolean": return true;
    default: return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([k, v]) => [k, example(document, v, depth + 1)]));
  }
}

/** The routes as the resources declare them, with the bodies and queries that the recorded transcripts sent there. */
export function ofContract(root) {
  const recorded = transcripts(join(root, "src/test/better-auth/transcripts"));
  const operations = [];
  for (const file of sources(join(root, "src/main/java"))) {
    const source = readFileSync(file, "utf8");
    const base = /^@Path\(BetterAuth\.PATH(?: \+ "([^"]*)")?\)/m.exec(source);
    if (!base) continue;
    // a method's annotations stand in one block in front of it
    for (const block of source.split(/\n\s*\n|[{;]\n/)) {
      const method = /^\s*@(GET|POST|PUT|PATCH|DELETE)\b/m.exec(block)?.[1];
      if (!method) continue;
      const template = `/api/auth${base[1] ?? ""}${/@Path\("([^"]*)"\)/.exec(block)?.[1] ?? ""}`;
      const seen = recorded.get(`${method} ${template}`) ?? { bodies: [{ token: "text" }], queries: new Set(["token"]) };
      operations.push({
        id: `${method} ${template}`, method, template,
        parameters: [...seen.queries].map((name) => ({ name, in: "query" })),
        body: method === "GET" ? undefined : Object.assign({}, ...seen.bodies), type: "application/json",
        statuses: new Set([...CONTRACT_STATUSES, ...PARSER_STATUSES]),
      });
    }
  }
  return operations;
}

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? sources(path) : entry.name.endsWith("Resource.java") ? [path] : [];
  });
}

function transcripts(directory) {
  const recorded = new Map();
  for (const name of readdirSync(directory)) {
    const steps = JSON.parse(readFileSync(join(directory, name), "utf8"));
    if (!Array.isArray(steps)) continue;
    for (const { request } of steps) {
      if (!request?.url) continue;
      const url = new URL(request.url, "http://localhost");
      const key = `${request.method} ${url.pathname}`;
      if (!recorded.has(key)) recorded.set(key, { bodies: [], queries: new Set() });
      const seen = recorded.get(key);
      if (request.body && typeof request.body === "object") seen.bodies.push(request.body);
      for (const query of url.searchParams.keys()) seen.queries.add(query);
    }
  }
  return recorded;
}
