// What a change of the list would do on Trakt, before it is made.
import { post } from "../../lib/api.js";
import { toastProblem } from "../../lib/toasts.js";
import { html, useEffect, useState } from "../../lib/ui.js";
import { Plan } from "./plan.js";

/** `change`: the fields that would be others, as the plan's query takes them. */
export function DryRun({ listId, change }) {
  const query = String(new URLSearchParams(change));
  const [planned, setPlanned] = useState(null);
  useEffect(() => setPlanned(null), [query]);
  const tryOut = async () => {
    try {
      setPlanned(await post(`/api/trakt/lists/${listId}/plan?${query}`));
    } catch (problem) {
      toastProblem(problem);
    }
  };
  if (!query) return null;
  return html`
    <div class="stack">
      <p class="actions"><button type="button" class="button" onClick=${tryOut}>What would that do on Trakt?</button></p>
      ${planned && html`<${Plan} plan=${planned} title="Once it is saved, this would be sent to Trakt" nothing="Nothing now. It counts for what happens later." />`}
    </div>
  `;
}
