// A dialog of the browser's own: it keeps the focus inside, Escape closes it, and the focus goes back.
import { classes, html, newId, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { Icon } from "./icon.js";

/** `onClose()` when it is closed in any way; `footer`: the buttons; `scrolls`: the body is long, nothing in it takes the focus, and
 * it may come later: the dialog is as high as it may be from the beginning. */
export function Dialog({ title, children, footer, onClose, scrolls = false }) {
  const element = useRef(null);
  const [id] = useState(() => newId("dialog"));
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const dialog = element.current;
    dialog.showModal();
    return () => {
      dialog.close(); // while it is open, nothing else takes the focus
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  const onClick = (event) => event.target === element.current && onClose();
  const onCancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`
    <dialog ref=${element} class=${classes("dialog", scrolls && "tall")} aria-labelledby=${id} onClick=${onClick} onCancel=${onCancel}>
      <div class="dialog-inner">
        <header>
          <h2 id=${id}>${title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="cross" /></button>
        </header>
        <div class="dialog-body" tabindex=${scrolls ? 0 : null}>${children}</div>
        ${footer && html`<footer>${footer}</footer>`}
      </div>
    </dialog>
  `;
}

/** Ask before something that cannot be taken back. `onConfirm` may be asynchronous; `isReady`: whether it can be done. */
export function Confirm({ title, children, confirm, onConfirm, onClose, danger = true, isReady = true }) {
  const [isBusy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
    }
  };
  return html`
    <${Dialog}
      title=${title}
      onClose=${onClose}
      footer=${html`
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button type="button" class=${danger ? "button danger" : "button primary"} disabled=${isBusy || !isReady} onClick=${act}>${confirm}</button>
      `}
    >
      ${children}
    <//>
  `;
}
