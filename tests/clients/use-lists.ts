// Makes, changes and deletes a list with a client whose types are generated from docs/openapi/lists-api.json.
// Arguments: the address of lists-api, a token. Prints as JSON what it saw.
import createClient from "openapi-fetch";
import type { components, paths } from "./lists-api.js";

declare const process: { argv: string[] };

type NewList = components["schemas"]["ListIn"];

const [, , baseUrl, token] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

// @ts-expect-error - the document names the values of `privacy`, and this is none of them
const wrong: NewList = { title: "Heists", list_type: "manual", privacy: "secret" };
const refused = await client.POST("/api/lists", { body: wrong });
if (refused.error?.slug !== "invalid-request") throw new Error(JSON.stringify(refused.error));
const fields: string[] = refused.error.errors.map((one) => one.field);

const made = await client.POST("/api/lists", {
  body: { title: "Heists", list_type: "manual", items: [{ media_type: "movie", ids: { tmdb: 949 } }] },
  params: { header: { "Idempotency-Key": "from-typescript" } },
});
if (!made.data) throw new Error(JSON.stringify(made.error));
const path = { list_id: made.data.id };

const header = { "If-Match": '"1"' };
const changed = await client.PATCH("/api/lists/{list_id}", { params: { path, header }, body: { title: "Noir" } });
const late = await client.PATCH("/api/lists/{list_id}", { params: { path, header }, body: { title: "Late" } });
if (late.error?.slug !== "version-mismatch") throw new Error(JSON.stringify(late.error));
const version: number = late.error.version;

const items = await client.GET("/api/lists/{list_id}/items", { params: { path } });
const deleted = await client.DELETE("/api/lists/{list_id}", { params: { path } });
const gone = await client.GET("/api/lists/{list_id}", { params: { path } });

console.log(
  JSON.stringify({
    refused: fields,
    made: [made.response.status, made.data.title],
    changed: [changed.response.status, changed.data?.title],
    late: [late.response.status, version],
    items: items.data?.items.map((item) => item.ids.tmdb),
    deleted: deleted.response.status,
    gone: [gone.response.status, gone.error?.slug],
  }),
);
