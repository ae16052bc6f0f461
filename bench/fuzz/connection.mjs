// One kept-alive HTTP/1.1 connection on a raw socket: nothing between what is sent and what the service reads.
import net from "node:net";

/** Why a request got no proper response; the fuzz reports each one as a finding. */
export class Broken extends Error {}

export class Connection {
  #socket;
  #buffer = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  constructor(port) {
    this.#socket = net.connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("data", (chunk) => {
      this.#buffer = this.#buffer.length ? Buffer.concat([this.#buffer, chunk]) : chunk;
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) this.#socket.on(event, () => {
      this.#ended = true;
      this.#wake();
    });
  }

  get open() {
    return !this.#ended;
  }

  close() {
    this.#socket.destroy();
  }

  /**
   * Sends the bytes, which are a whole request, and reads its response.
   * @return {status, headers, body, closes}; headers by lower-case name, `closes` when the service said that it closes
   */
  async exchange(bytes, method, timeout) {
    if (this.#buffer.length) throw new Broken(`unexpected bytes after the response before: ${this.#buffer.subarray(0, 80)}`);
    this.#socket.write(bytes);
    const deadline = Date.now() + timeout;
    let head;
    do {
      head = parse((await this.#until("\r\n\r\n", deadline)).toString("latin1"));
    } while (head.status < 200 && head.status !== 101);
    const { status, headers } = head;
    let body = Buffer.alloc(0);
    if (method === "HEAD" || status === 204 || status === 304) {
      // has none
    } else if (/chunked/i.test(headers["transfer-encoding"] ?? "")) {
      const chunks = [];
      for (;;) {
        const size = Number.parseInt((await this.#until("\r\n", deadline)).toString("latin1"), 16);
        if (Number.isNaN(size)) throw new Broken("a chunk without a size");
        chunks.push((await this.#take(size + 2, deadline)).subarray(0, size));
        if (size === 0) break;
      }
      body = Buffer.concat(chunks);
    } else if (headers["content-length"] !== undefined) {
      body = await this.#take(Number(headers["content-length"]), deadline);
    } else {
      while (!this.#ended) await this.#more(deadline);
      body = await this.#take(this.#buffer.length, deadline);
    }
    return { status, headers, body, closes: /close/i.test(headers.connection ?? "") };
  }

  async #until(end, deadline) {
    for (;;) {
      const at = this.#buffer.indexOf(end);
      if (at >= 0) return this.#take(at + end.length, deadline);
      await this.#more(deadline);
    }
  }

  async #take(length, deadline) {
    while (this.#buffer.length < length) await this.#more(deadline);
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  async #more(deadline) {
    if (this.#ended) throw new Broken("the connection was closed without a whole response");
    let timer;
    await new Promise((resolve, reject) => {
      this.#wake = resolve;
      timer = setTimeout(() => reject(new Broken("no whole response in time")), Math.max(1, deadline - Date.now()));
    }).finally(() => clearTimeout(timer));
  }
}

function parse(head) {
  const [first, ...lines] = head.trimEnd().split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  if (!status) throw new Broken(`no status line: ${first.slice(0, 80)}`);
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}\n${value}` : value;
  }
  return { status, headers };
}
