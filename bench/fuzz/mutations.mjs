// Everything at random comes from one seed, so that a run can be repeated.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  /** mulberry32: from 0 to below 1 */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  chance(p) {
    return this.next() < p;
  }
  of(list) {
    return list[this.below(list.length)];
  }
}

/** Bytes that are no text: put into a JSON document or a header as they are. */
const INVALID_UTF8 = ["\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"];
/** JSON texts of one value each, as JSON.stringify would never write them. */
const LITERALS = [
  "null", "true", "0", "-0", "1e400", "-1e400", "1e-400", "9223372036854775808", "99999999999999999999999999", "0.1234567890123456789", "1.0",
  "1e2147483647", "1e-2147483648", "NaN", "Infinity", "01", "+1", ".5", "0x10", "[]", "{}", "\"\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"",
  "\"\\udc00\\ud800\"", "\"\\uffff\"", "\"\\x41\"", "'a'", "undefined", "[[[[]]]]", "{\"a\":{\"b\":[1,null]}}", "[null]", "[1,\"a\",{}]", "{\"\":1}",
  "{\"__proto__\":{\"a\":1}}", "\"\t\"", "\"\ufeff\"",
];
const STRINGS = [
  "", " ", "a", "x".repeat(129), "x".repeat(5000), "ünï©ødé", "İstanbul ı ß ſ K Å", "小明 太郎 민수", "👩‍👩‍👧‍👦", "e\u0301".repeat(40), "\u202eevil", "\u200b\u200d\ufeff",
  "\ufffe\uffff", "\ud83d\ude00".repeat(300), "%", "_%\\", "'; DROP TABLE users; --", "a\nb", "a\r\nSet-Cookie: a=b", "../../etc/passwd", "${jndi:ldap://x}",
  "<script>", "ada@example.com", "@", "a@b", `${"a".repeat(65)}@example.com`, "ada@xn--e1afmkfd.xn--p1ai", "\"a b\"@example.com", "a@[127.0.0.1]", "a@ex\u0000ample.com",
  "2026-01-01", "2024-02-30", "+999999999-12-31", "-999999999-01-01", "-0001-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T24:00:00Z", "9999-12-31T23:59:60Z",
  "294277-01-01T00:00:00Z", "+1000000000-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.9999999999+18:00", "1e400", "2147483648", "-1", "99999999999999999999", "0",
  "true", "null", "id", "createdAt", "-createdAt", "name,email", "name:asc", "asc", "desc", "admin", "user", "administrator", "*", "users:list", "/", "//evil.example",
  "/a|b{c}^", "/\\evil", "https://evil.example", "http://[::1", "https://xn--/", "myapp://x", "javascript:alert(1)", "data:image/png;base64,AAAA",
  "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "1-1-1-1-1", "en-US-x-a", "zz", "Europe/London", "GMT+25", "contains", "starts_with", "in",
  "W/\"1\"", "\"1\"", "bcrypt", "$2b$12$aaaaaaaaaaaaaaaaaaaaaa", "csv", "ndjson", "a;b=c", "eyJhbGciOiJub25lIn0.e30.", "AAAAAAAAAAAAAAAA", "123456",
];
const HEADERS = {
  "Content-Type": [
    "application/json", "APPLICATION/JSON", "application/json;charset=utf-8", "application/json; charset=utf-16", "application/json;charset=latin1", "application/json;charset=nope",
    "application/json;charset=\"", "application/merge-patch+json", "application/merge-patch+json;charset=UTF-8", "text/csv", "TEXT/CSV;header=present", "text/plain", "application/x-ndjson", "application/vnd.ms-excel",
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "text/html", "", "json", "*/*", "application/*", "application/json, text/csv", ";", "a/b/c", "application/json;",
    "application/json;=", "application/json; charset", "\xff/\xff", "application/problem+json", "application/octet-stream",
  ],
  "Content-Encoding": ["gzip", "identity", "GZIP", "br", "gzip, gzip", "", "deflate", "\xff"],
  Accept: ["*/*", "application/json", "text/csv", "application/x-ndjson", "text/html", "application/*;q=0.5", "application/json;q=2", "", ";", "a", "a/b/c", "*/json", ",,,", "application/json;q=", "application/xml", "\xff", "x/y,".repeat(500)],
  "Accept-Language": ["de", "*", "", "tr-TR,tr;q=0.9", "x", "zh-Hant-TW", "de;q=nope", "a-very-long-language-tag-that-is-none", "\xff", "de,".repeat(300)],
  "Accept-Charset": ["utf-8", "utf-16", "nope", "*;q=0"],
  "Accept-Encoding": ["gzip", "identity;q=0", "*;q=0", "br, gzip;q=0.1", "gzip;q=nope", ""],
  "If-Match": ["*", "\"0\"", "\"1\"", "W/\"1\"", "1", "", "\"", "\"a\", \"b\"", "\"99999999999999999999\"", "\"-1\"", ",", "\xff"],
  "If-None-Match": ["*", "\"0\"", "W/\"0\"", "\"", "", "\"a\",\"b\",*"],
  "If-Modified-Since": ["Tue, 01 Dec 2026 00:00:00 GMT", "nope"],
  "Idempotency-Key": ["key-1", "key-2", "key-3", "x", "", " ", "x".repeat(255), "x".repeat(256), "ü", "\xff", "a b", "\"quoted\""],
  Cookie: ["a=b", "better-auth.session_token=x.y", "better-auth.session_token=", "=", ";;;", "better-auth.session_token=%zz", "better-auth.session_token=\"q\"", "a=\xff", `a=${"x".repeat(4000)}`, "better-auth.two_factor=x; better-auth.dont_remember=y"],
  Authorization: ["Bearer", "Bearer x", "bearer eyJhbGciOiJub25lIn0.e30.", "Basic YTpi", "Basic %%%", "", "Bearer a b", "Bearer \xff", "Bearer eyJ.eyJ.", `Bearer ${"x".repeat(6000)}`, "Digest a=b"],
  "X-API-Key": ["x", "", "\xff", "x".repeat(5000)],
  Origin: ["null", "https://evil.example", "http://localhost:8080.evil.example", "", "garbage", "http://[::1", "http://a|b", "\xff"],
  Referer: ["https://evil.example/x", "%%%", "/relative"],
  "X-Forwarded-For": ["198.51.100.1", "unknown", "\"[2001:db8::1]:80\"", "1.2.3.4:5, [::1]:6", ",,,", "\xff", "1.1.1.1,".repeat(500)],
  Forwarded: ["for=198.51.100.1", "For=\"[2001:db8::1]:80\";proto=https", "for=_id, for=unknown", "for=\"", ";;=", "\xff"],
  "X-Forwarded-Proto": ["https", "x"], "X-Forwarded-Host": ["evil.example"], "X-Forwarded-Prefix": ["/x"], "X-HTTP-Method-Override": ["DELETE", "x"],
  "X-Request-Id": ["abcdefgh", "a", "\xff", "x".repeat(200)],
  "User-Agent": ["", "x".repeat(2000), "\xff\xfe", "Mozilla/5.0 \u00fc"],
  Range: ["bytes=0-1", "bytes=-", "x"], Expect: ["100-continue"], TE: ["trailers"], Upgrade: ["websocket", "TLS/1.0"], "Sec-Fetch-Site": ["cross-site", "same-origin"], "Sec-Fetch-Mode": ["navigate", "cors"],
  Purpose: ["prefetch"], "Sec-Purpose": ["prefetch;prerender"], traceparent: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x"], Prefer: ["return=minimal"],
  "X-Captcha-Response": ["x"], Host: ["evil.example", "localhost", "[::1]:80"], Connection: ["keep-alive"], "X-Big": ["x".repeat(6000)],
};
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "BREW"];

