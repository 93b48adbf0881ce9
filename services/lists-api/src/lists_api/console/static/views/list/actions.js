// What can be done with a list as a whole.
import { del, patch, post } from "../../lib/api.js";
import { drop, keep, readList, runs } from "../../lib/live.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Confirm, Dialog } from "../../components/dialog.js";
import { Field } from "../../components/fields.js";
import { Icon } from "../../components/icon.js";
import { lazy } from "../../components/lazy.js";
import { Menu } from "../../components/menu.js";

const FeedDialog = lazy(async () => (await import("./feed.js")).FeedDialog);

/** Run a list now; the stream tells how far it is. */
async function refresh(list) {
  try {
    const { run_id } = await post(`/api/lists/${list.id}/sync?force_full=true`);
    runs.set((now) => ({ [list.id]: { list_id: list.id, run_id, state: "queued", percent: 0 }, ...now }));
    keep({ ...list, status: "queued" });
    setTimeout(() => readList(list.id), 1500);
  } catch (problem) {
    toastProblem(problem);
  }
}

export function ListActions({ list, isRunning, onDeleted }) {
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const remove = async () => {
    try {
      await del(`/api/lists/${list.id}`);
      close();
      onDeleted();
      drop(list.id);
      toast(`“${list.title}” was deleted`, { severity: "success" });
    } catch (problem) {
      toastProblem(problem);
    }
  };
  const entries = [
    { label: "Rename", icon: "edit", run: () => setOpen("rename") },
    { label: "Save as a table (CSV)", icon: "inbox", href: `/api/lists/${list.id}/export?format=csv`, isDownload: true },
    { label: "Save as a file for WatchBuddy", icon: "inbox", href: `/api/lists/${list.id}/export?format=json`, isDownload: true },
    { label: "For Radarr and Sonarr", icon: "link", run: () => setOpen("feed") },
    { label: "Delete", icon: "trash", run: () => setOpen("delete"), isDanger: true },
  ];
  return html`
    ${list.list_type !== "manual" &&
    html`
      <button type="button" class="button primary" disabled=${isRunning} onClick=${() => refresh(list)}>
        <${Icon} name="refresh" size="18" />${isRunning ? "Refreshing…" : "Refresh now"}
      </button>
    `}
    <${Menu} label="More actions" entries=${entries} />
    ${open === "rename" && html`<${Rename} list=${list} onClose=${close} />`}
    ${open === "feed" && html`<${FeedDialog} list=${list} onClose=${close} />`}
    ${open === "delete" &&
    html`
      <${Confirm} title="Delete this list?" confirm="Delete it" onConfirm=${remove} onClose=${close}>
        <p>“<bdi>${list.title}</bdi>” is deleted here${list.trakt_list_id ? " and on Trakt" : ""}. This cannot be undone.</p>
      <//>
    `}
  `;
}

function Rename({ list, onClose }) {
  const [title, setTitle] = useState(list.title);
  const [problem, setProblem] = useState(null);
  const save = async (event) => {
    event?.preventDefault();
    try {
      keep(await patch(`/api/lists/${list.id}`, { title: title.trim() }));
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  const giveBack = async () => {
    try {
      keep(await patch(`/api/lists/${list.id}`, { title: null }));
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  return html`
    <${Dialog} title="Rename" onClose=${onClose}
      footer=${html`
        ${list.list_type === "smart" && list.has_own_title && html`<button type="button" class="button" onClick=${giveBack}>Name it by its filters</button>`}
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button type="button" class="button primary" disabled=${!title.trim()} onClick=${save}>Save</button>
      `}
    >
      <form onSubmit=${save}>
        <${Field} label="Title" help="On Trakt it is renamed, too." problem=${problem?.message}>
          ${(id) => html`<input id=${id} type="text" dir="auto" maxlength="255" autofocus value=${title} onInput=${(event) => setTitle(event.target.value)} />`}
        <//>
      </form>
    <//>
  `;
}
