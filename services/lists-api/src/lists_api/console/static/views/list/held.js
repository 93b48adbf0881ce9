// A refresh that would take most of the list away waits for an answer.
import { all, get, post } from "../../lib/api.js";
import { keep, readList } from "../../lib/live.js";
import { useResource } from "../../lib/resource.js";
import { count } from "../../lib/time.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Failed, Notice, Skeleton } from "../../components/parts.js";
import { keyOf, TitleText } from "../../components/titles.js";

const MOST = 1000;

/** Titles of the run, read when they are asked for. */
function Titles({ path, summary }) {
  const [isOpen, setOpen] = useState(false);
  return html`
    <details onToggle=${({ target }) => target.open && setOpen(true)}>
      <summary>${summary}</summary>
      ${isOpen && html`<${Opened} path=${path} />`}
    </details>
  `;
}

function Opened({ path }) {
  const { data, problem, reload } = useResource(() => all(path, "titles", MOST), path);
  if (problem) return html`<${Failed} problem=${problem} onRetry=${reload} />`;
  if (!data) return html`<${Skeleton} rows="3" what="Reading the titles" />`;
  return html`<ul class="titles">${data.map((item) => html`<li key=${keyOf(item)} class="title-row"><${TitleText} item=${item} /></li>`)}</ul>`;
}

export function HeldRun({ list }) {
  const path = `/api/lists/${list.id}/runs`;
  const held = useResource(async () => (await get(`${path}?limit=20`)).runs.find((run) => run.state === "held"), `${path} ${list.status}`);
  const [isBusy, setBusy] = useState(false);
  const run = held.data;
  const answer = async (word) => {
    setBusy(true);
    try {
      await post(`${path}/${run.run_id}/${word}`);
      keep({ ...list, status: word === "approve" ? "queued" : "complete" });
      toast(word === "approve" ? "The list is being filled" : "The list stays as it is", { severity: "success" });
    } catch (problem) {
      toastProblem(problem);
    }
    setBusy(false);
    setTimeout(() => readList(list.id), 800);
  };
  if (!run) return null;
  return html`
    <${Notice} tone="warn" title=${`${run.removed} of ${count(list.item_count, "title")} would go`}
      actions=${html`
        <button type="button" class="button primary" disabled=${isBusy} onClick=${() => answer("approve")}>Go ahead</button>
        <button type="button" class="button" disabled=${isBusy} onClick=${() => answer("reject")}>Keep the list as it is</button>
      `}
    >
      <p>The last refresh found so much else that it stopped and waits for you.</p>
      <${Titles} path=${`${path}/${run.run_id}/titles?change=leaves`} summary=${`Which would go (${run.removed.toLocaleString()})`} />
      ${run.updated > 0 && html`<${Titles} path=${`${path}/${run.run_id}/titles?change=comes`} summary=${`Which would come (${run.updated.toLocaleString()})`} />`}
    <//>
  `;
}
