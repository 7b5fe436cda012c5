// Sends files to the server, each once; large tables are compressed first.
import { Refused } from "../live/dom.mjs";

const SMALL = 1_000_000, PACKED = /\.(gz|zip|parquet)$/i;

export class Sender {
  constructor(most) { Object.assign(this, { most, sent: new WeakMap() }); }

  forget() { this.sent = new WeakMap(); }

  // The digest by which the server knows a file, and whether it was compressed.
  async send(file) {
    if (!this.sent.has(file)) this.sent.set(file, await this.take(file));
    return this.sent.get(file);
  }

  async take(file) {
    const packed = file.size > SMALL && !PACKED.test(file.name) && "CompressionStream" in window;
    const body = packed ? await new Response(file.stream().pipeThrough(new CompressionStream("gzip"))).blob() : file;
    if (body.size > this.most) throw new Refused(`${file.name}: has ${Math.ceil(body.size / 1e6)} MB as it is sent; expected at most ${this.most / 1e6} MB. Give the rows of one country only.`);
    if (!file.size) throw new Refused(`${file.name}: is empty; expected a file with something in it.`);
    let answer;
    try {
      answer = await fetch("/api/own/file", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: await body.arrayBuffer() });
    } catch {
      throw new Refused(`${file.name}: could not be sent. Is the file still there, and the server still running?`);
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(`${file.name}: ${said.error || `the server answered with status ${answer.status}`}`);
    return { file: said.file, packed };
  }
}
