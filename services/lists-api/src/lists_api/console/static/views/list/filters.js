// The filters of a list, with what they would find.
import { patch, post } from "../../lib/api.js";
import { useDraft } from "../../lib/draft.js";
import { mistake, SORTS } from "../../lib/filters.js";
import { keep, readList } from "../../lib/live.js";
import { toast } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Check, NumberField, Select } from "../../components/fields.js";
import { FilterForm } from "../../components/filter-form.js";
import { Notice } from "../../components/parts.js";
import { Preview } from "../../components/preview.js";
import { DryRun } from "./dry-run.js";

const INTERVALS = { 1: "Every hour", 6: "Every six hours", 12: "Twice a day", 24: "Every day", 168: "Every week", 720: "Every month" };

const ofList = (list) => ({
  filters: list.filters,
  item_limit: list.item_limit,
  sort: list.sort,
  exclude_watched: list.exclude_watched,
  sync_interval_hours: list.sync_interval_hours,
  is_paused: list.is_paused,
});

const FILLS = ["filters", "item_limit", "sort", "exclude_watched"];
const TRIAL = {
  label: "What would that do?",
  title: "Once it is saved and filled anew, the list would",
  nothing: "Nothing. The same titles stay on the list.",
};

/** Return what the changes do: to the titles, as their next run would, and to their order on Trakt. */
async function planOf(list, change) {
  const { comes, leaves } = await post(`/api/lists/${list.id}/preview`, change);
  const onTrakt = change.sort && (await post(`/api/trakt/lists/${list.id}/plan?reordered=true`));
  const titles = [
    { kind: "comes", count: comes.total, titles: comes.titles },
    { kind: list.mirror.mode === "add_only" ? "leaves_here" : "leaves", count: leaves.total, titles: leaves.titles },
  ];
  return { actions: [...titles.filter((one) => one.count), ...(onTrakt?.actions ?? []).filter((one) => one.kind === "reorder_items")] };
}

export function FiltersPart({ list }) {
  const { draft, changes, set, discard } = useDraft(ofList(list));
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const wrong = mistake(draft.filters);
  const fills = Object.fromEntries(Object.entries(changes).filter(([name, value]) => FILLS.includes(name) && value !== null));
  const intervals = draft.sync_interval_hours in INTERVALS ? INTERVALS : { ...INTERVALS, [draft.sync_interval_hours]: `Every ${draft.sync_interval_hours} hours` };
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { ...draft, item_limit: draft.item_limit ?? list.item_limit };
      const saved = await patch(`/api/lists/${list.id}`, body, { version: list.version });
      keep(saved);
      discard();
      toast("Saved. The list is being filled anew.", { severity: "success" });
    } catch (error) {
      setProblem(error);
      if (error.slug === "version-mismatch") readList(list.id);
    } finally {
      setBusy(false);
    }
  };
  return html`
    <form class="stack" onSubmit=${save}>
      <div class="two">
        <div class="card stack">
          <h2>Filters</h2>
          <${FilterForm} filters=${draft.filters} onChange=${(filters) => set({ filters })} />
          <h2>How it fills itself</h2>
          <div class="field-row">
            <${NumberField} label="At most so many titles" min="1" max="1000" value=${draft.item_limit} onChange=${(item_limit) => set({ item_limit })} />
            <${Select} label="Order, here and on Trakt" value=${draft.sort} choices=${SORTS} onChange=${(sort) => set({ sort })} />
            <${Select} label="Refresh" value=${draft.sync_interval_hours} choices=${intervals} onChange=${(hours) => set({ sync_interval_hours: Number(hours) })} />
          </div>
          <${Check} label="Titles leave when you have watched them" help="At the next refresh, pinned ones too." checked=${draft.exclude_watched} onChange=${(exclude_watched) => set({ exclude_watched })} />
          <${Check} label="Pause" help="The list stays as it is until you take this away." checked=${draft.is_paused} onChange=${(is_paused) => set({ is_paused })} />
        </div>
        <div class="card aside"><${Preview} filters=${draft.filters} limit=${draft.item_limit ?? 50} /></div>
      </div>
      ${changes.sort && !list.mirror.order &&
      html`<p class="quiet small">On Trakt the titles keep their order, unless the list's settings say “Keep the order the same, too”.</p>`}
      ${!wrong && html`<${DryRun} change=${fills} words=${TRIAL} ask=${(change) => planOf(list, change)} />`}
      ${problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
      ${Object.keys(changes).length > 0 &&
      html`
        <div class="actions sticky">
          <button type="submit" class="button primary" disabled=${isBusy || Boolean(wrong)}>Save</button>
          <button type="button" class="button" onClick=${discard}>Discard changes</button>
        </div>
      `}
    </form>
  `;
}
