// All lists of the person.
import { account, lists, readLists, runs } from "../lib/live.js";
import { useStore } from "../lib/store.js";
import { count } from "../lib/time.js";
import { html, useMemo, useState } from "../lib/ui.js";
import { Icon } from "../components/icon.js";
import { Empty, External, Failed, Heading, Notice, Skeleton, Tone } from "../components/parts.js";
import { Progress } from "../components/progress.js";
import { fillWords, kindWords, mirrorWords, nextRunWords } from "../words/mirror.js";
import { traktUrl } from "../words/trakt.js";
import { Welcome } from "./welcome.js";

const FILTERS = {
  all: { label: "All", takes: () => true },
  attention: { label: "Needs you", takes: ({ words, fill }) => fill || ["warn", "bad"].includes(words.tone) },
  automatic: { label: "Automatic", takes: ({ list }) => list.list_type !== "manual" },
  manual: { label: "By hand", takes: ({ list }) => list.list_type === "manual" },
};
const byText = (one, other) => one.list.title.localeCompare(other.list.title);
const SORTS = {
  newest: { label: "Newest first", compare: (one, other) => other.list.id - one.list.id },
  changed: { label: "Last changed", compare: (one, other) => other.list.updated_at.localeCompare(one.list.updated_at) },
  title: { label: "By title", compare: byText },
  size: { label: "Most titles", compare: (one, other) => other.list.item_count - one.list.item_count },
};

function Card({ row, run, traktAccount }) {
  const { list, words, fill } = row;
  const next = nextRunWords(list);
  return html`
    <li class="list-card">
      <div class="list-main">
        <h2><a href=${`#/lists/${list.id}`} dir="auto">${list.title}</a></h2>
        <p class="list-facts">
          <span>${count(list.item_count, "title")}</span><span>${kindWords(list)}</span>
          ${next && html`<span>${next}</span>`}
        </p>
        ${run && html`<${Progress} run=${run} />`}
      </div>
      <div class="list-state">
        ${fill && html`<${Tone} tone=${fill.tone}><a href=${`#/lists/${list.id}`}>${fill.text}</a><//>`}
        <${Tone} tone=${words.tone}>${words.text}<//>
        ${words.help && html`<span class="quiet small">${words.help}</span>`}
        ${words.action && html`<a class="small" href=${`#${words.action.href}`}>${words.action.label}<span class="hidden">: ${list.title}</span></a>`}
        ${words.tone === "good" &&
        traktUrl(list, traktAccount) &&
        html`<${External} className="small" href=${traktUrl(list, traktAccount)}>See it on Trakt<span class="hidden">: ${list.title}</span><//>`}
      </div>
    </li>
  `;
}

export function ListsView() {
  const { all, problem } = useStore(lists);
  const found = useStore(account);
  const going = useStore(runs);
  const [filter, setFilter] = useState("all");
  const [sort, setSort] = useState("newest");
  const [text, setText] = useState("");
  const rows = useMemo(
    () => (all ?? []).map((list) => ({ list, words: mirrorWords(list, found?.state), fill: fillWords(list) })),
    [all, found],
  );
  if (!all && problem) return html`<${Heading} title="Your lists" /><${Failed} problem=${problem} onRetry=${readLists} />`;
  if (!all) return html`<${Heading} title="Your lists" /><${Skeleton} rows="5" what="Reading your lists" />`;
  if (!all.length) return html`<${Welcome} />`;
  const wanted = text.trim().toLowerCase();
  const shown = rows
    .filter((row) => FILTERS[filter].takes(row) && row.list.title.toLowerCase().includes(wanted))
    .sort(SORTS[sort].compare);
  const attention = rows.filter(FILTERS.attention.takes).length;
  return html`
    <${Heading} title="Your lists">
      <a class="button primary" href="#/new"><${Icon} name="plus" size="18" />New list</a>
    <//>
    ${found?.state === "disconnected" &&
    html`<${Notice} tone="wait" title="Trakt is not connected" actions=${html`<a class="button primary" href="#/account">Connect Trakt</a>`}>
      Your lists are kept here and go to Trakt as soon as it is.
    <//>`}
    ${problem && html`<${Notice} tone="wait" role="status">${problem.message} What you see may be old.<//>`}
    <div class="list-tools" role="search" aria-label="Your lists">
      <label class="search-field">
        <span class="hidden">Find a list</span><${Icon} name="search" size="18" />
        <input type="search" placeholder="Find a list" value=${text} onInput=${(event) => setText(event.target.value)} />
      </label>
      <div class="chips" role="group" aria-label="Which lists">
        ${Object.entries(FILTERS).map(
          ([name, { label }]) => html`
            <button type="button" class="chip" aria-pressed=${String(filter === name)} onClick=${() => setFilter(name)}>
              ${label}${name === "attention" && attention > 0 && html` <span class="badge">${attention}</span>`}
            </button>
          `,
        )}
      </div>
      <label class="select-field">
        <span class="hidden">Order</span>
        <select value=${sort} onChange=${(event) => setSort(event.target.value)}>
          ${Object.entries(SORTS).map(([name, { label }]) => html`<option value=${name}>${label}</option>`)}
        </select>
      </label>
    </div>
    ${shown.length
      ? html`<ul class="list-cards">
          ${shown.map((row) => html`<${Card} key=${row.list.id} row=${row} run=${going[row.list.id]} traktAccount=${found} />`)}
        </ul>`
      : html`<${Empty} icon="search" title=${filter === "attention" && !wanted ? "Nothing needs you" : "No list fits"}>
          ${filter === "attention" && !wanted ? "All lists are as they should be." : "Try other words, or show all lists."}
        <//>`}
  `;
}
