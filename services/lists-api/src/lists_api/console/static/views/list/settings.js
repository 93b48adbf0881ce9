// How a list is shown on Trakt, and what changes by hand there mean. A change is tried out before it is made.
import { patch, post } from "../../lib/api.js";
import { useDraft } from "../../lib/draft.js";
import { keep, readList } from "../../lib/live.js";
import { toast } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Check, Field, Radios, Select } from "../../components/fields.js";
import { Notice } from "../../components/parts.js";
import { DryRun } from "./dry-run.js";

const PRIVACY = { private: "Only you", link: "Who has the link", friends: "Your friends", public: "Everybody" };
const TARGETS = [
  { value: "list", label: "A list of its own" },
  { value: "watchlist", label: "Your watchlist", help: "One of your lists can fill it. What you put there yourself stays." },
];
const MODES = [
  { value: "mirror", label: "Exactly the same", help: "What you add by hand on Trakt is taken off again." },
  { value: "keep_extra", label: "Keep what I add on Trakt", help: "Titles that you add there by hand stay there." },
  { value: "add_only", label: "Only ever add", help: "Nothing is taken off on Trakt, also when it leaves the list here." },
];
const DELETED = [
  { value: "recreate", label: "Make it again" },
  { value: "detach", label: "Leave it deleted", help: "The list stays here alone." },
];
const CHANGED = [
  { value: "restore", label: "Put it back as it is here" },
  { value: "take_over", label: "Take the change over", help: "The list here changes, too." },
];
const REMOVED = [
  { value: "restore", label: "Put it back" },
  { value: "take_over", label: "Take it off here, too" },
];
const TRIAL = {
  label: "What would that do on Trakt?",
  title: "Once it is saved, this would be sent to Trakt",
  nothing: "Nothing now. It counts for what happens later.",
};

export function SettingsPart({ list }) {
  const { draft, changes, set, discard } = useDraft({ description: list.description ?? "", privacy: list.privacy, ...list.mirror });
  const { description, ...onTrakt } = changes;
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const mirror = Object.fromEntries(Object.keys(list.mirror).map((name) => [name, draft[name]]));
      const body = { privacy: draft.privacy, mirror, ...(description !== undefined && { description: description || null }) };
      const saved = await patch(`/api/lists/${list.id}`, body, { version: list.version });
      keep(saved);
      discard();
      toast("Saved", { severity: "success" });
    } catch (error) {
      setProblem(error);
      if (error.slug === "version-mismatch") readList(list.id);
    } finally {
      setBusy(false);
    }
  };
  return html`
    <form class="stack" onSubmit=${save}>
      <div class="card stack">
        <h2>On Trakt</h2>
        <${Radios} legend="Where it goes" value=${draft.target} choices=${TARGETS} onChange=${(target) => set({ target })} />
        <div class="field-row">
          <${Select} label="Who can see it" value=${draft.privacy} choices=${PRIVACY} onChange=${(privacy) => set({ privacy })} />
        </div>
        <${Field} label="Description" help="Empty: WatchBuddy writes one.">
          ${(id) => html`<textarea id=${id} rows="3" maxlength="4000" dir="auto" value=${draft.description} onInput=${(event) => set({ description: event.target.value })} />`}
        <//>
        <${Check} label="Numbers beside the titles" checked=${draft.display_numbers} onChange=${(display_numbers) => set({ display_numbers })} />
        <${Check} label="Others may comment" checked=${draft.allow_comments} onChange=${(allow_comments) => set({ allow_comments })} />
        <${Check} label="Keep the order the same, too" help="Every change of the order is sent, not only the first." checked=${draft.order} onChange=${(order) => set({ order })} />
      </div>
      <div class="card stack">
        <h2>When you change something on Trakt by hand</h2>
        <${Radios} legend="Titles there" value=${draft.mode} choices=${MODES} onChange=${(mode) => set({ mode })} />
        <${Radios} legend="You take a title off there" value=${draft.when_removed} choices=${REMOVED} onChange=${(when_removed) => set({ when_removed })} />
        <${Radios} legend="You rename it there, or change who can see it" value=${draft.when_changed} choices=${CHANGED} onChange=${(when_changed) => set({ when_changed })} />
        <${Radios} legend="You delete the list there" value=${draft.when_deleted} choices=${DELETED} onChange=${(when_deleted) => set({ when_deleted })} />
      </div>
      <${DryRun} change=${onTrakt} words=${TRIAL} ask=${(change) => post(`/api/trakt/lists/${list.id}/plan?${new URLSearchParams(change)}`)} />
      ${problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
      ${Object.keys(changes).length > 0 &&
      html`
        <div class="actions sticky">
          <button type="submit" class="button primary" disabled=${isBusy}>Save</button>
          <button type="button" class="button" onClick=${discard}>Discard changes</button>
        </div>
      `}
    </form>
  `;
}
