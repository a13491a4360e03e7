// SPDX-License-Identifier: MIT
// Nothing that people typed as a secret or wrote to each other may stand in the log, however much is logged and whatever
// goes wrong.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Socket, register, rest, runFacts, startConfabd } from "./confabd.mjs";

// Each is recognisable, so that a part of it would be found too.
const secrets = {
    password: "Passw0rd-zebra-91",
    wrongPassword: "Guess3d-walrus-17",
    passwordTypedAsHandle: "Typ0-ostrich-55",
    message: "mongoose meets at midnight",
    edited: "badger meets at noon",
    restMessage: "heron leaves at dawn",
    refusedMessage: "weasel\0stays",
    brokenJson: "ferret in a broken frame",
    searched: "lynx-somebody",
    title: "otters only",
    unknownPath: "marmot-in-a-path",
};
const fragments = ["zebra", "walrus", "ostrich", "mongoose", "badger", "heron", "weasel", "ferret", "lynx", "otters", "marmot"];

/** What people do on a day, things that are refused included. Gives the tokens it was given. */
async function useEverything(server) {
    const account = { handle: "ann", displayName: "Ann", password: secrets.password, deviceName: "laptop" };
    const ann = (await rest(server, null, "POST", "/v1/accounts", account)).body;
    const bob = await register(server, "bob");
    const signIn = (handle, password) => rest(server, null, "POST", "/v1/sessions", { handle, password });
    const again = (await signIn("ann", secrets.password)).body;
    assert.equal((await signIn("ann", secrets.wrongPassword)).status, 401);
    assert.equal((await signIn(secrets.passwordTypedAsHandle, secrets.wrongPassword)).status, 401);
    assert.equal((await rest(server, null, "POST", "/v1/accounts", account)).status, 409);
    const shortPassword = { ...account, handle: "carl", password: "zebra" };
    assert.equal((await rest(server, null, "POST", "/v1/accounts", shortPassword)).status, 400);

    const group = { clientId: randomUUID(), kind: "group", title: secrets.title, memberIds: [bob.user.id] };
    const conversationId = (await rest(server, ann.token, "POST", "/v1/conversations", group)).body.id;
    const path = `/v1/conversations/${conversationId}/messages`;
    const socket = await Socket.open(server, ann.token);
    const bobSocket = await Socket.open(server, bob.token);
    const sent = await socket.call("message.send", { conversationId, clientId: randomUUID(), text: secrets.message });
    assert.ok(sent.result);
    const edit = { conversationId, messageId: sent.result.id, text: secrets.edited };
    assert.ok((await socket.call("message.edit", edit)).result);
    const restMessage = { clientId: randomUUID(), text: secrets.restMessage };
    assert.equal((await rest(server, bob.token, "POST", path, restMessage)).status, 201);
    assert.ok((await socket.call("message.history", { conversationId })).result);

    const refused = { conversationId, clientId: randomUUID(), text: secrets.refusedMessage };
    assert.ok((await socket.call("message.send", refused)).error);
    const tooLong = { conversationId, clientId: randomUUID(), text: secrets.message.repeat(1000) };
    assert.ok((await socket.call("message.send", tooLong)).error);
    assert.ok((await socket.call("message.send", { conversationId, clientId: secrets.message, text: secrets.message })).error);
    assert.ok((await socket.call("no.such.op", { text: secrets.message })).error);
    assert.ok((await socket.callText((id) => `{"id":${id},"op":"message.send","params":"${secrets.brokenJson}"}`)).error);
    assert.ok((await socket.call("hello", { token: ann.token, cursors: [], features: [] })).result);
    assert.equal((await rest(server, bob.token, "POST", path, `{"text":"${secrets.brokenJson}`)).status, 400);
    const query = `query=${secrets.searched}`;
    assert.equal((await rest(server, bob.token, "GET", `/v1/users?${query}`)).status, 200);
    assert.equal((await rest(server, null, "GET", `/v1/users?${query}&token=${bob.token}`)).status, 401);
    assert.equal((await rest(server, bob.token, "GET", `/v1/${secrets.unknownPath}`)).status, 404);
    assert.equal((await rest(server, `${bob.token}x`, "GET", "/v1/sessions")).status, 401);

    const stranger = await Socket.open(server, null);
    assert.ok((await stranger.call("hello", { token: `${ann.token.slice(0, -1)}!`, cursors: [], features: [] })).error);
    const broken = await Socket.open(server, null);
    broken.sendBytes(Buffer.concat([Buffer.from(`{"text":"${secrets.brokenJson}`), Buffer.from([0xff])]));
    assert.equal(await broken.closed, 1007);

    assert.equal((await rest(server, ann.token, "DELETE", `/v1/sessions/${again.session.id}`)).status, 204);
    assert.equal((await rest(server, again.token, "GET", "/v1/sessions")).status, 401);
    assert.equal((await rest(server, ann.token, "DELETE", `/v1/sessions/${ann.session.id}`)).status, 204);
    assert.equal(await socket.closed, 4001);
    await bobSocket.close();
    return { tokens: [ann.token, bob.token, again.token], sessionId: ann.session.id };
}

async function logHoldsNoSecret(format) {
    const server = await startConfabd(["--log-level", "debug", "--log-format", format]);
    const { tokens, sessionId } = await useEverything(server);
    await server.stop();
    const log = server.output();
    assert.ok(log.includes(sessionId), "the log tells what happened to sessions, so it is the one to look at");
    for (const secret of [...Object.values(secrets), ...fragments, ...tokens, ...tokens.map((token) => token.slice(4, 24))])
        assert.ok(!log.includes(secret), `the log holds ${secret}:\n${log.split("\n").filter((line) => line.includes(secret))}`);
    assert.ok(!log.includes("$argon2id"));
    if (format === "json")
        for (const line of log.split("\n").filter((line) => line.startsWith("{"))) JSON.parse(line);
}

const passed = await runFacts("logs", {
    textLogHoldsNoSecret: () => logHoldsNoSecret("text"),
    jsonLogHoldsNoSecret: () => logHoldsNoSecret("json"),
});
process.exit(passed ? 0 : 1);
