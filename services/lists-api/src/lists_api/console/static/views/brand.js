import { html } from "../lib/ui.js";

export const Brand = () => html`
  <span class="brand"><img src="/console/icon.svg" alt="" width="30" height="30" /><span>WatchBuddy</span></span>
`;
