// SPDX-License-Identifier: MIT
// The API documents: they pass others' validators, are the ones in docs/, and every example in them holds against the
// real server, over REST and over the socket. With --record the story's results are written down anew.
import { validate as validateAsyncApi } from "./asyncapi.mjs";
import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Contract } from "./contract.mjs";
import { Socket, adminKey, runFacts, startConfabd, until } from "./confabd.mjs";
import { Renaming, isId, isSecret, isTime, restExample, socketExample, story, storyPath, tell } from "./story.mjs";

const read = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

// Events that a story cannot bring about: they come when a socket is slow or the bus lost something.
const untold = ["sync"];

/** Gives `check` a server of its own with Grace as its administrator, and what the story calls her password. */
async function onNewServer(check) {
    const names = new Renaming();
    const addGrace = (directory) => {
        const confabctl = join(process.env.CONFAB_BINARY_DIR, "bin", "confabctl");
        const output = execFileSync(confabctl, ["--data-dir", directory, "--json", "admin", "add", "grace"]);
        names.name("password-of-grace", JSON.parse(output).password);
    };
    const server = await startConfabd(["--auth-admin-key", adminKey], addGrace);
    await check(server, names);
    await server.stop();
}

// -- recording --------------------------------------------------------------------------------------------------

/** A server's answer in the story's names; ids without one get the next. */
function retold(names, counter, value, time, name = "") {
    if (Array.isArray(value)) return value.map((each) => retold(names, counter, each, time, name));
    if (value !== null && typeof value === "object")
        return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, retold(names, counter, each, time, key)]));
    if (isTime(name) && value > 0) return time;
    if (!isSecret(name) && !isId(value)) return value;
    const known = () => names.nameOf(value);
    while (!known()) {
        const number = ++counter.value;
        const fresh = isSecret(name) ? `${name}-${number}` : `0193c3f0-7a00-7000-8000-${String(number).padStart(12, "0")}`;
        if (!JSON.stringify(story).includes(fresh)) names.name(fresh, value);
    }
    return known();
}

async function record() {
    await onNewServer(async (server, names) => {
        const counter = { value: 0 };
        let time = 1_733_052_000_000;
        const told = await tell(server, names, {
            bySocket: true,
            learn: (step, actual, isFirst) => {
                time += 1000;
                names.keepOwn(step.params);
                names.takeNames(step.result ?? {}, actual);
                if (isFirst) step.result = retold(names, counter, actual, time);
            },
        });
        const messages = Object.keys(server.contract.asyncapi.components.messages).filter((name) => name.startsWith("event."));
        const kinds = messages.map((name) => name.slice("event.".length));
        const eventOf = (kind) => told.events().find(({ event }) => event === kind);
        await until(() => kinds.every((kind) => untold.includes(kind) || eventOf(kind)), "one event of each kind");
        const written = (kind) => story.events.find(({ event }) => event === kind);
        story.events = kinds.map((kind) => (untold.includes(kind) ? written(kind) : retold(names, counter, eventOf(kind), time)));
        await told.close();
    });
    writeFileSync(storyPath, JSON.stringify(story, null, 2) + "\n");
}

if (process.argv[2] === "--record") {
    await record();
    process.exit(0);
}

// -- facts ------------------------------------------------------------------------------------------------------

/** Every `$ref` within a document leads somewhere. */
function assertReferencesResolve(document) {
    const walk = (value) => {
        if (value === null || typeof value !== "object") return;
        if (typeof value.$ref === "string") {
            const parts = value.$ref.slice(2).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
            assert.ok(value.$ref.startsWith("#/") && parts.reduce((place, part) => place?.[part], document), value.$ref);
        }
        Object.values(value).forEach(walk);
    };
    walk(document);
}

/** Parameters that break one rule of their schema each: [parameters, the field at fault]. */
function* broken(document, op, params) {
    const resolve = (schema) => (schema.$ref ? document.components.schemas[schema.$ref.split("/").at(-1)] : schema);
    const schema = resolve(resolve(document.components.messages[op].payload.properties.params));
    for (const name of schema.required ?? []) {
        const { [name]: _, ...others } = params;
        yield [others, name];
    }
    for (const [name, property] of Object.entries(schema.properties)) {
        const rules = property.anyOf?.[0] ?? property;
        const wrong = { string: 7, integer: "7", boolean: 1, array: {} }[rules.type];
        const values = [wrong];
        if (rules.format === "uuid") values.push("no id", "00000000-0000-0000-0000-000000000000");
        if (rules.enum) values.push("nonsense", "unknown");
        if (rules.minLength) values.push("x".repeat(rules.minLength - 1));
        if (rules.maxLength) values.push("x".repeat(rules.maxLength + 1));
        if (rules.maxItems) values.push(Array(rules.maxItems + 1).fill("0193c3f0-7a00-7000-8000-000000000001"));
        if (rules.minimum !== undefined) values.push(rules.minimum - 1);
        for (const value of values) yield [{ ...params, [name]: value }, name];
    }
}

