// The log of messages.
import { del, get, post } from "../lib/api.js";
import { arrivals, lists, messages, readUnread } from "../lib/live.js";
import { useResource } from "../lib/resource.js";
import { useStore } from "../lib/store.js";
import { at } from "../lib/time.js";
import { toastProblem } from "../lib/toasts.js";
import { html, useState } from "../lib/ui.js";
import { messageHref, messageWay } from "../words/links.js";
import { Confirm } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { Empty, Failed, Heading, Skeleton } from "../components/parts.js";

const PAGE = 50;
const KINDS = { all: "All", unread: "Unread", warning: "Warnings", error: "Errors" };
const SIGNS = { info: ["info", "info"], success: ["check", "good"], warning: ["warn", "warn"], error: ["warn", "bad"] };

async function readMessages(kind, pages, signal) {
  const filter = { unread: "&unread=true", warning: "&severity=warning", error: "&severity=error" }[kind] ?? "";
  const path = `/api/notifications?limit=${PAGE}${filter}`;
  const first = await get(path, { signal });
  const found = [...first.messages];
  let { next_before: before } = first;
  for (let page = 1; page < pages && before !== null; page += 1) {
    const older = await get(`${path}&before=${before}`, { signal });
    found.push(...older.messages);
    before = older.next_before;
  }
  return { ...first, messages: found, next_before: before };
}

function Message({ message, list, onRead }) {
  const [icon, tone] = SIGNS[message.severity];
  // A list that is not here any more has no page, and its name from then.
  const href = list || !message.list_id ? messageHref(message) : null;
  const way = messageWay(message);
  const name = list?.title ?? message.list_title;
  return html`
    <li class=${message.read ? "message" : "message unread"}>
      <span class=${`tone ${tone}`}><${Icon} name=${icon} size="18" /><span class="hidden">${message.severity}${message.read ? "" : ", unread"}</span></span>
      <div>
        <p dir="auto">${message.text}</p>
        <p class="quiet small">
          <time datetime=${message.created_at}>${at(message.created_at)}</time>
          ${name && (way || !href) && html` · <bdi>${name}</bdi>`}
          ${href && html` · <a href=${`#${href}`} onClick=${() => !message.read && onRead(message)}><bdi>${way ?? name}</bdi></a>`}
        </p>
      </div>
      ${!message.read &&
      html`<button type="button" class="icon-button" title="Mark as read" aria-label=${`Mark as read: ${message.text}`} onClick=${() => onRead(message)}><${Icon} name="check" size="18" /></button>`}
    </li>
  `;
}

export function MessagesView() {
  const [kind, setKind] = useState("all");
  const [pages, setPages] = useState(1);
  const [isClearing, setClearing] = useState(false);
  const arrived = useStore(arrivals);
  const { all } = useStore(lists);
  const { data, problem, reload, setData } = useResource((signal) => readMessages(kind, pages, signal), `${kind} ${pages} ${arrived}`);
  const act = async (work) => {
    try {
      await work();
      await Promise.all([reload(), readUnread()]);
    } catch (error) {
      toastProblem(error);
    }
  };
  const read = (message) => {
    setData((now) => ({ ...now, messages: now.messages.map((one) => (one === message ? { ...one, read: true } : one)) }));
    messages.set((now) => ({ ...now, unread: Math.max(0, now.unread - 1) }));
    post(`/api/notifications/${message.id}/read`).catch(toastProblem);
  };
  // What arrives after the click stays unread, and stays there.
  const newest = data?.messages[0]?.id;
  const readAll = () => act(() => post(`/api/notifications/read?up_to=${messages.get().newest ?? newest}`));
  const clear = () => act(() => del(`/api/notifications?up_to=${messages.get().newest ?? newest}`).then(() => setClearing(false)));
  const choose = (chosen) => {
    setKind(chosen);
    setPages(1);
  };
  return html`
    <${Heading} title="Messages">
      <a class="button" href="#/channels"><${Icon} name="bell" size="18" />Send elsewhere</a>
      <button type="button" class="button" disabled=${!data?.unread} onClick=${readAll}><${Icon} name="check" size="18" />Mark all as read</button>
      <button type="button" class="button" disabled=${!data?.total} onClick=${() => setClearing(true)}><${Icon} name="trash" size="18" />Clear</button>
    <//>
    <div class="chips" role="group" aria-label="Which messages">
      ${Object.entries(KINDS).map(
        ([key, label]) => html`
          <button key=${key} type="button" class="chip" aria-pressed=${String(kind === key)} onClick=${() => choose(key)}>
            ${label}${key === "unread" && data?.unread > 0 && html` <span class="badge">${data.unread}</span>`}
          </button>
        `,
      )}
    </div>
    ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
    ${!data && !problem && html`<${Skeleton} rows="6" what="Reading your messages" />`}
    ${data?.messages.length === 0 &&
    html`<${Empty} icon="bell" title=${kind === "all" ? "No messages yet" : "None of these"}>
      ${kind === "all" ? "What WatchBuddy does with your lists is told here, as it happens." : "That is good news."}
    <//>`}
    ${data?.messages.length > 0 &&
    html`
      <ol class="messages card flush">
        ${data.messages.map((one) => html`<${Message} key=${one.id} message=${one} list=${all?.find(({ id }) => id === one.list_id)} onRead=${read} />`)}
      </ol>
    `}
    ${data && data.next_before !== null &&
    html`<p class="actions centred"><button type="button" class="button" onClick=${() => setPages(pages + 1)}>Show older ones</button></p>`}
    ${isClearing &&
    html`
      <${Confirm} title="Clear all messages?" confirm="Clear" onConfirm=${clear} onClose=${() => setClearing(false)}>
        <p>All messages so far are deleted. Your lists stay as they are.</p>
      <//>
    `}
  `;
}
