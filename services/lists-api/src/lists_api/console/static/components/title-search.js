// Search as you type: a field with a list of titles below it.
import { get } from "../lib/api.js";
import { useSettled } from "../lib/hooks.js";
import { useResource } from "../lib/resource.js";
import { html, newId, useEffect, useState } from "../lib/ui.js";
import { Icon } from "./icon.js";
import { nameOf, TitleText } from "./titles.js";

const MOST = 8;
const IMDB_ID = /^tt\d{7,9}$/;

const sharesId = (one, other) =>
  one.media_type === other.media_type && Object.entries(one.ids).some(([kind, id]) => id && other.ids[kind] === id);

async function find(text, signal) {
  if (!text) return [];
  if (IMDB_ID.test(text))
    return ["movie", "show"].map((media_type) => ({ media_type, ids: { imdb: text }, title: `The ${media_type} ${text}` }));
  return (await get(`/api/catalogue/search?q=${encodeURIComponent(text)}&limit=${MOST}`, { signal })).titles;
}

/** `known`: titles that need not be chosen, `mark`: what is said of them; `onChoose(title)` may be asynchronous. */
export function TitleSearch({ label, known, mark, onChoose }) {
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const [id] = useState(() => newId("titles"));
  const settled = useSettled(text.trim(), 180);
  const { data, problem } = useResource((signal) => find(settled, signal), settled);
  const found = settled ? (data ?? []) : [];
  const has = (title) => known.some((one) => sharesId(one, title));
  useEffect(() => setChosen(Math.max(0, found.findIndex((title) => !has(title)))), [data]);
  const isShown = isOpen && settled !== "";
  const choose = (title) => {
    if (!title || has(title)) return;
    onChoose({ ...title, title: IMDB_ID.test(settled) ? null : title.title });
    setText("");
    setOpen(false);
  };
  const onKey = (event) => {
    if (event.key === "Escape" && isShown) {
      event.preventDefault();
      setOpen(false);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isShown && settled === text.trim()) choose(found[chosen]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      if (found.length) setChosen((chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    }
  };
  return html`
    <div class="combo">
      <label for=${id} class="combo-label">${label}</label>
      <div class="search-field">
        <${Icon} name="search" size="18" />
        <input
          id=${id} type="search" role="combobox" autocomplete="off" placeholder="Name, or IMDb id" value=${text}
          aria-expanded=${String(isShown)} aria-controls=${`${id}-found`} aria-autocomplete="list"
          aria-activedescendant=${isShown && found.length ? `${id}-${chosen}` : null}
          onInput=${(event) => { setText(event.target.value); setOpen(true); }}
          onKeyDown=${onKey} onFocus=${() => setOpen(true)} onBlur=${() => setTimeout(() => setOpen(false), 150)}
        />
      </div>
      <ul id=${`${id}-found`} role="listbox" aria-label="Titles found" class="combo-found" hidden=${!isShown || !found.length}>
        ${found.map(
          (title, index) => html`
            <li key=${`${title.media_type} ${JSON.stringify(title.ids)}`} id=${`${id}-${index}`} role="option" class="title-row"
              aria-selected=${String(index === chosen)} aria-disabled=${String(has(title))}
              onPointerDown=${(event) => event.preventDefault()} onClick=${() => choose(title)}>
              <${TitleText} item=${title} extra=${has(title) && html`<span class="mark">${mark}</span>`} />
              ${title.rating && html`<span class="quiet small">${title.rating.toFixed(1)}</span>`}
            </li>
          `,
        )}
      </ul>
      <p class="combo-said small quiet" role="status">
        ${problem ? problem.message : isShown && data && settled === text.trim() && !found.length ? `Nothing here is called “${settled}”. By its IMDb id (tt and digits) it can be taken all the same.` : ""}
      </p>
    </div>
  `;
}
