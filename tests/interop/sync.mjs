// SPDX-License-Identifier: MIT
// The example client against the real server, over a connection that is cut: what it holds must be the server's.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer, connect } from "node:net";
import { register, rest, runFacts, startConfabd, until } from "./confabd.mjs";
import { SyncClient } from "./sync-client.mjs";

/** A TCP relay that can be cut, refuse, and swallow what the server says. */
class Relay {
    pairs = new Set();
    isOpen = true;
    isDeaf = false;

    static async to(server) {
        const relay = new Relay();
        const { hostname, port } = new URL(server.url);
        relay.listener = createServer((client) => {
            if (!relay.isOpen) return client.destroy();
            const upstream = connect(port, hostname);
            const pair = [client, upstream];
            relay.pairs.add(pair);
            client.on("data", (bytes) => upstream.write(bytes));
            upstream.on("data", (bytes) => relay.isDeaf || client.write(bytes));
            for (const end of pair) {
                end.on("error", () => {});
                end.on("close", () => {
                    relay.pairs.delete(pair);
                    pair.forEach((each) => each.destroy());
                });
            }
        });
        await new Promise((resolve) => relay.listener.listen(0, "127.0.0.1", resolve));
        relay.url = `ws://127.0.0.1:${relay.listener.address().port}/v1/socket`;
        return relay;
    }

    cut() {
        for (const pair of this.pairs) pair.forEach((end) => end.destroy());
    }

    close() {
        this.cut();
        this.listener.close();
    }
}

const server = await startConfabd();
const ann = await register(server, "ann");
const bob = await register(server, "bob");

/** A conversation of both, and how Bob acts in it over REST while Ann may be away. */
async function converse(title) {
    const parameters = { clientId: randomUUID(), kind: "group", title, memberIds: [ann.user.id] };
    const { id } = (await rest(server, bob.token, "POST", "/v1/conversations", parameters)).body;
    const path = `/v1/conversations/${id}/messages`;
    const says = async (text) => (await rest(server, bob.token, "POST", path, { clientId: randomUUID(), text })).body.id;
    const edits = (message, text) => rest(server, bob.token, "PATCH", `${path}/${message}`, { text });
    const deletes = (message) => rest(server, bob.token, "DELETE", `${path}/${message}`);
    const all = async () => {
        const rows = [];
        for (let before, more = true; more; before = rows.at(-1)?.id) {
            const page = (await rest(server, bob.token, "GET", `${path}?limit=100${before ? `&before=${before}` : ""}`)).body;
            rows.push(...page.messages);
            more = page.more;
        }
        return rows.reverse();
    };
    return { id, says, edits, deletes, all };
}

/** What a client holds of a conversation, in order. */
const held = (client, id) => Object.values(client.state.conversations[id]?.messages ?? {}).sort((a, b) => a.id - b.id);
const holds = (client, id, message) => until(() => client.state.conversations[id]?.messages[message], `message ${message}`);
const assertEqualToServer = async (client, { id, all }) => assert.deepEqual(held(client, id), await all());

async function withClient(options, check) {
    const relay = await Relay.to(server);
    const client = new SyncClient(relay.url, ann.token, options);
    await until(() => client.online, "the client to be online");
    await check(client, relay);
    client.close();
    relay.close();
}

