// The notices, read out politely.
import { dismiss, toasts } from "../lib/toasts.js";
import { useStore } from "../lib/store.js";
import { html } from "../lib/ui.js";
import { Icon } from "./icon.js";

const ICONS = { info: "info", success: "check", warning: "warn", error: "warn" };

function Toast({ id, text, of, severity, action, href }) {
  const act = () => {
    dismiss(id);
    action.run();
  };
  return html`
    <li class=${`toast ${severity}`}>
      <${Icon} name=${ICONS[severity] ?? "info"} />
      <span class="toast-text">
        ${href ? html`<a dir="auto" href=${`#${href}`} onClick=${() => dismiss(id)}>${text}</a>` : html`<bdi>${text}</bdi>`}
        ${of && html`<span class="quiet small toast-of"><bdi>${of}</bdi></span>`}
      </span>
      ${action && html`<button type="button" class="button small" onClick=${act}>${action.label}</button>`}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => dismiss(id)}><${Icon} name="cross" size="16" /></button>
    </li>
  `;
}

export function Toasts() {
  const shown = useStore(toasts);
  return html`
    <section class="toasts" role="log" aria-label="Notices" aria-live="polite" aria-relevant="additions">
      <ol>${shown.map((one) => html`<${Toast} key=${one.id} ...${one} />`)}</ol>
    </section>
  `;
}
