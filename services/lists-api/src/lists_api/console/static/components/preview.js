// What filters would find, as they are typed.
import { post } from "../lib/api.js";
import { mistake } from "../lib/filters.js";
import { useSettled } from "../lib/hooks.js";
import { useResource } from "../lib/resource.js";
import { html, useEffect } from "../lib/ui.js";
import { Empty, Notice, Skeleton } from "./parts.js";
import { TitleList } from "./titles.js";

const SHOWN = 20;

/** `limit`: how many titles the list takes. `onTitle(title)`: the name that the filters give the list. */
export function Preview({ filters, limit, onTitle }) {
  const settled = useSettled(JSON.stringify({ filters, item_limit: Math.min(SHOWN, limit) }));
  const wrong = mistake(filters);
  const { data, problem, isLoading, reload } = useResource(
    (signal) => (wrong ? null : post("/api/lists/preview", JSON.parse(settled), { signal })),
    settled,
  );
  useEffect(() => {
    if (data) onTitle?.(data.title);
  }, [data?.title]);
  return html`
    <section class="preview" tabindex="0" aria-label="Preview" aria-busy=${String(isLoading)}>
      <h2>What would be on it</h2>
      <p role="status" class="quiet">${wrong ?? (data ? words(data, limit) : "Looking…")}</p>
      ${problem && html`<${Notice} tone="warn" actions=${html`<button type="button" class="button" onClick=${reload}>Try again</button>`}>${problem.message}<//>`}
      ${!wrong && data?.items.length === 0 && html`<${Empty} icon="search" title="No title fits">Take a filter away, or make one wider.<//>`}
      ${!wrong && data?.items.length > 0 && html`<${TitleList} items=${data.items} />`}
      ${!wrong && !data && !problem && html`<${Skeleton} rows="6" />`}
      ${data?.items.length === SHOWN && Math.min(data.matching, limit) > SHOWN && html`<p class="quiet small">These are the first ${SHOWN}.</p>`}
    </section>
  `;
}

function words({ matching }, limit) {
  if (matching === 0) return "0 titles fit.";
  const fit = matching === 1 ? "1 title fits" : `${matching.toLocaleString()} titles fit`;
  return matching > limit ? `${fit}; the best ${limit.toLocaleString()} go on the list.` : `${fit}; all go on the list.`;
}
