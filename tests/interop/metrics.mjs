// SPDX-License-Identifier: MIT
// The metrics as Prometheus' own parser reads them, after some work over the socket and REST.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Socket, register, rest, runFacts, startConfabd } from "./confabd.mjs";

const parser = fileURLToPath(new URL("metrics.py", import.meta.url));

async function scrape(server) {
    const reply = await fetch(`${server.url}/metrics`);
    assert.equal(reply.status, 200);
    // The system's Python, for its packages are there.
    const parsed = spawnSync("/usr/bin/python3", [parser], { input: await reply.text(), encoding: "utf8" });
    assert.equal(parsed.status, 0, parsed.stderr);
    return JSON.parse(parsed.stdout);
}

/** The one value of a sample, by its name and all its labels. */
function valueOf(families, name, labels = {}) {
    const same = (sample) =>
        sample.name === name &&
        Object.keys(sample.labels).length === Object.keys(labels).length &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
    const found = families.flatMap((family) => family.samples).filter(same);
    assert.equal(found.length, 1, `${found.length} samples of ${name} ${JSON.stringify(labels)}`);
    return Number(found[0].value);
}

async function work(server) {
    const ann = await register(server, "ann");
    const bob = await register(server, "bob");
    const group = { clientId: randomUUID(), kind: "group", title: "tea", memberIds: [bob.user.id] };
    const conversationId = (await rest(server, ann.token, "POST", "/v1/conversations", group)).body.id;
    const socket = await Socket.open(server, ann.token);
    for (let i = 0; i < 5; ++i) {
        const message = { conversationId, clientId: randomUUID(), text: "hello" };
        assert.ok((await socket.call("message.send", message)).result);
        // The same once more is a call, and no message.
        assert.ok((await socket.call("message.send", message)).result);
    }
    assert.ok((await socket.call("message.send", { conversationId, clientId: randomUUID(), text: "" })).error);
    return socket;
}

const facts = {
    async readByPrometheusOwnParserWithRightNumbers() {
        const server = await startConfabd();
        const socket = await work(server);
        const families = await scrape(server);
        const ok = { operation: "message.send", outcome: "ok" };
        assert.equal(valueOf(families, "confab_requests_total", ok), 10);
        assert.equal(valueOf(families, "confab_requests_total", { ...ok, outcome: "invalidArgument" }), 1);
        assert.equal(valueOf(families, "confab_request_duration_seconds_count", { operation: "message.send" }), 11);
        assert.equal(valueOf(families, "confab_messages_stored_total"), 5);
        assert.equal(valueOf(families, "confab_requests_total", { operation: "hello", outcome: "ok" }), 1);
        assert.equal(valueOf(families, "confab_connections", { protocol: "websocket" }), 1);
        const closed = { reason: "closed by the client" };
        assert.equal(valueOf(families, "confab_websockets_closed_total", closed), 0);
        await socket.close();
        assert.equal(valueOf(await scrape(server), "confab_websockets_closed_total", closed), 1);
        await server.stop();
    },

    async keepsToPrometheusRules() {
        const server = await startConfabd();
        await work(server);
        const families = await scrape(server);
        const seen = new Set();
        for (const { name, type, help, samples } of families) {
            assert.match(name, /^[a-z][a-z0-9_]*$/);
            assert.ok(help.length > 0, `${name} has no help`);
            assert.ok(["counter", "gauge", "histogram"].includes(type), `${name} is of type ${type}`);
            assert.ok(samples.length > 0, `${name} has no sample`);
            assert.ok(!/milli|micro|_ms$|_minutes$/.test(name), `${name} is not in base units`);
            for (const sample of samples) {
                const key = sample.name + JSON.stringify(Object.entries(sample.labels).sort());
                assert.ok(!seen.has(key), `${key} comes twice`);
                seen.add(key);
                assert.ok(Number.isFinite(Number(sample.value)), `${key} is ${sample.value}`);
                assert.equal(sample.name.endsWith("_total"), type === "counter", sample.name);
            }
            if (type === "histogram") checkHistogram(name, samples);
        }
        await server.stop();
    },
};

/** Buckets ascend, and the last one holds all, for each set of labels. */
function checkHistogram(name, samples) {
    const series = new Map();
    for (const { name: sample, labels, value } of samples) {
        const { le, ...rest } = labels;
        const key = JSON.stringify(rest);
        if (!series.has(key)) series.set(key, { buckets: [] });
        if (sample.endsWith("_bucket")) series.get(key).buckets.push([le === "+Inf" ? Infinity : Number(le), Number(value)]);
        else series.get(key)[sample.slice(name.length + 1)] = Number(value);
    }
    for (const [key, { buckets, count, sum }] of series) {
        for (let i = 1; i < buckets.length; ++i) {
            assert.ok(buckets[i][0] > buckets[i - 1][0], `${name}${key}: the bounds do not ascend`);
            assert.ok(buckets[i][1] >= buckets[i - 1][1], `${name}${key}: the counts do not ascend`);
        }
        assert.deepEqual(buckets.at(-1), [Infinity, count], `${name}${key}`);
        assert.ok(sum >= 0, `${name}${key}`);
    }
}

process.exit((await runFacts("metrics", facts)) ? 0 : 1);