/** A text that a member, a parameter, or a part of the path may be; `known` are values that responses had. */
export function text(random, known) {
  if (known.length && random.chance(0.45)) return random.of(known);
  return random.chance(0.05) ? "y".repeat(random.below(20_000)) : random.of(STRINGS);
}

/** The value as JSON text in which each part may have become something else. */
function json(random, value, known, wildness) {
  if (random.chance(wildness)) {
    if (random.chance(0.5)) return JSON.stringify(text(random, known));
    if (random.chance(0.03)) return "[".repeat(random.of([50, 999, 1001, 20_000]));
    if (random.chance(0.03)) return `[${"0,".repeat(random.of([100, 1001, 50_000]))}0]`;
    if (random.chance(0.1)) return `"${random.of(INVALID_UTF8)}"`;
    return random.of(LITERALS);
  }
  if (Array.isArray(value)) {
    const copies = random.chance(0.1) ? random.below(300) : 1;
    return `[${Array.from({ length: copies }, () => value.map((v) => json(random, v, known, wildness))).flat().join(",")}]`;
  }
  if (value && typeof value === "object") {
    const members = Object.entries(value)
      .filter(() => !random.chance(wildness / 2))
      .map(([k, v]) => `${JSON.stringify(k)}:${json(random, v, known, wildness)}`);
    if (random.chance(wildness / 3)) members.push(`${JSON.stringify(text(random, known))}:${random.of(LITERALS)}`);
    if (members.length && random.chance(wildness / 10)) members.push(members[0]);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "string" && /@example\.com$/.test(value)) return JSON.stringify(`fuzz-${random.below(1e6)}@example.com`);
  return JSON.stringify(value);
}