const passed = await runFacts("examples", {
    async documentsPassTheirValidators() {
        await onNewServer(async ({ contract }) => {
            const openApi = await new Validator().validate(structuredClone(contract.openapi));
            assert.ok(openApi.valid, JSON.stringify(openApi.errors)?.slice(0, 4000));
            assert.deepEqual(validateAsyncApi(contract.asyncapi), []);
            assertReferencesResolve(contract.openapi);
            assertReferencesResolve(contract.asyncapi);
        });
    },

    async everyOperationAndEventHasAnExample() {
        await onNewServer(async ({ contract: { openapi, asyncapi } }) => {
            const told = new Set(story.story.map(({ op }) => op));
            const ops = new Set(Object.keys(asyncapi.operations).filter((name) => !name.startsWith("event.")));
            for (const methods of Object.values(openapi.paths))
                for (const operation of Object.values(methods)) operation["x-operations"].forEach((op) => ops.add(op));
            assert.deepEqual([...ops].filter((op) => !told.has(op)), [], "without a step in examples.json");
            assert.deepEqual([...told].filter((op) => !ops.has(op)), [], "no operations");
            const bare = Object.values(asyncapi.components.messages).filter(({ examples }) => !examples);
            assert.deepEqual(bare.map(({ name }) => name), [], "without an example: run ./dev contract");
        });
    },

    async documentsAreThoseInDocs() {
        await onNewServer(async ({ contract }) => {
            assert.equal(contract.openapiText, read("docs/openapi.json"), "run ./dev contract");
            assert.equal(contract.asyncapiText, read("docs/asyncapi.json"), "run ./dev contract");
        });
    },

    async documentsAreForEverybodyAndForReading() {
        const server = await startConfabd(["--cors-origins", "https://reader.example"]);
        const origin = { Origin: "https://reader.example" };
        for (const path of ["/v1/openapi.json", "/v1/asyncapi.json"]) {
            const reply = await fetch(server.url + path, { headers: origin });
            assert.equal(reply.headers.get("content-type"), "application/json");
            assert.equal(reply.headers.get("access-control-allow-origin"), origin.Origin);
            const head = await fetch(server.url + path, { method: "HEAD" });
            assert.equal(Number(head.headers.get("content-length")), Buffer.byteLength(await reply.text()));
            const post = await fetch(server.url + path, { method: "POST", body: "{}" });
            assert.equal(post.status, 405);
            assert.equal(post.headers.get("allow"), "GET, HEAD");
        }
        await server.stop();
    },

    async limitsInTheDocumentsAreTheServersOwn() {
        const server = await startConfabd(["--limits-message-length", "500"]);
        const { asyncapi } = await Contract.of(server.url);
        assert.equal(asyncapi.components.schemas.SendMessage.properties.text.maxLength, 500);
        await server.stop();
    },

    async bothDocumentsHaveTheSameExamples() {
        await onNewServer(async ({ contract }) => {
            for (const op of new Set(story.story.map((step) => step.op))) {
                const byRest = restExample(contract, op);
                const bySocket = socketExample(contract, op);
                if (byRest && bySocket.params) assert.deepEqual(byRest.params, bySocket.params, op);
                if (byRest?.result && bySocket.result) assert.deepEqual(byRest.result, bySocket.result, op);
            }
        });
    },

    async everyExampleHoldsOverRest() {
        await onNewServer(async (server, names) => {
            await tell(server, names, { bySocket: false });
        });
    },

    async everyExampleHoldsOverTheSocket() {
        await onNewServer(async (server, names) => {
            const told = await tell(server, names, { bySocket: true });
            for (const { event, data } of Object.values(server.contract.asyncapi.components.messages)
                .filter(({ name }) => name.startsWith("event."))
                .map(({ examples }) => examples[0].payload)
                .filter((payload) => !untold.includes(payload.event))) {
                const came = () => told.events().some((each) => each.event === event && names.fits(data, each.data));
                await until(came, `the event ${event} as its example`);
            }
            await told.close();
        });
    },

    async whatBreaksARuleIsRefusedByItsField() {
        await onNewServer(async (server, names) => {
            let refused = 0;
            const document = server.contract.asyncapi;
            const before = async ({ op }, params, call) => {
                for (const [wrong, field] of broken(document, op, params)) {
                    const { error } = await call(wrong);
                    const what = `${op} with ${field}: ${JSON.stringify(wrong).slice(0, 200)} gave ${JSON.stringify(error)}`;
                    assert.ok(["invalidArgument", "tooLarge"].includes(error?.code), what);
                    assert.equal(error.field.split(".")[0], field, what);
                    ++refused;
                }
                if (document.operations[op]["x-needs-session"]) {
                    const stranger = await Socket.open(server, null);
                    assert.equal((await stranger.call(op, params)).error?.code, "unauthenticated", op);
                    await stranger.close();
                }
            };
            await tell(server, names, { bySocket: true, before });
            assert.ok(refused > 100, `${refused} refusals`);
        });
    },
});
process.exit(passed ? 0 : 1);
