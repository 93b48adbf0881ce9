// A webhook's secret, which is shown once.
import { toast } from "../lib/toasts.js";
import { html, useLayoutEffect, useRef } from "../lib/ui.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";

/** `note`: what else there is to know of it. */
export function SecretDialog({ secret, note, onClose }) {
  const shown = useRef(null);
  const button = useRef(null);
  useLayoutEffect(() => button.current.focus(), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      toast("Copied", { severity: "success" });
    } catch {
      getSelection().selectAllChildren(shown.current);
      toast("Your browser does not let this page copy. The secret is marked: copy it by hand.", { severity: "warning" });
    }
  };
  return html`
    <${Dialog} title="The secret of this webhook" onClose=${onClose} footer=${html`<button type="button" class="button" onClick=${onClose}>I have it</button>`}>
      <p>Give it to your program: it shows that a message comes from here. Copy it now, it is not shown again.</p>
      <p class="address">
        <code ref=${shown}>${secret}</code>
        <button ref=${button} type="button" class="button primary" onClick=${copy}><${Icon} name="copy" size="18" />Copy</button>
      </p>
      ${note && html`<p class="quiet small">${note}</p>`}
    <//>
  `;
}