/** A body as bytes (latin1 of what JSON's UTF-8 is), made from an example of what the operation takes. */
export function body(random, operation, known) {
  if (operation.type === "text/csv" && random.chance(0.7)) return rows(random, known);
  const example = operation.body ?? (random.chance(0.5) ? { a: 1 } : undefined);
  if (example === undefined) return undefined;
  const wildness = random.of([0, 0.03, 0.15, 0.4]);
  const sent = json(random, example, known, wildness);
  let bytes = Buffer.from(sent, INVALID_UTF8.some((part) => sent.includes(part)) ? "latin1" : "utf8");
  if (random.chance(0.02)) bytes = bytes.subarray(0, random.below(bytes.length + 1));
  if (random.chance(0.01)) bytes = Buffer.from(sent, "utf16le");
  if (random.chance(0.01)) bytes = Buffer.concat([Buffer.from("\ufeff"), bytes]);
  if (random.chance(0.01)) bytes = Buffer.from("a=b&c=%zz");
  if (random.chance(0.03)) bytes = Buffer.concat([bytes, Buffer.alloc(random.below(2 << 20), random.of([" ", "x", "\0"]))]);
  return bytes;
}

function rows(random, known) {
  const columns = ["email", "name", "emailVerified", "username", "createdAt", "passwordHash", "externalId", "roles", "groups", "birthDate", "attributes.x", "nope"];
  const taken = columns.filter((name, i) => i < 2 || random.chance(0.3));
  const separator = random.of([",", ",", ",", ";", "\t"]);
  const lines = [taken.join(separator)];
  for (let i = random.below(20); i > 0; i--) {
    lines.push(taken.map((name) => random.chance(0.3) ? `"${text(random, known)}"` : `${name}${random.below(1e6)}@example.com`).join(separator));
  }
  return Buffer.from(lines.join(random.of(["\n", "\r\n", "\r"])));
}

/** Headers that come at random, [[name, value]]; a name may occur twice. */
export function headers(random) {
  const chosen = [];
  while (random.chance(0.45) && chosen.length < 8) {
    const name = random.of(Object.keys(HEADERS));
    chosen.push([random.chance(0.1) ? name.toUpperCase() : name, random.of(HEADERS[name])]);
  }
  return chosen;
}

export function method(random, usual) {
  return random.chance(0.06) ? random.of(METHODS) : usual;
}

/** The path with its parameters filled in, and a query. */
export function target(random, operation, known) {
  const path = operation.template.replace(/\{[^}]+\}/g, () => encode(random, text(random, known).slice(0, random.chance(0.05) ? 20_000 : 300)) || "x");
  const query = [];
  for (const parameter of operation.parameters.filter((it) => it.in === "query")) {
    if (random.chance(0.3)) query.push(`${parameter.name}=${encode(random, value(random, parameter, known))}`);
  }
  if (random.chance(0.05)) query.push(`${encode(random, text(random, known))}=${encode(random, text(random, known))}`);
  if (query.length && random.chance(0.05)) query.push(query[0]);
  return path + (query.length ? `?${query.join("&")}` : "");
}

function value(random, parameter, known) {
  const allowed = parameter.schema?.enum ?? parameter.schema?.items?.enum;
  if (allowed && random.chance(0.6)) return random.of(allowed);
  if (parameter.example !== undefined && random.chance(0.4)) return String(parameter.example);
  return text(random, known);
}

/** Percent-encoded, mostly well. */
function encode(random, value) {
  if (random.chance(0.02)) return random.of(["%", "%zz", "%00", "%c0%af", "%ff", "%ed%a0%80", "%2f", "%2e%2e", "%u0041", "+", "%0d%0a", "%E2%82"]);
  return value.toWellFormed ? encodeURIComponent(value.toWellFormed()) : encodeURIComponent(value.replace(/[\ud800-\udfff]/g, ""));
}
