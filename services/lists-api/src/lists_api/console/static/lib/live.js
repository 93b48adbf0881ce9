// What the whole page knows: lists, the Trakt account, messages, runs. The stream keeps it fresh.
import { all, get } from "./api.js";
import { store } from "./store.js";
import { connection, follow } from "./stream.js";
import { toast } from "./toasts.js";
import { messageHref } from "../words/links.js";

const SOON = 2500;
const LATER = 15000;
const PATIENCE = 60000;
const AT_ONCE = 3;
const ENDED = new Set(["succeeded", "no_candidates", "held", "rejected", "cancelled", "failed"]);

/** `{all, problem}`; `all` is null until they are read. Newest first. */
export const lists = store({ all: null, problem: null });
/** The Trakt account: `{state, trakt_user, ...}`, null until it is read. */
export const account = store(null);
/** `{unread, newest}`: how many messages are unread, and the id of the newest one seen. */
export const messages = store({ unread: 0, newest: null });
/** Runs that go on, by the id of the list. */
export const runs = store({});
/** Grows with each message, for those who show the log. */
export const arrivals = store(0);

let edits = 0;

export async function readLists() {
  try {
    let found;
    let before;
    do {
      before = edits;
      found = await all("/api/lists", "lists");
    } while (edits !== before); // an answer that is older than what an edit gave would undo it on the screen
    lists.set({ all: found, problem: null });
  } catch (problem) {
    lists.set((now) => ({ ...now, problem }));
  }
  watchUnfinished();
}

/** Read one list again; one that is gone leaves. */
export async function readList(id) {
  try {
    keep(await get(`/api/lists/${id}`));
  } catch (problem) {
    if (problem.status === 404) drop(id);
  }
}

/** Take a list as an answer gave it. */
export function keep(one) {
  edits += 1;
  lists.set(({ all: known, problem }) => {
    if (!known) return { all: known, problem };
    const isKnown = known.some((other) => other.id === one.id);
    return { problem, all: isKnown ? known.map((other) => (other.id === one.id ? one : other)) : [one, ...known] };
  });
  watchUnfinished();
}

export function drop(id) {
  edits += 1;
  lists.set((now) => ({ ...now, all: now.all?.filter((other) => other.id !== id) ?? null }));
}

/**
 * Read the account; lists stand otherwise on Trakt when its state is another one. What becomes of them comes to lists-api
 * as an event, so they are read again for some moments.
 */
export async function readAccount() {
  try {
    const before = account.get()?.state;
    account.set(await get("/api/trakt/status"));
    if (before && before !== account.get().state) {
      settlesAt = Date.now() + LATER;
      readLists();
    }
  } catch (problem) {
    account.set((now) => now ?? { state: "unknown", detail: problem.message });
  }
}

export async function readUnread() {
  try {
    const found = await get("/api/notifications?limit=20");
    const { newest } = messages.get();
    messages.set({ unread: found.unread, newest: found.messages[0]?.id ?? newest ?? 0 });
    if (newest === null) return;
    const missed = found.messages.filter((one) => one.id > newest && !one.read).reverse();
    if (missed.length) arrivals.set((number) => number + 1);
    for (const one of missed.slice(-AT_ONCE)) show(one);
  } catch {
    // The next opening of the stream reads again.
  }
}

/** Show a message, with the list that it is about where its text does not name it. */
function show({ text, severity, list_id: id, list_title: then, ...message }) {
  const name = lists.get().all?.find((one) => one.id === id)?.title ?? then;
  toast(text, {
    severity,
    of: name && !text.includes(name) ? name : null,
    about: id && `list ${id}`,
    href: messageHref({ ...message, list_id: id }),
  });
}

let timer = null;
let since = 0;
let settlesAt = 0;
const isUnfinished = (one) =>
  one.mirror_state.state === "pending" || one.status === "queued" || one.status === "syncing";

/** Read again while something goes on that no message tells. */
function watchUnfinished() {
  clearTimeout(timer);
  const unfinished = lists.get().all?.filter(isUnfinished) ?? [];
  const isSettling = Date.now() < settlesAt;
  if (!unfinished.length && !isSettling) {
    since = 0;
    return;
  }
  since ||= Date.now();
  const isSlow = unfinished.every((one) => one.mirror_state.reason) || Date.now() - since > PATIENCE;
  const wait = isSlow && !isSettling ? LATER : SOON;
  timer = setTimeout(() => (document.hidden ? watchUnfinished() : readLists()), wait);
}

function onRun(run) {
  if (ENDED.has(run.state)) {
    runs.set(({ [run.list_id]: _ended, ...others }) => others);
    readList(run.list_id);
  } else {
    runs.set((now) => ({ ...now, [run.list_id]: run }));
  }
}

function onMessage(message) {
  const { newest, unread } = messages.get();
  if (newest !== null && message.id <= newest) return;
  messages.set({ unread: unread + 1, newest: message.id });
  arrivals.set((number) => number + 1);
  show(message);
  if (message.list_id) readList(message.list_id);
  else readAccount();
}

/** Read everything and keep it fresh. Returns a function that ends it. */
export function start() {
  readLists();
  readAccount();
  readUnread();
  let isFirst = true;
  const onOpen = () => {
    if (!isFirst) Promise.all([readLists(), readAccount(), readUnread()]);
    isFirst = false;
  };
  const stop = follow({ onMessage, onRun, onOpen });
  return () => {
    stop();
    clearTimeout(timer);
    connection.set("connecting");
  };
}
