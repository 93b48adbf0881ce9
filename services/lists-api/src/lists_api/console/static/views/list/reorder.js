// Order by hand: dragging a row by its handle, or moving it with the arrow keys.
import { post } from "../../lib/api.js";
import { toast } from "../../lib/toasts.js";
import { html, useLayoutEffect, useRef, useState } from "../../lib/ui.js";
import { Icon } from "../../components/icon.js";
import { keyOf, nameOf, sentItem } from "../../components/titles.js";

const moved = (items, from, to) => {
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next.map((item, index) => ({ ...item, rank: index + 1 }));
};

/**
 * Return what rows need to be put in another order.
 *
 * `data`: `{items, total}` in the list's order; `setData` takes the next; `edit(work)` sends an edit behind the others.
 */
export function useReorder({ list, data, setData, edit }) {
  const root = useRef(null);
  const [drag, setDrag] = useState(null);
  const [said, setSaid] = useState("");
  const focused = useRef(null);
  const latest = useRef();
  latest.current = data;

  useLayoutEffect(() => {
    // A row that the browser moved in the page may have lost the focus.
    if (focused.current === null || document.activeElement !== document.body) return;
    const place = data?.items.findIndex((item) => keyOf(item) === focused.current);
    root.current?.querySelectorAll(".handle")[place]?.focus();
  }, [data]);

  const move = (from, to, { isUndo = false, keepFocus = false } = {}) => {
    const { items, total } = latest.current;
    if (to < 0 || to >= items.length || to === from) return;
    const item = items[from];
    focused.current = keepFocus ? keyOf(item) : null;
    setData({ items: moved(items, from, to), total });
    setSaid(`${nameOf(item)}: place ${to + 1} of ${total}`);
    edit(() => post(`/api/lists/${list.id}/items/move`, { item: sentItem(item), rank: to + 1 }));
    if (isUndo || keepFocus) return;
    const undo = () => {
      const now = latest.current.items.findIndex((one) => keyOf(one) === keyOf(item));
      if (now >= 0) move(now, from, { isUndo: true });
    };
    toast(`“${nameOf(item)}” is now number ${to + 1}`, { action: { label: "Undo", run: undo } });
  };

  const placeOf = (y) => {
    const rows = [...root.current.children];
    const below = rows.findIndex((row) => {
      const box = row.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    return below === -1 ? rows.length : below;
  };
  const begin = (event, index) => {
    if (event.button) return;
    event.preventDefault();
    event.currentTarget.focus();
    let at = index;
    const onMove = ({ clientY }) => {
      at = placeOf(clientY);
      setDrag({ from: index, at });
    };
    const end = (isDone) => {
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
      document.removeEventListener("pointercancel", onCancel);
      document.removeEventListener("keydown", onKey);
      setDrag(null);
      if (isDone) move(index, at > index ? at - 1 : at);
    };
    const onUp = () => end(true);
    const onCancel = () => end(false);
    const onKey = ({ key }) => key === "Escape" && end(false);
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
    document.addEventListener("pointercancel", onCancel);
    document.addEventListener("keydown", onKey);
    setDrag({ from: index, at });
  };
  const classOf = (index) => {
    if (!drag) return "";
    if (index === drag.from) return "dragged";
    if (index === drag.at) return "drop-before";
    return drag.at === data.items.length && index === data.items.length - 1 ? "drop-after" : "";
  };
  const leave = (event) => {
    if (event.relatedTarget) focused.current = null;
  };
  return { root, said, begin, move, leave, classOf };
}

const KEYS = { ArrowUp: -1, ArrowDown: 1 };

export function Handle({ item, index, total, reorder }) {
  const onKey = (event) => {
    const to = { Home: 0, End: total - 1 }[event.key] ?? (event.key in KEYS ? index + KEYS[event.key] : null);
    if (to === null) return;
    event.preventDefault();
    reorder.move(index, to, { keepFocus: true });
  };
  return html`
    <button type="button" class="handle" aria-label=${`Move ${nameOf(item)}, number ${index + 1} of ${total}: arrow keys up and down`}
      onPointerDown=${(event) => reorder.begin(event, index)} onKeyDown=${onKey} onBlur=${reorder.leave}>
      <${Icon} name="grip" size="18" />
    </button>
  `;
}
