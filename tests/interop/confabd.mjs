// SPDX-License-Identifier: MIT
// Starts the real confabd for a test, and talks to it as any program on Node would: fetch for REST, ws for the socket.
import WebSocket from "ws";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { Contract } from "./contract.mjs";

const freePort = () =>
    new Promise((resolve) => {
        const server = createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });

/**
 * A running confabd with a data directory of its own, which `prepare(directory)` may fill beforehand: `url`, `contract`,
 * `output()` and `stop()`.
 */
export async function startConfabd(flags = [], prepare = () => {}) {
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), "confab-interop-"));
    const program = join(process.env.CONFAB_BINARY_DIR, "bin", "confabd");
    prepare(directory);
    const child = spawn(program, [
        ...["--listen", `127.0.0.1:${port}`, "--data-dir", directory, "--auth-hash-memory-mib", "8"],
        ...["--limits-auth-attempts-per-minute", "0", "--limits-requests-per-minute", "0",
        "--limits-messages-per-minute", "0", ...flags],
    ]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.on("error", (error) => (output += error));
    process.on("exit", () => child.kill("SIGKILL"));
    const url = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + 30_000;
    while (!(await fetch(`${url}/readyz`).then((reply) => reply.ok, () => false))) {
        if (Date.now() > deadline || child.exitCode !== null) throw new Error(`confabd did not start:\n${output}`);
        await after(20);
    }
    const stop = async () => {
        child.kill("SIGTERM");
        const code = await ended;
        rmSync(directory, { recursive: true });
        if (code !== 0) throw new Error(`confabd ended with ${code}:\n${output}`);
    };
    return { url, contract: await Contract.of(url), output: () => output, stop };
}

/** One REST call; `body` is the decoded JSON, which must be what the server's own document says. */
export async function rest(server, token, method, path, parameters) {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const body = typeof parameters === "string" || Buffer.isBuffer(parameters) ? parameters : JSON.stringify(parameters);
    const reply = await fetch(server.url + path, { method, headers, body });
    const text = await reply.text();
    const answer = { status: reply.status, body: text ? JSON.parse(text) : null };
    server.contract.checkRest(method, path, answer.status, reply.headers.get("content-type"), answer.body);
    return answer;
}

/** What a program proves itself with that signs its own people in. */
export const adminKey = "an admin key of more than 32 characters";
export const password = "correct horse battery";

/** Makes an account; gives token, user and session. */
export async function register(server, handle) {
    const parameters = { clientId: randomUUID(), handle, displayName: `Name of ${handle}`, password };
    const { status, body } = await rest(server, null, "POST", "/v1/accounts", parameters);
    if (status !== 201) throw new Error(`registering ${handle} gave ${status} ${JSON.stringify(body)}`);
    return body;
}

/**
 * A plain JSON WebSocket client: `call` answers with the response frame, `events` keeps what came. A frame that the
 * server's own document does not allow ends the process.
 */
export class Socket {
    #socket;
    #lastId = 0;
    #waiting = new Map();
    #contract;
    events = [];

    static async open(server, token) {
        const socket = new Socket();
        socket.#contract = server.contract;
        socket.#socket = new WebSocket(server.url.replace("http", "ws") + "/v1/socket", "confab.v1.json");
        socket.closed = new Promise((resolve) => socket.#socket.on("close", resolve));
        socket.#socket.on("message", (data) => socket.#take(JSON.parse(data.toString())));
        socket.#socket.on("error", () => {});
        await new Promise((resolve, reject) => socket.#socket.on("open", resolve).on("error", reject));
        if (token) {
            const hello = await socket.call("hello", { token, cursors: [], features: [] });
            if (hello.error) throw new Error(JSON.stringify(hello.error));
        }
        return socket;
    }

    #take(frame) {
        const waiting = this.#waiting.get(frame.id);
        this.#contract.checkFrame(frame, waiting?.op);
        if (frame.event) this.events.push(frame);
        this.#waiting.delete(frame.id);
        waiting?.settle(frame);
    }

    call(op, params) {
        return this.callText((id) => JSON.stringify({ id, op, params }), op);
    }

    /** Sends the text that `make(id)` gives, byte for byte, and waits for the answer with this id. */
    callText(make, op) {
        const id = ++this.#lastId;
        return new Promise((resolve, reject) => {
            const sent = make(id);
            const timer = setTimeout(() => reject(new Error(`no answer to ${sent.slice(0, 200)}`)), 30_000);
            this.closed.then((code) => reject(new Error(`closed with ${code} before an answer to ${sent.slice(0, 200)}`)));
            const settle = (frame) => {
                clearTimeout(timer);
                resolve(frame);
            };
            this.#waiting.set(id, { op, settle });
            this.#socket.send(sent);
        });
    }

    /** Sends bytes as they are in a text frame. */
    sendBytes(bytes) {
        this.#socket.send(bytes, { binary: false });
    }

    close() {
        this.#socket.close();
        return this.closed;
    }
}

/** Turns until `condition()` holds, 30 s at most. */
export async function until(condition, what) {
    const deadline = Date.now() + 30_000;
    while (!condition()) {
        if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
        await after(5);
    }
}

/** Runs facts one after the other and prints them as Qt Test does, so that each counts. */
export async function runFacts(name, facts) {
    let failed = 0;
    for (const [fact, check] of Object.entries(facts)) {
        try {
            await check();
            console.log(`PASS   : ${name}::${fact}()`);
        } catch (error) {
            ++failed;
            console.log(`FAIL!  : ${name}::${fact}() ${error.stack}`);
        }
    }
    const passed = Object.keys(facts).length - failed;
    console.log(`Totals: ${passed} passed, ${failed} failed`);
    return failed === 0;
}
