// How a list is shown on Trakt, and what changes by hand there mean. A change is tried out before it is made.
import { patch } from "../../lib/api.js";
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

/** Return the settings that are others in the draft; a description says itself what it does. */
const changeOf = ({ privacy, mirror }, list) => {
  const before = { privacy: list.privacy, ...list.mirror };
  return Object.entries({ privacy, ...mirror }).filter(([name, value]) => value !== before[name]);
};
const ofList = ({ description, privacy, mirror }) => ({ description: description ?? "", privacy, mirror });

export function SettingsPart({ list }) {
  const [draft, setDraft] = useState(() => ofList(list));
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const set = (changes) => setDraft((now) => ({ ...now, ...changes }));
  const setMirror = (changes) => setDraft((now) => ({ ...now, mirror: { ...now.mirror, ...changes } }));
  const { mirror } = draft;
  const isChanged = JSON.stringify(draft) !== JSON.stringify(ofList(list));
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { privacy: draft.privacy, mirror, ...(draft.description !== (list.description ?? "") && { description: draft.description || null }) };
      const saved = await patch(`/api/lists/${list.id}`, body, { version: list.version });
      keep(saved);
      setDraft(ofList(saved));
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
        <${Radios} legend="Where it goes" value=${mirror.target} choices=${TARGETS} onChange=${(target) => setMirror({ target })} />
        <div class="field-row">
          <${Select} label="Who can see it" value=${draft.privacy} choices=${PRIVACY} onChange=${(privacy) => set({ privacy })} />
        </div>
        <${Field} label="Description" help="Empty: WatchBuddy writes one.">
          ${(id) => html`<textarea id=${id} rows="3" maxlength="4000" dir="auto" value=${draft.description} onInput=${(event) => set({ description: event.target.value })} />`}
        <//>
        <${Check} label="Numbers beside the titles" checked=${mirror.display_numbers} onChange=${(display_numbers) => setMirror({ display_numbers })} />
        <${Check} label="Others may comment" checked=${mirror.allow_comments} onChange=${(allow_comments) => setMirror({ allow_comments })} />
        <${Check} label="Keep the order the same, too" help="Every change of the order is sent, not only the first." checked=${mirror.order} onChange=${(order) => setMirror({ order })} />
      </div>
      <div class="card stack">
        <h2>When you change something on Trakt by hand</h2>
        <${Radios} legend="Titles there" value=${mirror.mode} choices=${MODES} onChange=${(mode) => setMirror({ mode })} />
        <${Radios} legend="You take a title off there" value=${mirror.when_removed} choices=${REMOVED} onChange=${(when_removed) => setMirror({ when_removed })} />
        <${Radios} legend="You rename it there, or change who can see it" value=${mirror.when_changed} choices=${CHANGED} onChange=${(when_changed) => setMirror({ when_changed })} />
        <${Radios} legend="You delete the list there" value=${mirror.when_deleted} choices=${DELETED} onChange=${(when_deleted) => setMirror({ when_deleted })} />
      </div>
      <${DryRun} listId=${list.id} change=${changeOf(draft, list)} />
      ${problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
      ${isChanged &&
      html`
        <div class="actions sticky">
          <button type="submit" class="button primary" disabled=${isBusy}>Save</button>
          <button type="button" class="button" onClick=${() => setDraft(ofList(list))}>Discard changes</button>
        </div>
      `}
    </form>
  `;
}
