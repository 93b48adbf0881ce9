// What a change of the list would do, before it is made.
import { toastProblem } from "../../lib/toasts.js";
import { html, useEffect, useState } from "../../lib/ui.js";
import { Plan } from "./plan.js";

/**
 * `change`: what would be other; without any there is nothing to ask. `ask(change)` returns a plan: `{actions}`.
 * `words`: of the button (`label`), above the plan (`title`), and in the place of an empty one (`nothing`).
 */
export function DryRun({ change, ask, words }) {
  const key = JSON.stringify(change);
  const [planned, setPlanned] = useState(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => setPlanned(null), [key]);
  const tryOut = async () => {
    setBusy(true);
    try {
      setPlanned({ key, plan: await ask(change) });
    } catch (problem) {
      toastProblem(problem);
    }
    setBusy(false);
  };
  if (!Object.keys(change).length) return null;
  return html`
    <div class="stack">
      <p class="actions"><button type="button" class="button" disabled=${isBusy} onClick=${tryOut}>${words.label}</button></p>
      ${planned?.key === key && html`<${Plan} plan=${planned.plan} title=${words.title} nothing=${words.nothing} />`}
    </div>
  `;
}
