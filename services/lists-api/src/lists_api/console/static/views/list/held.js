// A refresh that would take most of the list away waits for an answer.
import { get, post } from "../../lib/api.js";
import { keep, readList } from "../../lib/live.js";
import { useResource } from "../../lib/resource.js";
import { count } from "../../lib/time.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Notice } from "../../components/parts.js";
import { keyOf, TitleText } from "../../components/titles.js";

const PREVIEWED = 100;
const ids = ({ media_type, ids: known }) => Object.entries(known).filter(([, id]) => id).map(([kind, id]) => `${media_type} ${kind} ${id}`);

/** Return the titles of the list that its filters do not choose now; null where a preview cannot tell. */
async function leaving(list) {
  if (list.item_limit > PREVIEWED) return null;
  const found = await post("/api/lists/preview", { filters: list.filters, item_limit: list.item_limit });
  const stays = new Set(found.items.flatMap(ids));
  const items = await get(`/api/lists/${list.id}/items?limit=100`);
  return items.items.filter((item) => !item.is_pinned && !ids(item).some((id) => stays.has(id)));
}

export function HeldRun({ list }) {
  const path = `/api/lists/${list.id}/runs`;
  const held = useResource(async () => (await get(`${path}?limit=20`)).runs.find((run) => run.state === "held"), `${path} ${list.status}`);
  const going = useResource(() => leaving(list), `${list.id} ${list.version}`);
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
      <p>The last refresh found so much else that it stopped and waits for you. ${run.updated > 0 && `${count(run.updated, "title")} would come.`}</p>
      ${going.data?.length > 0 &&
      html`
        <details>
          <summary>Which would go</summary>
          <ul class="titles">${going.data.map((item) => html`<li key=${keyOf(item)} class="title-row"><${TitleText} item=${{ ...item, explanation: null }} /></li>`)}</ul>
        </details>
      `}
    <//>
  `;
}