const passed = await runFacts("sync", {
    async conversationsMadeWhileOnlineArriveWithTheirMessages() {
        await withClient({}, async (client) => {
            const talk = await converse("live");
            await talk.says("one");
            const last = await talk.says("two");
            await holds(client, talk.id, last);
            await assertEqualToServer(client, talk);
        });
    },

    async whatHappenedDuringACutArrivesAfterIt() {
        const talk = await converse("cut");
        const first = await talk.says("to be edited");
        const second = await talk.says("to be deleted");
        await withClient({}, async (client, relay) => {
            await holds(client, talk.id, second);
            relay.isOpen = false;
            relay.cut();
            await until(() => !client.online, "the cut");
            await talk.edits(first, "edited");
            await talk.deletes(second);
            const last = await talk.says("new");
            relay.isOpen = true;
            await holds(client, talk.id, last);
            await assertEqualToServer(client, talk);
            assert.equal(held(client, talk.id)[0].content.text, "edited");
        });
    },

    async aMessageWhoseAnswerWasLostIsThereOnce() {
        const talk = await converse("lost answer");
        const known = await talk.says("hello");
        await withClient({}, async (client, relay) => {
            await holds(client, talk.id, known);
            relay.isDeaf = true;
            client.send(talk.id, "sent once");
            client.send(talk.id, "sent second");
            const isCommitted = async () => (await talk.all()).some(({ content }) => content.text === "sent once");
            while (!(await isCommitted()));
            assert.equal(client.state.outbox.length, 2, "no answer came");
            relay.cut();
            relay.isDeaf = false;
            await until(() => client.online && client.state.outbox.length === 0, "the outbox to be empty");
            assert.deepEqual((await talk.all()).map(({ content }) => content.text), ["hello", "sent once", "sent second"]);
            await assertEqualToServer(client, talk);
        });
    },

    async aRestartOfTheClientGoesOnFromWhatWasSaved() {
        const talk = await converse("restart");
        const first = await talk.says("before");
        let saved;
        const save = (state) => (saved = JSON.stringify(state));
        await withClient({ save }, (client) => holds(client, talk.id, first));
        const state = JSON.parse(saved);
        state.outbox.push({ conversationId: talk.id, clientId: randomUUID(), text: "written while away" });
        await talk.says("said while away");
        await withClient({ state }, async (client) => {
            await until(() => client.state.outbox.length === 0 && held(client, talk.id).length === 3, "all three");
            await assertEqualToServer(client, talk);
        });
    },

    async aLongAbsenceLeavesAHoleThatFills() {
        const talk = await converse("long absence");
        const first = await talk.says("to be edited");
        await withClient({ newLimit: 10 }, async (client, relay) => {
            await holds(client, talk.id, first);
            relay.isOpen = false;
            relay.cut();
            await until(() => !client.online, "the cut");
            for (let i = 0; i < 120; ++i) await talk.says(`message ${i}`);
            await talk.edits(first, "edited");
            const last = await talk.says("newest");
            relay.isOpen = true;
            await holds(client, talk.id, last);
            const mine = () => client.state.conversations[talk.id];
            assert.equal(mine().messages[first].content.text, "edited");
            assert.equal(mine().holes.length, 1);
            assert.ok(held(client, talk.id).length < 60, "the newest came, not all");
            while (mine().holes.length > 0) await client.fill(talk.id, mine().holes[0]);
            await assertEqualToServer(client, talk);
        });
    },

    async manyCutsWhileBothWriteLoseAndDoubleNothing() {
        const talk = await converse("many cuts");
        await withClient({}, async (client, relay) => {
            const first = await talk.says("start");
            await holds(client, talk.id, first);
            const expected = [];
            for (let round = 0; round < 30; ++round) {
                client.send(talk.id, `mine ${round}`);
                expected.push(`mine ${round}`);
                relay.isDeaf = round % 3 === 1;
                await talk.says(`theirs ${round}`);
                if (round % 2) relay.cut();
                relay.isDeaf = false;
            }
            await until(() => client.online && client.state.outbox.length === 0, "the outbox to be empty");
            const last = await talk.says("end");
            await holds(client, talk.id, last);
            const mine = () => client.state.conversations[talk.id]; // hello brings the newest; what lies between is a hole
            while (mine().holes.length > 0) await client.fill(talk.id, mine().holes[0]);
            await assertEqualToServer(client, talk);
            const texts = (await talk.all()).map(({ content }) => content.text);
            assert.equal(texts.length, 62);
            assert.deepEqual(texts.filter((text) => text.startsWith("mine")), expected);
        });
    },

    async aRevokedSessionEndsTheClient() {
        const { body } = await rest(server, null, "POST", "/v1/sessions", { handle: "ann", password: "correct horse battery" });
        const client = new SyncClient(server.url.replace("http", "ws") + "/v1/socket", body.token);
        await until(() => client.online, "the client to be online");
        await rest(server, ann.token, "DELETE", `/v1/sessions/${body.session.id}`);
        await until(() => client.closed, "the end");
    },
});
await server.stop();
process.exit(passed ? 0 : 1);
