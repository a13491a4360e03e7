// SPDX-License-Identifier: MIT
// The story of examples.json, told to a real server step by step. An example's ids, tokens and times are not the
// server's: each id and token stands for one that the server gave, everything else must come as the example has it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Socket, adminKey, rest, until } from "./confabd.mjs";

export const storyPath = fileURLToPath(new URL("../../server/gateway/contract/examples.json", import.meta.url));
export const story = JSON.parse(readFileSync(storyPath, "utf8"));

export const isId = (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
export const isTime = (name) => /At$|^(at|serverTime)$/.test(name);
export const isSecret = (name) => /^(token|code|password)$/.test(name); // of an answer
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** What the examples' ids and tokens are called by the server. */
export class Renaming {
    #real = new Map();

    /** An example's value with the server's names in it. */
    real(value) {
        if (Array.isArray(value)) return value.map((each) => this.real(each));
        if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.real(each)]));
        return this.#real.get(value) ?? value;
    }

    nameOf(actual) {
        return [...this.#real].find(([, real]) => real === actual)?.[0];
    }

    name(example, actual) {
        this.#real.set(example, actual);
    }

    /** Takes the names out of an answer, which must otherwise be as its example; with `partly` it may say more. */
    learn(example, actual, partly = false, at = "") {
        const name = at.split(".").at(-1).replace(/\[\d+\]$/, "");
        if (Array.isArray(example)) {
            assert.ok(Array.isArray(actual) && example.length === actual.length, `${at}: ${JSON.stringify(actual)}`);
            example.forEach((each, i) => this.learn(each, actual[i], partly, `${at}[${i}]`));
        } else if (isObject(example)) {
            assert.ok(isObject(actual), `${at}: ${JSON.stringify(actual)}`);
            if (!partly) assert.deepEqual(Object.keys(actual).sort(), Object.keys(example).sort(), `the fields of ${at || "the answer"}`);
            for (const [key, each] of Object.entries(example)) this.learn(each, actual[key], partly, at ? `${at}.${key}` : key);
        } else if (typeof example === "string" && (isId(example) || isSecret(name))) {
            if (!this.#real.has(example)) this.#real.set(example, actual);
            assert.equal(actual, this.#real.get(example), at);
        } else if (/^people\[\d+\]\.(state|lastSeenAt)$/.test(at)) {
            assert.equal(typeof actual, typeof example, at); // over REST nobody is connected
        } else if (name === "expiresAt" && example > 0) {
            assert.ok(actual > Date.now(), `${at}: ${actual}`);
        } else if (isTime(name) && example > 0) {
            assert.ok(Math.abs(actual - Date.now()) < 3_600_000, `${at}: ${actual}`);
        } else if (name === "reconnectSpreadMs") {
            assert.ok(actual >= 0, at); // it grows with the connections there are
        } else if (name !== "version" && name !== "schemaVersion") { // those change with releases
            assert.equal(actual, example, at);
        }
    }

    /** Ids in parameters that no answer gave are the client's own, and called the same by both. */
    keepOwn(parameters) {
        for (const each of Object.values(parameters)) if (isId(each) && !this.#real.has(each)) this.#real.set(each, each);
    }

    /** Takes the names out of an answer that need not be as its example. */
    takeNames(example, actual, name = "") {
        if (typeof example === "string" && typeof actual === "string") {
            if ((isId(example) || isSecret(name)) && !this.#real.has(example)) this.#real.set(example, actual);
        } else if (example !== null && actual !== null && typeof example === "object" && typeof actual === "object") {
            for (const [key, each] of Object.entries(example)) this.takeNames(each, actual[key], key);
        }
    }

    /** Whether an answer is as its example; learns nothing. */
    fits(example, actual) {
        const trial = new Renaming();
        trial.#real = new Map(this.#real);
        try {
            trial.learn(example, actual);
            return true;
        } catch {
            return false;
        }
    }
}

/** Parameters and result of an operation as the server's OpenAPI document gives them; null where it has no REST form. */
export function restExample({ openapi }, op) {
    for (const [path, methods] of Object.entries(openapi.paths)) {
        for (const [method, operation] of Object.entries(methods)) {
            if (!operation["x-operations"].includes(op)) continue;
            const body = operation.requestBody?.content["application/json"].examples[op].value;
            const parameters = (operation.parameters ?? []).filter(({ examples }) => examples && op in examples);
            const given = Object.fromEntries(parameters.map(({ name, examples }) => [name, examples[op].value]));
            const places = Object.fromEntries((operation.parameters ?? []).map((each) => [each.name, each.in]));
            const status = Object.keys(operation.responses).find((each) => each < 300);
            const result = operation.responses[status].content?.["application/json"].examples[op].value;
            return { method: method.toUpperCase(), path, places, params: { ...given, ...body }, result, status: Number(status) };
        }
    }
    return null;
}

export function socketExample({ asyncapi }, op) {
    const payload = (name) => asyncapi.components.messages[name]?.examples?.[0].payload;
    return { params: payload(op)?.params, result: payload(`${op}.reply`)?.result };
}

/** Calls over REST as the document says; `params` has the server's names. */
async function callByRest(server, token, example, params) {
    const query = [];
    const body = {};
    const path = example.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name]));
    for (const [name, value] of Object.entries(params)) {
        if (example.places[name] === "query") query.push(`${name}=${[value].flat().map(encodeURIComponent).join(",")}`);
        else if (!example.places[name]) body[name] = value;
    }
    const hasBody = example.method !== "GET" && Object.keys(body).length > 0;
    const url = query.length ? `${path}?${query.join("&")}` : path;
    const answer = await rest(server, token, example.method, url, hasBody ? body : undefined);
    assert.equal(answer.status, example.status, JSON.stringify(answer.body));
    return answer.body;
}

/**
 * Tells the story over REST or over sockets. An operation's first step is the document's example, its answer compared as
 * a whole; `learn(step, actual, isFirst)` does something else with answers. `before(step, params, call)` is called ahead
 * of each step. Gives the sockets' events; a step that `awaits` one goes on when it came. A step `"as": "backend"` is one of a program with the server's admin key.
 */
export async function tell(server, names, { bySocket, before, learn }) {
    const people = new Map();
    const sockets = [];
    const told = new Set();
    const connect = async (token) => {
        sockets.push(await Socket.open(server, token));
        return sockets.at(-1);
    };
    for (const step of story.story) {
        const person = people.get(step.as);
        const onSocket = bySocket ? server.contract.asyncapi.operations[step.op] : null; // or an operation of REST alone
        let socket;
        const call = async (params) => {
            socket = onSocket["x-needs-session"] ? person.socket : await connect(null);
            return socket.call(step.op, params);
        };
        const isFirst = !told.has(step.op);
        told.add(step.op);
        const example = onSocket ? socketExample(server.contract, step.op) : restExample(server.contract, step.op);
        if (!example) continue; // the socket's own
        if (onSocket) await before?.(step, names.real(step.params), call);
        let actual;
        try {
            const params = names.real(isFirst && !learn ? example.params : step.params);
            if (onSocket) {
                const frame = await call(params);
                assert.ok(frame.result, JSON.stringify(frame));
                actual = frame.result;
            } else {
                actual = await callByRest(server, step.as === "backend" ? adminKey : person?.token, example, params);
            }
            if (learn) learn(step, actual, isFirst);
            else if (isFirst && example.result) names.learn(example.result, actual);
            else if (step.result) names.learn(step.result, actual ?? {}, true);
        } catch (error) {
            throw new Error(`${step.op} as ${step.as}: ${error.message}`, { cause: error });
        }
        const heard = () => sockets.some(({ events }) => events.some(({ event }) => event === step.awaits));
        if (bySocket && step.awaits) await until(heard, `the event ${step.awaits}`);
        if (step.op === "hello") person.socket = socket; // the newest of a session takes the place of others
        if (actual?.token) people.set(step.as, { token: actual.token, socket: bySocket ? await connect(actual.token) : null });
    }
    return { events: () => sockets.flatMap((socket) => socket.events), close: () => Promise.all(sockets.map((each) => each.close())) };
}
