// Light, dark, or as the system is.
import { useStore } from "../lib/store.js";
import { chooseTheme, theme } from "../lib/theme.js";
import { html } from "../lib/ui.js";
import { Icon } from "./icon.js";

const CHOICES = [
  { value: "system", label: "As the system", icon: "auto" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

export function ThemeSwitch() {
  const chosen = useStore(theme);
  return html`
    <fieldset class="switch">
      <legend class="hidden">Colours</legend>
      ${CHOICES.map(
        ({ value, label, icon }) => html`
          <label title=${label}>
            <input type="radio" name="theme" value=${value} checked=${chosen === value} onChange=${() => chooseTheme(value)} />
            <${Icon} name=${icon} size="16" /><span class="hidden">${label}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}
