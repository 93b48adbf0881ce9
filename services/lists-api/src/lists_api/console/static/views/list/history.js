// What changed when, and going back.
import { get, post } from "../../lib/api.js";
import { keep } from "../../lib/live.js";
import { withNames } from "../../lib/names.js";
import { useResource } from "../../lib/resource.js";
import { at, count } from "../../lib/time.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Confirm } from "../../components/dialog.js";
import { Empty, Failed, Skeleton } from "../../components/parts.js";
import { nameOf } from "../../components/titles.js";

const CAUSES = {
  created: "The list was made",
  edited: "You changed it",
  restored: "You went back to an earlier state",
  run: "It was refreshed",
  imported: "It came from a file or from Trakt",
  trakt: "It was changed on Trakt",
};
/** Of a list by hand, an edit of nothing else is one of the order. */
const isReorder = (list, one) =>
  list.list_type === "manual" && one.cause === "edited" && !one.added_count && !one.removed_count && !one.changed.length;
const CHANGES = { title: "title", description: "description", privacy: "who can see it", filters: "filters", mirror: "Trakt settings" };

const changes = (one) =>
  [
    one.added_count && `${count(one.added_count, "title")} came`,
    one.removed_count && `${count(one.removed_count, "title")} left`,
    ...one.changed.filter((name) => name in CHANGES).map((name) => `${CHANGES[name]} changed`),
  ].filter(Boolean);

export function HistoryPart({ list }) {
  const path = `/api/lists/${list.id}/versions`;
  const { data, problem, reload } = useResource(async (signal) => {
    const { versions } = await get(path, { signal });
    const titles = versions.flatMap((one) => [...one.added, ...one.removed]);
    const named = await withNames(titles);
    let next = 0;
    const take = (items) => items.map(() => named[next++]);
    return versions.map((one) => ({ ...one, added: take(one.added), removed: take(one.removed) }));
  }, `${path} ${list.version}`);
  const [chosen, setChosen] = useState(null);
  const restore = async () => {
    try {
      keep(await post(`${path}/${chosen.version}/restore`));
      toast("The list is as it was then", { severity: "success" });
    } catch (error) {
      toastProblem(error);
    }
    setChosen(null);
  };
  if (problem) return html`<${Failed} problem=${problem} onRetry=${reload} />`;
  if (!data) return html`<${Skeleton} rows="4" what="Reading the history" />`;
  if (!data.length) return html`<${Empty} icon="clock" title="Nothing has changed yet" />`;
  return html`
    <ol class="history card flush">
      ${data.map(
        (one, index) => html`
          <li key=${one.version}>
            <div>
              <p><b>${isReorder(list, one) ? "You put it in another order" : CAUSES[one.cause]}</b> <span class="quiet">${at(one.at)}</span></p>
              <p class="quiet small">${[...changes(one), count(one.item_count, "title")].join(" · ")}</p>
              ${(one.added.length > 0 || one.removed.length > 0) &&
              html`
                <details>
                  <summary class="small">Which titles</summary>
                  ${one.added.length > 0 && html`<p class="small">Came: <${Names} items=${one.added} total=${one.added_count} /></p>`}
                  ${one.removed.length > 0 && html`<p class="small">Left: <${Names} items=${one.removed} total=${one.removed_count} /></p>`}
                </details>
              `}
            </div>
            ${index > 0
              ? html`<button type="button" class="button small" onClick=${() => setChosen(one)}>Go back to this<span class="hidden">, ${at(one.at)}</span></button>`
              : html`<span class="quiet small">As it is now</span>`}
          </li>
        `,
      )}
    </ol>
    ${chosen &&
    html`
      <${Confirm} title="Go back?" confirm="Go back" danger=${false} onConfirm=${restore} onClose=${() => setChosen(null)}>
        <p>The list gets the ${count(chosen.item_count, "title")} that it had then (${at(chosen.at)}), here and on Trakt.</p>
        ${list.list_type !== "manual" && html`<p class="quiet">It fills itself, so the next refresh may change it again. Pause it to keep it so.</p>`}
      <//>
    `}
  `;
}

const Names = ({ items, total }) => html`
  ${items.map((item, index) => html`${index > 0 && ", "}<bdi>${nameOf(item)}</bdi>`)}${total > items.length && ` and ${(total - items.length).toLocaleString()} more`}
`;
