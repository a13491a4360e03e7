// SPDX-License-Identifier: MIT
// A whole Confab client, as docs/protocol.md tells to write one: it keeps all conversations of one person equal to the
// server's over any number of broken connections, and sends what was written exactly once.
import WebSocket from "ws";
import { randomUUID } from "node:crypto";

const gapMs = 300; // for an event that another one has overtaken
const [firstWaitMs, longestWaitMs] = [100, 10_000];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `state` is all that must be kept; `save(state)` is called when it has changed, and keeps it as a whole or not at all. */
export class SyncClient {
    #lastId = 0;

    constructor(url, token, { state, save = () => {}, newLimit = 100 } = {}) {
        this.state = state ?? { conversations: {}, outbox: [] };
        Object.assign(this, { url, token, save, newLimit, attempts: 0 });
        this.connect();
    }

    // -- the connection: each attempt is a new socket, and what an older one says has no effect ------------------

    connect() {
        const socket = (this.socket = new WebSocket(this.url, "confab.v1.json"));
        const waiting = (this.waiting = new Map()); // requests by id
        this.busy = new Set(); // conversations that catch up
        let silence;
        const alive = () => {
            clearTimeout(silence);
            silence = setTimeout(() => socket.terminate(), 2.25 * (this.heartbeatMs ?? 20_000));
        };
        socket.on("open", () => this.hello().catch(() => socket.terminate())).on("ping", alive).on("error", () => {});
        socket.on("message", (data) => {
            alive();
            const { id, result, error, event, data: row } = JSON.parse(data.toString());
            if (socket !== this.socket) return;
            if (event) return this.take(event, row);
            if (error) waiting.get(id)?.reject(Object.assign(new Error(error.message), error));
            else waiting.get(id)?.resolve(result);
            waiting.delete(id);
        });
        socket.on("close", async (code) => {
            clearTimeout(silence);
            this.online = false;
            for (const { reject } of waiting.values()) reject(new Error("the connection broke"));
            this.closed ||= code === 4001 || code === 4002; // the session is over: sign in again
            const range = Math.max(this.attempts ? 0 : this.spreadMs ?? 0, Math.min(longestWaitMs, firstWaitMs * 2 ** this.attempts++));
            await pause(Math.random() * range);
            if (!this.closed) this.connect();
        });
    }

    close() {
        this.closed = true;
        this.socket.close();
    }

