// Ready-made lists: a click shows what would be on it, another one makes it.
import { get, post } from "../lib/api.js";
import { keep } from "../lib/live.js";
import { useResource } from "../lib/resource.js";
import { go } from "../lib/router.js";
import { count } from "../lib/time.js";
import { toastProblem } from "../lib/toasts.js";
import { html, useState } from "../lib/ui.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { Empty, Failed, Skeleton } from "./parts.js";
import { TitleList } from "./titles.js";

const SHOWN = 10;
const USUAL = 6;

export function Suggestions({ most = 12 }) {
  const { data, problem, reload } = useResource(() => get("/api/suggestions"), "suggestions");
  const [chosen, setChosen] = useState(null);
  if (problem) return html`<${Failed} problem=${problem} onRetry=${reload} />`;
  if (!data) return html`<div class="suggestions-wait"><${Skeleton} rows=${Math.min(most, USUAL)} /></div>`;
  if (!data.suggestions.length)
    return html`<${Empty} icon="spark" title="No suggestions yet">They come with titles in the catalogue.<//>`;
  return html`
    <ul class="suggestions">
      ${data.suggestions.slice(0, Number(most)).map(
        (one) => html`
          <li key=${one.title}>
            <button type="button" class="suggestion" onClick=${() => setChosen(one)}>
              <span class="suggestion-title" dir="auto">${one.title}</span>
              <span class="suggestion-reason" dir="auto">${one.reason}</span>
              <${Icon} name="right" size="18" />
            </button>
          </li>
        `,
      )}
    </ul>
    ${chosen && html`<${Suggestion} suggestion=${chosen} onClose=${() => setChosen(null)} />`}
  `;
}

function Suggestion({ suggestion, onClose }) {
  const { title, reason, filters, item_limit } = suggestion;
  const { data, problem, reload } = useResource(
    (signal) => post("/api/lists/preview", { filters, item_limit: SHOWN }, { signal }),
    title,
  );
  const [isBusy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      const made = await post("/api/lists", { list_type: "smart", filters, item_limit });
      keep(made);
      go(`/lists/${made.id}`);
    } catch (error) {
      if (error.slug === "duplicate-list") go(`/lists/${error.data.list_id}`);
      toastProblem(error);
      setBusy(false);
    }
  };
  return html`
    <${Dialog}
      title=${title}
      scrolls
      onClose=${onClose}
      footer=${html`
        <button type="button" class="button" onClick=${onClose}>Back</button>
        <button type="button" class="button primary" disabled=${isBusy} onClick=${make}>Make this list</button>
      `}
    >
      <p class="quiet"><bdi>${reason}</bdi>${data && ` · ${count(Math.min(data.matching, item_limit), "title")}${data.matching > item_limit ? `, the best of ${data.matching.toLocaleString()}` : ""}`}</p>
      ${problem
        ? html`<${Failed} problem=${problem} onRetry=${reload} />`
        : data
          ? html`<${TitleList} items=${data.items} />`
          : html`<${Skeleton} rows="6" />`}
    <//>
  `;
}
