// Making a list: from a suggestion, by filters, or by hand.
import { post } from "../lib/api.js";
import { ANYTHING, mistake } from "../lib/filters.js";
import { keep } from "../lib/live.js";
import { go } from "../lib/router.js";
import { toastProblem } from "../lib/toasts.js";
import { html, useState } from "../lib/ui.js";
import { Field, NumberField, Radios } from "../components/fields.js";
import { FilterForm } from "../components/filter-form.js";
import { Heading, Notice } from "../components/parts.js";
import { Preview } from "../components/preview.js";
import { Suggestions } from "../components/suggestions.js";

const KINDS = [
  { value: "smart", label: "Automatic", help: "You choose filters. The list fills itself and stays fresh." },
  { value: "custom", label: "Automatic, with your say", help: "The same, and you can pin titles or keep some out." },
  { value: "manual", label: "By hand", help: "You choose every title yourself, and their order." },
];
const MOST = 1000;

export function NewListView() {
  const [kind, setKind] = useState("smart");
  const [title, setTitle] = useState("");
  const [given, setGiven] = useState("");
  const [filters, setFilters] = useState(ANYTHING);
  const [limit, setLimit] = useState(50);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const isManual = kind === "manual";
  const needsTitle = kind !== "smart";
  const wrong = isManual ? null : mistake(filters);

  const make = async (event) => {
    event?.preventDefault();
    setBusy(true);
    setProblem(null);
    const name = title.trim() || (kind === "custom" ? given : "");
    const body = { list_type: kind, ...(name && { title: name }), ...(!isManual && { filters, item_limit: limit ?? 50 }) };
    try {
      const made = await post("/api/lists", problem?.slug === "duplicate-list" ? { ...body, allow_duplicate: true } : body);
      keep(made);
      go(`/lists/${made.id}`);
    } catch (error) {
      setBusy(false);
      setProblem(error);
      if (error.slug !== "duplicate-list") toastProblem(error);
    }
  };
  const again = html`
    <a class="button" href=${`#/lists/${problem?.data.list_id}`}>Show it</a>
    <button type="button" class="button" onClick=${make}>Make another one</button>
  `;
  return html`
    <${Heading} title="New list" back=${{ href: "/", label: "Your lists" }} />
    <section class="card stack">
      <h2>Ready-made</h2>
      <${Suggestions} most="6" />
    </section>
    <form class="stack" onSubmit=${make}>
      <div class="card stack">
        <h2>Or your own</h2>
        <${Radios} legend="What kind of list" value=${kind} choices=${KINDS} onChange=${setKind} />
        <${Field} label=${needsTitle ? "Title" : "Title (empty: made from the filters)"}>
          ${(id) => html`
            <input id=${id} type="text" maxlength="255" dir="auto" value=${title} required=${isManual}
              placeholder=${isManual ? "" : given} onInput=${(event) => setTitle(event.target.value)} />
          `}
        <//>
      </div>
      ${!isManual &&
      html`
        <div class="two">
          <div class="card stack">
            <h2>Filters</h2>
            <${FilterForm} filters=${filters} onChange=${setFilters} />
            <${NumberField} label="At most so many titles" min="1" max=${MOST} value=${limit} onChange=${setLimit} />
          </div>
          <div class="card aside"><${Preview} filters=${filters} limit=${limit ?? 50} onTitle=${setGiven} /></div>
        </div>
      `}
      ${problem?.slug === "duplicate-list"
        ? html`<${Notice} tone="warn" role="alert" actions=${again}>${problem.message}<//>`
        : problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
      <div class="actions sticky">
        <button type="submit" class="button primary" disabled=${isBusy || Boolean(wrong)}>${isBusy ? "Making it…" : "Make the list"}</button>
        <a class="button" href="#/">Cancel</a>
      </div>
    </form>
  `;
}
