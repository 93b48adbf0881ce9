// A button that opens a menu: arrow keys move in it, Escape closes it, and the focus goes back.
import { html, newId, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { Icon } from "./icon.js";

/** `entries`: `[{label, icon, run | href, isDownload, isDanger}]`. */
export function Menu({ label, entries }) {
  const [isOpen, setOpen] = useState(false);
  const [id] = useState(() => newId("menu"));
  const root = useRef(null);
  const button = useRef(null);
  const items = () => [...root.current.querySelectorAll("[role=menuitem]")];
  const close = (back = true) => {
    setOpen(false);
    if (back) button.current.focus();
  };
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    items()[0].focus();
    const onOutside = (event) => !root.current.contains(event.target) && close(false);
    document.addEventListener("pointerdown", onOutside);
    return () => document.removeEventListener("pointerdown", onOutside);
  }, [isOpen]);
  const onKey = (event) => {
    if (!isOpen) return;
    const all = items();
    const here = all.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") close(false);
    else if (to !== undefined) all.at(to % all.length).focus();
    if (event.key === "Escape" || to !== undefined) event.preventDefault();
  };
  const act = (entry) => {
    close();
    entry.run?.();
  };
  return html`
    <div class="menu" ref=${root} onKeyDown=${onKey}>
      <button ref=${button} type="button" class="button" aria-haspopup="menu" aria-expanded=${String(isOpen)} aria-controls=${id} onClick=${() => setOpen(!isOpen)}>
        <${Icon} name="more" /><span class="hidden">${label}</span>
      </button>
      ${isOpen &&
      html`
        <div id=${id} class="menu-items" role="menu" aria-label=${label}>
          ${entries.map((entry) => {
            const inner = html`<${Icon} name=${entry.icon} size="18" />${entry.label}`;
            const name = entry.isDanger ? "danger" : "";
            return entry.href
              ? html`<a role="menuitem" tabindex="-1" class=${name} href=${entry.href} download=${entry.isDownload} onClick=${() => act(entry)}>${inner}</a>`
              : html`<button role="menuitem" tabindex="-1" type="button" class=${name} onClick=${() => act(entry)}>${inner}</button>`;
          })}
        </div>
      `}
    </div>
  `;
}
