// Requests to the public APIs. A failure is a Problem with words for people.
import { problemWords } from "../words/problems.js";
import { store } from "./store.js";

/** Whether somebody is signed in: `{state: "unknown" | "in" | "out", user_id, login}`. */
export const session = store({ state: "unknown" });

/** A request that did not succeed. `slug` is for programs, `message` for people, `data` the problem document. */
export class Problem extends Error {
  constructor(data) {
    super(problemWords(data));
    this.slug = data.slug;
    this.status = data.status;
    this.data = data;
  }
}

/**
 * Send a request and return the answer's JSON (null where there is none).
 *
 * `json` or `form` is the body. `as`: what the answer is, "json" or "blob". `version`: refused when the list has another one by now.
 * Throws a Problem, or an AbortError when `signal` is aborted.
 */
export async function request(method, path, { json, form, version, signal, as = "json", headers = {} } = {}) {
  const sent = { method, signal, headers: { Accept: "application/json", ...headers }, credentials: "same-origin" };
  if (json !== undefined) {
    sent.body = JSON.stringify(json);
    sent.headers["Content-Type"] = "application/json";
  }
  if (form) sent.body = form;
  if (version !== undefined) sent.headers["If-Match"] = `"${version}"`;
  let answer;
  try {
    answer = await fetch(path, sent);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ slug: "offline", status: 0 });
  }
  if (answer.ok) return answer.status === 204 ? null : answer[as]();
  const data = await answer.json().catch(() => ({}));
  if (answer.status === 401) session.set({ state: "out" });
  const wait = Number(answer.headers.get("Retry-After")) || null;
  throw new Problem({ slug: "unknown", ...data, status: answer.status, retry_after: wait });
}

export const get = (path, options) => request("GET", path, options);
export const post = (path, json, options) => request("POST", path, { json, ...options });
export const put = (path, json, options) => request("PUT", path, { json, ...options });
export const patch = (path, json, options) => request("PATCH", path, { json, ...options });
export const del = (path, json, options) => request("DELETE", path, { json, ...options });

/** Return what all pages of a collection hold, as far as `most` entries. */
export async function all(path, name, most = 1000) {
  const found = [];
  for (let page = 1; ; page += 1) {
    const answer = await get(`${path}${path.includes("?") ? "&" : "?"}limit=100&page=${page}`);
    found.push(...answer[name]);
    if (found.length >= answer.total || found.length >= most || !answer[name].length) return found;
  }
}

/** Read who is signed in; on failure the state stays `unknown` and the Problem is thrown. */
export async function readSession() {
  try {
    session.set({ state: "in", ...(await get("/api/session")) });
  } catch (problem) {
    if (problem.status !== 401) throw problem;
  }
}
