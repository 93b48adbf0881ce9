// How the list stands on Trakt: what is not there and why, and what would be sent now.
import { get, post } from "../../lib/api.js";
import { readList } from "../../lib/live.js";
import { withNames } from "../../lib/names.js";
import { useResource } from "../../lib/resource.js";
import { at, count } from "../../lib/time.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Icon } from "../../components/icon.js";
import { Empty, External, Failed, Notice, Skeleton } from "../../components/parts.js";
import { keyOf, TitleText } from "../../components/titles.js";
import { Plan } from "./plan.js";

const STATES = {
  not_found: "Trakt does not know",
  rejected: "Trakt refuses",
  left_out: "Over your account's limit",
  not_removed: "Trakt does not take off",
  taken_off: "Taken off on Trakt by hand",
  missing: "On the way",
  unconfirmed: "On the way, not confirmed yet",
  to_be_removed: "About to be taken off",
  kept: "Not on the list any more, kept on Trakt",
  mirrored: "On Trakt",
};
const SHOWN = 50;

async function readTitles(path, state, signal) {
  const found = await get(`${path}/items?state=${state}&limit=${SHOWN}`, { signal });
  return { total: found.total, items: await withNames(found.items) };
}

export function TraktPart({ list, traktState }) {
  const path = `/api/trakt/lists/${list.id}`;
  const key = `${path} ${list.version} ${list.mirror_state.at}`;
  const { data, problem, reload } = useResource(async (signal) => {
    try {
      return await get(path, { signal });
    } catch (error) {
      if (error.status === 404) return null;
      throw error;
    }
  }, key);
  const [isBusy, setBusy] = useState(false);
  const [planned, setPlanned] = useState(null);
  const act = async (work) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toastProblem(error);
    }
    setBusy(false);
  };
  const retry = () =>
    act(async () => {
      await post(`${path}/retry`);
      toast("It is tried again now", { severity: "success" });
      setTimeout(() => { reload(); readList(list.id); }, 2500);
    });
  const plan = () => act(async () => setPlanned(await post(`${path}/plan`)));
  if (problem) return html`<${Failed} problem=${problem} onRetry=${reload} />`;
  if (data === undefined) return html`<${Skeleton} rows="3" what="Reading how it stands on Trakt" />`;
  if (data === null) return html`<${Empty} icon="clock" title="Trakt has not heard of it yet">It takes a second or two.<//>`;
  const counts = Object.entries(STATES).filter(([state]) => data.items[state] > 0);
  const isOut = traktState !== "connected";
  const isWhole = data.state === "in_sync" && counts.every(([state]) => state === "mirrored" || state === "kept");
  return html`
    <section class="stack" aria-label="On Trakt">
      <div class="card stack">
        <h2>How it stands</h2>
        ${counts.length
          ? html`<dl class="counts">${counts.map(([state, words]) => html`<div><dt>${words}</dt><dd>${data.items[state].toLocaleString()}</dd></div>`)}</dl>`
          : html`<p class="quiet">No title of it is on Trakt.</p>`}
        ${data.last_error && !isOut &&
        html`
          <${Notice} tone="wait">
            ${data.last_error.detail ?? "It did not work."}${data.next_attempt_at && ` Next try ${at(data.next_attempt_at)}.`}
          <//>
        `}
        ${isOut
          ? html`<${Notice} tone="wait" actions=${html`<a class="button primary" href="#/account">Connect Trakt</a>`}>Trakt is not connected.<//>`
          : html`
              <p class="actions">
                ${data.url && html`<${External} className="button" href=${data.url}>See it on Trakt<//>`}
                ${!isWhole &&
                html`<button type="button" class="button" disabled=${isBusy} onClick=${retry}><${Icon} name="refresh" size="18" />${data.state === "detached" ? "Put it on Trakt again" : "Try again now"}</button>`}
                <button type="button" class="button" disabled=${isBusy} onClick=${plan}>What would be sent now?</button>
              </p>
            `}
        ${planned && html`<${Plan} plan=${planned} />`}
      </div>
      ${counts
        .filter(([state]) => state !== "mirrored")
        .map(([state, words]) => html`<${Group} key=${state} path=${path} state=${state} words=${words} total=${data.items[state]} version=${key} />`)}
    </section>
  `;
}

function Group({ path, state, words, total, version }) {
  const { data, problem, reload } = useResource((signal) => readTitles(path, state, signal), `${version} ${state}`);
  return html`
    <section class="card stack">
      <h2>${words}: ${count(total, "title")}</h2>
      ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
      ${!data && !problem && html`<${Skeleton} rows="2" />`}
      ${data &&
      html`
        <ul class="titles">
          ${data.items.map((item) => html`
            <li key=${keyOf(item)} class="title-row">
              <${TitleText} item=${{ ...item, explanation: [item.reason, item.remedy].filter(Boolean).join(" ") }} />
            </li>
          `)}
        </ul>
        ${data.total > data.items.length && html`<p class="quiet small">and ${(data.total - data.items.length).toLocaleString()} more</p>`}
      `}
    </section>
  `;
}
