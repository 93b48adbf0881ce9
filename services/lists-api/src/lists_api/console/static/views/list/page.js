// One list: its head, and the part of it that the address names.
import { get } from "../../lib/api.js";
import { account, keep, lists, runs } from "../../lib/live.js";
import { useResource } from "../../lib/resource.js";
import { go, place } from "../../lib/router.js";
import { useStore } from "../../lib/store.js";
import { count, fromNow } from "../../lib/time.js";
import { html, useEffect } from "../../lib/ui.js";
import { Icon } from "../../components/icon.js";
import { lazy } from "../../components/lazy.js";
import { Empty, External, Failed, Heading, Skeleton, Tone } from "../../components/parts.js";
import { Progress } from "../../components/progress.js";
import { kindWords, mirrorWords, nextRunWords } from "../../words/mirror.js";
import { traktUrl } from "../../words/trakt.js";
import { ListActions } from "./actions.js";

const HeldRun = lazy(async () => (await import("./held.js")).HeldRun);
const PARTS = {
  titles: { name: "Titles", component: lazy(async () => (await import("./titles.js")).TitlesPart) },
  filters: {
    name: "Filters",
    component: lazy(async () => (await import("./filters.js")).FiltersPart),
    isFor: (list) => list.list_type !== "manual",
  },
  trakt: { name: "On Trakt", component: lazy(async () => (await import("./trakt.js")).TraktPart) },
  history: { name: "History", component: lazy(async () => (await import("./history.js")).HistoryPart) },
  settings: { name: "Settings", component: lazy(async () => (await import("./settings.js")).SettingsPart) },
};
const GOING = new Set(["queued", "running"]);

const partOf = (name) => PARTS[name] ?? PARTS.titles;
partOf(place.get().parts[2]).component.begin(); // beside the list's reading

function Parts({ list, chosen }) {
  const shown = Object.entries(PARTS).filter(([, part]) => part.isFor?.(list) ?? true);
  return html`
    <nav class="tabs" aria-label="Parts of the list">
      ${shown.map(
        ([key, { name }]) => html`
          <a key=${key} href=${`#/lists/${list.id}/${key}`} aria-current=${key === chosen ? "page" : null}>${name}</a>
        `,
      )}
    </nav>
  `;
}

/** Read the run that goes on when the page comes late: the stream tells changes alone. */
function useRun(list) {
  const going = useStore(runs)[list?.id];
  const isGoing = list?.status === "queued" || list?.status === "syncing";
  useEffect(() => {
    if (!isGoing || going) return;
    get(`/api/lists/${list.id}/runs?limit=1`)
      .then(({ runs: [run] }) => run && GOING.has(run.state) && runs.set((now) => ({ [list.id]: run, ...now })))
      .catch(() => {});
  }, [list?.id, isGoing]);
  return isGoing ? (going ?? { state: "queued", percent: 0 }) : undefined;
}

export function ListPage({ parts: [, id, part = "titles"] }) {
  const { all } = useStore(lists);
  const found = useStore(account);
  const known = all?.find((one) => String(one.id) === id);
  // Read alone when it is not among the lists: they are not there yet, or another tab has deleted it.
  const fetched = useResource(async (signal) => {
    const list = await get(`/api/lists/${id}`, { signal });
    keep(list);
    return list;
  }, `${id} ${known !== undefined}`);
  const isGone = !known && fetched.problem?.status === 404;
  const list = known ?? (isGone ? undefined : fetched.data);
  const run = useRun(list);
  useEffect(() => {
    if (list) document.title = `${list.title} · WatchBuddy`;
  }, [list?.title]);

  const back = { href: "/", label: "Your lists" };
  if (!list && !isGone && fetched.problem)
    return html`<${Heading} title="List" back=${back} /><${Failed} problem=${fetched.problem} onRetry=${fetched.reload} />`;
  if (isGone)
    return html`
      <${Heading} title="This list is gone" back=${back} />
      <${Empty} title="It was deleted" actions=${html`<a class="button primary" href="#/">Your lists</a>`} />
    `;
  if (!list) return html`<${Heading} title="…" back=${back} /><${Skeleton} rows="6" what="Reading the list" />`;

  const words = mirrorWords(list, found?.state);
  const Part = partOf(part).component;
  return html`
    <${Heading} title=${list.title} back=${back}><${ListActions} list=${list} isRunning=${Boolean(run)} onDeleted=${() => go("/")} /><//>
    <div class=${list.list_type === "manual" ? "list-head" : "list-head fills"}>
      <p class="list-facts">
        <span>${count(list.item_count, "title")}</span><span>${kindWords(list)}</span>
        ${list.last_sync_at && html`<span>Refreshed ${fromNow(list.last_sync_at)}</span>`}
        ${nextRunWords(list) && html`<span>${nextRunWords(list)}</span>`}
      </p>
      <div class="list-now">
        <p class="list-mirror">
          <${Tone} tone=${words.tone}>${words.text}<//>
          ${words.help && html`<span class="quiet small">${words.help}</span>`}
          ${words.action && part !== "trakt" && html`<a class="small" href=${`#${words.action.href}`}>${words.action.label}</a>`}
          ${traktUrl(list, found) && html`<${External} className="small" href=${traktUrl(list, found)}>See it on Trakt<//>`}
        </p>
        <div role="status">${run && html`<${Progress} run=${run} />`}</div>
      </div>
    </div>
    ${list.status === "needs_approval" && html`<${HeldRun} list=${list} />`}
    ${list.status === "no_candidates" &&
    html`<p class="tone warn"><${Icon} name="warn" size="16" /><span>No title fits the filters, so the list stays as it was.${" "}<a href=${`#/lists/${list.id}/filters`}>Change the filters</a></span></p>`}
    <${Parts} list=${list} chosen=${part} />
    <${Part} key=${list.id} list=${list} traktState=${found?.state} />
  `;
}
