// SPDX-License-Identifier: MIT
// Holds what a server says to the documents that it serves: every REST answer and every frame of its sockets.
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const options = { strict: false, validateSchema: false, allErrors: true };
const pointer = (...parts) => "/" + parts.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1")).join("/");

/** The API documents of one server, and the checks they make possible. */
export class Contract {
    static async of(url) {
        const contract = new Contract();
        for (const name of ["openapi", "asyncapi"]) {
            contract[`${name}Text`] = await (await fetch(`${url}/v1/${name}.json`)).text();
            contract[name] = JSON.parse(contract[`${name}Text`]);
        }
        contract.rest = addFormats(new Ajv2020.default(options)).addSchema(contract.openapi, "openapi");
        contract.socket = addFormats(new Ajv.default(options)).addSchema(contract.asyncapi, "asyncapi");
        // A literal segment goes before a parameter in the same place.
        contract.paths = Object.keys(contract.openapi.paths).sort().map((path) => [path, new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`)]);
        return contract;
    }

    #hold(ajv, schema, value, what) {
        const validate = ajv.getSchema(schema);
        if (!validate) throw new Error(`${what}: the documents have no ${schema}`);
        if (!validate(value)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 2000)}`);
    }

    /** One REST answer; paths outside of the contract may answer as they like, with problems for errors. */
    checkRest(method, url, status, contentType, body) {
        const what = `${method} ${url.split("?")[0]} → ${status}`;
        const path = this.paths.find(([, pattern]) => pattern.test(url.split("?")[0]))?.[0];
        const operation = path && this.openapi.paths[path][method.toLowerCase()];
        if (status >= 400) {
            if (!contentType?.startsWith("application/problem+json")) throw new Error(`${what} came as ${contentType}`);
            this.#hold(this.rest, `openapi#${pointer("components", "schemas", "Problem")}`, body, what);
            if (body.status !== status) throw new Error(`${what} says ${body.status}`);
        } else if (operation) {
            const response = operation.responses[status];
            if (!response) throw new Error(`${what} is not in the document`);
            if (!response.content && body !== null) throw new Error(`${what} has a body`);
            const place = ["paths", path, method.toLowerCase(), "responses", status, "content", "application/json", "schema"];
            if (response.content) this.#hold(this.rest, `openapi#${pointer(...place)}`, body, what);
        }
    }

    /** One frame that came; \a op is the operation it answers, if it answers one. */
    checkFrame(frame, op) {
        const known = (name) => name in this.asyncapi.components.messages;
        const message = frame.error ? "error" : frame.event ? `event.${frame.event}` : `${op}.reply`;
        if (!frame.error && !known(message)) throw new Error(`${message} is not in the document`);
        const what = op ? `${op} → ${message}` : message;
        this.#hold(this.socket, `asyncapi#${pointer("components", "messages", message, "payload")}`, frame, what);
    }
}
