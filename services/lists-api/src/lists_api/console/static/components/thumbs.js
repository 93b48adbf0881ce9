// Thumbs up and down for a title.
import { useStore } from "../lib/store.js";
import { giveThumb, thumbOf, thumbs } from "../lib/thumbs.js";
import { html } from "../lib/ui.js";
import { Icon } from "./icon.js";
import { nameOf } from "./titles.js";

export function Thumbs({ item }) {
  const given = thumbOf(useStore(thumbs), item);
  const button = (thumb, icon, label) => html`
    <button type="button" class="icon-button" aria-pressed=${String(given === thumb)} title=${label}
      aria-label=${`${label}: ${nameOf(item)}`} onClick=${() => giveThumb(item, given === thumb ? null : thumb)}>
      <${Icon} name=${icon} size="18" />
    </button>
  `;
  return html`${button("up", "thumbUp", "I like it")}${button("down", "thumbDown", "Not for me")}`;
}
