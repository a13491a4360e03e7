// SPDX-License-Identifier: MIT
// Checks an AsyncAPI 3 document against the JSON Schema that the AsyncAPI initiative publishes for it.
import specs from "@asyncapi/specs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

/** What is wrong with a document, as lines of text; none when it is well. */
export function validate(document) {
    const schema = structuredClone(specs.schemas[document.asyncapi]);
    // Draft 7's own meta schema, which Ajv holds already, is in there a second time.
    delete schema.definitions["http://json-schema.org/draft-07/schema"];
    const check = addFormats(new Ajv.default({ strict: false, allErrors: true, validateSchema: false })).compile(schema);
    return check(document) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`);
}
