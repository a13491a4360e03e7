// SPDX-License-Identifier: MIT
// A plain JSON WebSocket client, as anybody would write one: says hello, then prints every message event as one line of
// JSON. Arguments: URL of the socket, token. A line "send CONVERSATION CLIENTID TEXT" on standard input sends a message.
import WebSocket from "ws";
import { createInterface } from "node:readline";

const [url, token] = process.argv.slice(2);
const socket = new WebSocket(url, "confab.v1.json");
let lastId = 0;
const request = (op, params) => socket.send(JSON.stringify({ id: ++lastId, op, params }));
const print = (value) => process.stdout.write(JSON.stringify(value) + "\n");

socket.on("open", () => request("hello", { token, cursors: [], features: [] }));
socket.on("message", (data, isBinary) => {
    const frame = JSON.parse(data.toString());
    if (isBinary) print({ failure: "a binary frame came over the JSON subprotocol" });
    else if (frame.error) print({ failure: frame.error });
    else if (frame.id === 1) print({ ready: frame.result.user.handle });
    else if (frame.event === "message") print({ message: frame.data });
});
socket.on("error", (error) => {
    print({ failure: String(error) });
    process.exit(1);
});
socket.on("close", (code) => process.exit(code === 1000 || code === 1005 ? 0 : 1));

createInterface({ input: process.stdin })
    .on("line", (line) => {
        const [, conversationId, clientId, text] = line.match(/^send (\S+) (\S+) (.*)$/);
        request("message.send", { conversationId, clientId, text });
    })
    .on("close", () => socket.close());
