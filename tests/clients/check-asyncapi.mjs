// Reads AsyncAPI documents with the format's own parser. Prints a JSON array: for each file the numbers of channels,
// messages and operations, and what the parser has to say.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const results = [];
for (const file of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(readFileSync(file, "utf8"));
  results.push({
    channels: document?.allChannels().length,
    messages: document?.allMessages().length,
    operations: document?.allOperations().length,
    diagnostics: diagnostics.map(({ code, message, path }) => ({ code, message, path: path.join("/") })),
  });
}
console.log(JSON.stringify(results));
