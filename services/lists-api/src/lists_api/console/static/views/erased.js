// How far an erasure is: nobody is signed in any more who could be told elsewhere.
import { get } from "../lib/api.js";
import { useResource } from "../lib/resource.js";
import { count } from "../lib/time.js";
import { html, useEffect } from "../lib/ui.js";
import { Failed, Notice, Skeleton, Tone } from "../components/parts.js";
import { Brand } from "./brand.js";

const EVERY = 2000;

const Part = ({ name, isDone, waits }) => html`
  <div class="account-head">
    <span>${name}${!isDone && waits && html`<span class="quiet small"> · ${waits}</span>`}</span>
    <${Tone} tone=${isDone ? "good" : "busy"}>${isDone ? "Erased" : "Under way"}<//>
  </div>
`;

export function Erased({ id }) {
  const { data, problem, reload } = useResource((signal) => get(`/api/account/erase/${encodeURIComponent(id)}`, { signal }), id);
  const isOver = data?.state === "complete";
  useEffect(() => {
    document.title = "Erased · WatchBuddy";
    if (isOver || problem) return undefined;
    const timer = setInterval(reload, EVERY);
    return () => clearInterval(timer);
  }, [isOver, problem]);
  const trakt = data && !data.keep_trakt_lists ? "lists go from Trakt one a second, and wait while Trakt is away" : null;
  return html`
    <main class="door">
      <${Brand} />
      <section class="card stack">
        <div role="status"><h1>${isOver ? "Everything is erased" : "Everything of yours is being erased"}</h1></div>
        ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
        ${!data && !problem && html`<${Skeleton} rows="3" what="Reading how far it is" />`}
        ${data &&
        html`
          <${Part} name="Lists and all that belongs to them" isDone=${true} />
          <${Part} name="Messages and channels" isDone=${data.notifications_erased_at !== null} />
          <${Part} name="The connection to Trakt" isDone=${data.trakt_erased_at !== null} waits=${trakt} />
          ${data.trakt_lists_left > 0 &&
          html`<${Notice} tone="warn">${count(data.trakt_lists_left, "list")} could not be taken off Trakt. You can delete them there.<//>`}
          <p class="quiet small">You can close this page; it goes on by itself. Its address shows how far it is, for 90 days.</p>
        `}
      </section>
    </main>
  `;
}
