// What would be sent to Trakt, without sending it.
import { withNames } from "../../lib/names.js";
import { useResource } from "../../lib/resource.js";
import { count } from "../../lib/time.js";
import { html, useEffect, useRef } from "../../lib/ui.js";
import { Notice } from "../../components/parts.js";
import { keyOf, nameOf } from "../../components/titles.js";

const KINDS = {
  open_watchlist: () => "Look what is on your watchlist",
  leave_watchlist: () => "Leave your watchlist to you",
  create_list: () => "Make the list",
  update_list: () => "Change its name, or who can see it and how",
  add_items: (number) => `Put ${count(number, "title")} on it`,
  remove_items: (number) => `Take ${count(number, "title")} off it`,
  reorder_items: () => "Put the titles in order",
  delete_list: () => "Delete the list",
  delete_twin: () => "Delete a second list of the same kind, made by mistake",
  find_list: () => "Look whether the list is there already",
  read_items: () => "Look what is on it",
  comes: (number) => `Get ${count(number, "title")}`,
  leaves: (number) => `Lose ${count(number, "title")}`,
  leaves_here: (number) => `Lose ${count(number, "title")}, which stay on Trakt`,
};
const SHOWN = 100;

function Action({ action }) {
  const words = KINDS[action.kind]?.(action.count) ?? "Something else";
  const shown = action.titles.slice(0, SHOWN);
  const { data } = useResource(() => (shown.some((title) => title.title === undefined) ? withNames(shown) : shown), `${action.kind} ${shown.map(keyOf)}`);
  const items = data ?? shown;
  if (!items.length) return html`<li>${words}</li>`;
  return html`
    <li>
      <details open=${items.length <= 10}>
        <summary>${words}</summary>
        <p class="small">
          ${items.map((item, index) => html`${index > 0 && ", "}<bdi>${nameOf(item)}</bdi>`)}
          ${action.count > items.length && ` and ${(action.count - items.length).toLocaleString()} more`}
        </p>
      </details>
    </li>
  `;
}

export function Plan({ plan, title = "This would be sent to Trakt now", nothing = "Nothing. Trakt has all of it as it should be." }) {
  const shown = useRef(null);
  useEffect(() => shown.current.scrollIntoView({ block: "nearest" }), [plan]);
  return html`
    <div class="planned" ref=${shown}>
      ${plan.actions.length
        ? html`
            <${Notice} tone="info" role="status" title=${title}>
              <ul class="plan">${plan.actions.map((action) => html`<${Action} action=${action} />`)}</ul>
            <//>
          `
        : html`<${Notice} tone="good" role="status">${nothing}<//>`}
    </div>
  `;
}
