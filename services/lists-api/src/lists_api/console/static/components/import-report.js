// What came of one list of a file: taken, ambiguous with choices, not recognised, left out.
import { post } from "../lib/api.js";
import { readList } from "../lib/live.js";
import { count } from "../lib/time.js";
import { toastProblem } from "../lib/toasts.js";
import { html, useState } from "../lib/ui.js";
import { Icon } from "./icon.js";
import { nameOf, sentItem } from "./titles.js";

const REASONS = {
  not_in_catalogue: "not in the catalogue",
  unknown_kind: "not clear whether it is a movie or a show",
  episode: "an episode",
  season: "a season",
  person: "a person",
  video_game: "a video game",
  other_kind: "neither a movie nor a show",
  no_title: "no title in it",
  unreadable: "could not be read",
  duplicate: "there twice",
  over_limit: "above what a list can hold",
};

/** `isTrial`: nothing was made yet, so choices cannot be taken. */
export function ImportReport({ result, isTrial }) {
  const { title, taken, skipped, refused, ambiguous, not_recognised: unknown, left_out: left, list_id: id } = result;
  return html`
    <section class="report stack" aria-label=${title}>
      <h3>${id && !isTrial ? html`<a href=${`#/lists/${id}`} dir="auto">${title}</a>` : html`<bdi>${title}</bdi>`}</h3>
      ${refused && html`<p class="tone bad"><${Icon} name="warn" size="16" /><span>${refused}</span></p>`}
      <ul class="report-counts">
        <li><b>${taken.toLocaleString()}</b> ${isTrial ? "can be taken" : "taken"}</li>
        ${skipped > 0 && html`<li><b>${skipped.toLocaleString()}</b> on the list before</li>`}
        ${ambiguous.total > 0 && html`<li><b>${ambiguous.total.toLocaleString()}</b> could be several titles</li>`}
        ${unknown.total > 0 && html`<li><b>${unknown.total.toLocaleString()}</b> not recognised</li>`}
        ${left.total > 0 && html`<li><b>${left.total.toLocaleString()}</b> left out</li>`}
      </ul>
      ${ambiguous.total > 0 &&
      html`
        <details open>
          <summary>Which one is meant?</summary>
          ${isTrial && html`<p class="quiet small">You can choose when the list is made.</p>`}
          <ul class="rows">${ambiguous.rows.map((row) => html`<${Ambiguous} key=${row.row} row=${row} listId=${isTrial ? null : id} />`)}</ul>
        </details>
      `}
      <${Rows} name="Not recognised" found=${unknown} />
      <${Rows} name="Left out" found=${left} />
    </section>
  `;
}

function Ambiguous({ row, listId }) {
  const [chosen, setChosen] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const choose = async (choice) => {
    setBusy(true);
    try {
      await post(`/api/lists/${listId}/items`, { items: [sentItem(choice)] });
      setChosen(choice);
      readList(listId);
    } catch (problem) {
      toastProblem(problem);
    }
    setBusy(false);
  };
  const words = (choice) => html`<bdi>${nameOf(choice)}</bdi> ${choice.year && `(${choice.year})`}, ${choice.media_type === "show" ? "show" : "movie"}`;
  return html`
    <li>
      <span>“<bdi>${row.text}</bdi>” <span class="quiet small">row ${row.row}</span></span>
      ${chosen
        ? html`<span class="tone good" role="status"><${Icon} name="check" size="16" /><span>${words(chosen)}: added</span></span>`
        : listId === null
          ? html`<span class="quiet small">${row.choices.map((choice, index) => html`${index > 0 && " or "}${words(choice)}`)}</span>`
          : html`<span class="chips">${row.choices.map((choice) => html`<button type="button" class="chip" disabled=${isBusy} onClick=${() => choose(choice)}>${words(choice)}</button>`)}</span>`}
    </li>
  `;
}

const Rows = ({ name, found }) =>
  found.total > 0 &&
  html`
    <details>
      <summary>${name}: ${count(found.total, "row")}</summary>
      <ul class="rows">
        ${found.rows.map((row) => html`<li key=${row.row}><span>“<bdi>${row.text}</bdi>” <span class="quiet small">row ${row.row}: ${REASONS[row.reason] ?? row.reason}</span></span></li>`)}
      </ul>
      ${found.total > found.rows.length && html`<p class="quiet small">and ${(found.total - found.rows.length).toLocaleString()} more</p>`}
    </details>
  `;
