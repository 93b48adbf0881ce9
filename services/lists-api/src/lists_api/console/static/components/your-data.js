// Everything of the person's: in a file, or gone.
import { post, session } from "../lib/api.js";
import { go } from "../lib/router.js";
import { toastProblem } from "../lib/toasts.js";
import { html, useState } from "../lib/ui.js";
import { Confirm } from "./dialog.js";
import { Field, Radios } from "./fields.js";

const WORDS = "erase everything";
const ON_TRAKT = [
  { value: "keep", label: "Leave my lists on Trakt", help: "They stay as they are, and change no more." },
  { value: "remove", label: "Take my lists off Trakt", help: "Those that WatchBuddy made, one a second." },
];

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); // the download has begun by then
}

function Erase({ onClose }) {
  const [choice, setChoice] = useState("keep");
  const [typed, setTyped] = useState("");
  const act = async () => {
    try {
      const begun = await post("/api/account/erase", { confirm: WORDS, keep_trakt_lists: choice === "keep" });
      go(`/erased/${begun.id}`);
      session.set({ state: "out" });
    } catch (error) {
      toastProblem(error);
    }
  };
  return html`
    <${Confirm}
      title="Erase everything?" confirm="Erase everything" isReady=${typed.trim().toLowerCase() === WORDS}
      onConfirm=${act} onClose=${onClose}
    >
      <p>
        Your lists with their history, thumbs, imports and feeds, messages and channels, what you watched, and the
        connection to Trakt are deleted. Nobody can bring them back.
      </p>
      <${Radios} legend="And on Trakt?" value=${choice} choices=${ON_TRAKT} onChange=${setChoice} />
      <${Field} label=${`Type “${WORDS}” to go on`}>
        ${(id) => html`<input id=${id} type="text" autocomplete="off" value=${typed} onInput=${({ target }) => setTyped(target.value)} />`}
      <//>
    <//>
  `;
}

export function YourData() {
  const [isSaving, setSaving] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const download = async () => {
    setSaving(true);
    try {
      save(await post("/api/account/export", undefined, { as: "blob" }), "watchbuddy-export.zip");
    } catch (error) {
      toastProblem(error);
    }
    setSaving(false);
  };
  return html`
    <div class="account-head">
      <span>All of it in one file<span class="quiet small">, as JSON for programs</span></span>
      <button type="button" class="button" disabled=${isSaving} onClick=${download}>${isSaving ? "Collecting…" : "Download"}</button>
    </div>
    <div class="account-head">
      <span>All of it gone</span>
      <button type="button" class="button danger" onClick=${() => setAsking(true)}>Erase everything</button>
    </div>
    ${isAsking && html`<${Erase} onClose=${() => setAsking(false)} />`}
  `;
}