    call(op, params) {
        return new Promise((resolve, reject) => {
            this.waiting.set(++this.#lastId, { resolve, reject });
            this.socket.send(JSON.stringify({ id: this.#lastId, op, params }));
        });
    }

    async hello() {
        const { generation, accountRevision, conversations } = this.state;
        const cursors = Object.entries(conversations).map(([conversationId, { cursor: revision }]) => ({ conversationId, revision }));
        const reply = await this.call("hello", { token: this.token, generation, accountRevision, cursors });
        if (reply.resync || (generation && generation !== reply.generation)) this.state.conversations = {};
        Object.assign(this, { heartbeatMs: reply.heartbeatMs, spreadMs: reply.reconnectSpreadMs });
        this.state.generation = reply.generation;
        this.upsert(reply);
        reply.changes.forEach((page) => this.apply(page));
        if (reply.entriesLeft.length) this.list({ ids: reply.entriesLeft });
        if (reply.moreConversations) this.list();
        else this.state.accountRevision = reply.accountRevision;
        this.save(this.state);
        Object.assign(this, { attempts: 0, online: true });
        Object.keys(this.state.conversations).forEach((id) => this.check(id));
        this.sendOutbox();
    }

    // -- keeping in sync ----------------------------------------------------------------------------------------

    take(event, row) {
        if (event === "account") this.takeAccount(row);
        if (event === "sync") this.compare(row);
        if (["message", "member", "conversation"].includes(event)) this.takeRow(row.conversationId ?? row.id, event, row);
        this.save(this.state);
    }

    takeRow(id, kind, row) {
        const mine = this.state.conversations[id];
        if (!mine) return; // the account's own event brings what is new
        this.store(mine, kind, row);
        mine.head = Math.max(mine.head, row.revision);
        if (!this.busy.has(id) && row.revision === mine.cursor + 1) mine.cursor = row.revision;
        if (mine.cursor < mine.head) setTimeout(() => this.check(id), gapMs);
    }

    store(mine, kind, row) {
        if (kind === "member") mine.members[row.userId] = row;
        if (kind === "conversation") mine.conversation = row;
        if (kind !== "message") return;
        this.state.outbox = this.state.outbox.filter(({ clientId }) => clientId !== row.clientId);
        if (mine.holes.some(({ after, before }) => after < row.id && row.id < before)) return;
        if ((mine.messages[row.id]?.revision ?? 0) < row.revision) mine.messages[row.id] = row;
    }

    /** The server says where it stands; with `missed` it left events out because this client did not read. */
    compare({ missed, accountRevision, conversations }) {
        if (missed) return this.hello().catch(() => this.socket.terminate());
        if (accountRevision > (this.state.accountRevision ?? 0)) this.list();
        for (const { conversationId, revision } of conversations) {
            const mine = this.state.conversations[conversationId];
            if (mine) mine.head = Math.max(mine.head, revision);
            this.check(conversationId);
        }
    }

    takeAccount(change) {
        const { accountRevision = 0 } = this.state;
        if (change.accountRevision > accountRevision + 1) return this.list();
        this.upsert(change);
        this.state.accountRevision = Math.max(accountRevision, change.accountRevision);
    }

    /** Takes entries of the list, and catches up where they say that something is missing. */
    upsert({ conversations, entries = conversations, gone }) {
        for (const id of gone) delete this.state.conversations[id];
        for (const { conversation, membership, headRevision } of entries) {
            const known = this.state.conversations[conversation.id];
            const kept = known?.membership.visibleFrom === membership.visibleFrom ? known : { cursor: 0, head: 0, messages: {}, members: {}, holes: [] };
            this.state.conversations[conversation.id] = { ...kept, conversation, membership, head: Math.max(kept.head, headRevision) };
            this.check(conversation.id);
        }
    }

    async list(which = { after: this.state.accountRevision }) {
        const page = await this.call("conversation.list", which).catch(() => null);
        if (!page) return; // the next hello tells
        this.upsert(page);
        if (!which.ids) this.state.accountRevision = page.accountRevision;
        this.save(this.state);
        if (page.more && !which.ids) this.list();
    }

    apply(page) {
        const mine = this.state.conversations[page.conversationId];
        if (page.hole.before) {
            mine.holes.push(page.hole);
            for (const id of Object.keys(mine.messages)) if (page.hole.after < id && id < page.hole.before) delete mine.messages[id];
        }
        page.messages.forEach((row) => this.store(mine, "message", row));
        page.members.forEach((row) => this.store(mine, "member", row));
        if (page.conversation) mine.conversation = page.conversation;
        mine.catchUp = page.more ? { base: mine.catchUp?.base ?? mine.cursor, after: page.revision } : undefined;
        if (!page.more) mine.cursor = Math.max(mine.cursor, page.revision);
    }

    /** Catches up where something is missing; a catch-up that was cut off goes on where it was. */
    async check(id) {
        const behind = () => (({ cursor, head, catchUp } = {}) => cursor < head || catchUp)(this.state.conversations[id]);
        const busy = this.busy; // of this connection
        if (!this.online || busy.has(id)) return;
        for (busy.add(id); behind() && busy === this.busy; this.save(this.state)) {
            const { cursor, catchUp = { base: cursor, after: cursor } } = this.state.conversations[id];
            const page = await this.call("conversation.changes", { conversationId: id, ...catchUp, newLimit: this.newLimit }).catch(() => null);
            if (!page) break; // the next hello goes on with it
            this.apply(page);
        }
        busy.delete(id);
    }

    /** Loads the newest part of a hole. */
    async fill(id, hole) {
        const mine = this.state.conversations[id];
        const { messages, more } = await this.call("message.history", { conversationId: id, ...hole, limit: 50 });
        if (more) hole.before = messages.at(-1).id;
        else mine.holes = mine.holes.filter((each) => each !== hole);
        messages.forEach((row) => this.store(mine, "message", row));
        this.save(this.state);
    }

    // -- sending ------------------------------------------------------------------------------------------------

    /** Writes a message down; it is sent, in order, until the server has answered. */
    send(conversationId, text) {
        this.state.outbox.push({ conversationId, clientId: randomUUID(), text });
        this.save(this.state);
        if (this.online && this.state.outbox.length === 1) this.sendOutbox();
    }

    async sendOutbox() {
        for (let message; (message = this.state.outbox[0]); this.save(this.state)) {
            const answer = await this.call("message.send", message).catch((error) => error);
            if (!(answer instanceof Error)) this.takeRow(message.conversationId, "message", answer);
            else if (!answer.code || answer.code === "unauthenticated") return; // the next hello goes on with it
            else if (["rateLimited", "unavailable", "internal"].includes(answer.code)) await pause(answer.retryAfterMs || 1000);
            else this.state.outbox.shift(); // refused for good: to be shown as failed
        }
    }
}
