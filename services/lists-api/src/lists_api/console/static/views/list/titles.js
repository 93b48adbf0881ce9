// The titles of a list.
import { del, get, post } from "../../lib/api.js";
import { readList } from "../../lib/live.js";
import { useResource } from "../../lib/resource.js";
import { count, date } from "../../lib/time.js";
import { readThumbs } from "../../lib/thumbs.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useEffect, useRef, useState } from "../../lib/ui.js";
import { Icon } from "../../components/icon.js";
import { Empty, Failed, Skeleton } from "../../components/parts.js";
import { nameOf, keyOf, sentItem, TitleText } from "../../components/titles.js";
import { Thumbs } from "../../components/thumbs.js";
import { TitleSearch } from "../../components/title-search.js";
import { Excluded } from "./excluded.js";
import { Handle, useReorder } from "./reorder.js";

const PAGE = 50;
const ORDERS = {
  "rank asc": "As on Trakt",
  "rating desc": "Best rated first",
  "year desc": "Newest first",
  "title asc": "By title",
  "added_at desc": "Last added first",
};

/** Read the first pages of a list's titles. */
async function readTitles(id, order, pages, signal) {
  const [sort, direction] = order.split(" ");
  const path = `/api/lists/${id}/items?sort=${sort}&order=${direction}&limit=${PAGE}`;
  const answers = await Promise.all(Array.from({ length: pages }, (_, index) => get(`${path}&page=${index + 1}`, { signal })));
  return { items: answers.flatMap((answer) => answer.items), total: answers[0].total };
}

export function TitlesPart({ list }) {
  const [order, setOrder] = useState("rank asc");
  const [pages, setPages] = useState(1);
  const edits = useRef(Promise.resolve());
  const titles = useResource(async (signal) => {
    await edits.current;
    return readTitles(list.id, order, pages, signal);
  }, `${list.version} ${order} ${pages}`);
  const { data, problem, reload, setData } = titles;
  useEffect(() => {
    readThumbs();
  }, []);
  const isManual = list.list_type === "manual";
  const isOrdered = order === "rank asc";
  const after = () => {
    readList(list.id);
    return reload();
  };
  // One edit after the other: each is meant in the list that the one before it made. The last one reads again.
  const edit = (work) => {
    const mine = edits.current.then(work).catch(toastProblem);
    edits.current = mine;
    mine.then(() => mine === edits.current && after());
  };

  const add = (item) =>
    edit(async () => {
      const { added } = await post(`/api/lists/${list.id}/items`, { items: [sentItem(item)] });
      toast(added ? `“${nameOf(item)}” ${isManual ? "was added" : "is pinned"}` : `“${nameOf(item)}” is on the list already`, { severity: "success" });
    });
  const unpin = (item) =>
    edit(async () => {
      await del(`/api/lists/${list.id}/pins`, { items: [sentItem(item)] });
      toast(`“${nameOf(item)}” is no longer pinned`, { action: { label: "Undo", run: () => add(item) } });
    });
  const putBack = (item) =>
    edit(async () => {
      if (!isManual) await del(`/api/lists/${list.id}/exclusions`, { items: [sentItem(item)] });
      await post(`/api/lists/${list.id}/items`, { items: [sentItem(item)] });
      if (isManual) await post(`/api/lists/${list.id}/items/move`, { item: sentItem(item), rank: item.rank });
    });
  const remove = (item) => {
    setData((now) => ({ items: now.items.filter((one) => one !== item), total: now.total - 1 }));
    edit(async () => {
      await del(`/api/lists/${list.id}/items`, { items: [sentItem(item)] });
      const text = isManual ? `“${nameOf(item)}” was taken off` : `“${nameOf(item)}” is kept out of this list`;
      toast(text, { action: { label: "Undo", run: () => putBack(item) } });
    });
  };
  const reorder = useReorder({ list, data, setData, edit });

  return html`
    <section class="stack" aria-label="Titles">
      ${list.list_type !== "smart" &&
      html`
        <${TitleSearch}
          label=${isManual ? "Add a title" : "Pin a title to this list"} mark=${isManual ? "on the list" : "pinned"}
          known=${(data?.items ?? []).filter((item) => isManual || item.is_pinned)} onChoose=${add}
        />
      `}
      ${data && list.list_type === "custom" && html`<${Crowded} list=${list} data=${data} isOrdered=${isOrdered} />`}
      ${data?.total > 1 &&
      html`
        <div class="titles-tools">
          <p class="quiet small">${isManual && isOrdered ? "Drag a title by its handle, or move it with the arrow keys." : ""}</p>
          <label class="select-field">
            <span class="hidden">Show in which order</span>
            <select value=${order} onChange=${(event) => setOrder(event.target.value)}>
              ${Object.entries(ORDERS).map(([key, words]) => html`<option value=${key}>${words}</option>`)}
            </select>
          </label>
        </div>
      `}
      ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
      ${!data && !problem && html`<${Skeleton} rows="8" what="Reading the titles" />`}
      ${data?.total === 0 && html`<${NoTitles} list=${list} />`}
      ${data?.items.length > 0 &&
      html`
        <ol class="titles card flush" ref=${reorder.root}>
          ${data.items.map(
            (item, index) => html`
              <li key=${keyOf(item)} class=${`title-row ${reorder.classOf(index)}`}>
                ${isManual && isOrdered && html`<${Handle} item=${item} index=${index} total=${data.total} reorder=${reorder} />`}
                <span class="title-rank">${item.rank}</span>
                <${TitleText} item=${item} extra=${html`<${Marks} item=${item} />`} />
                <span class="title-actions">
                  <${Thumbs} item=${item} />
                  ${list.list_type === "custom" &&
                  html`
                    <button type="button" class="icon-button" title=${item.is_pinned ? "Unpin" : "Pin"}
                      aria-label=${`${item.is_pinned ? "Unpin" : "Pin"}: ${nameOf(item)}`} onClick=${() => (item.is_pinned ? unpin(item) : add(item))}>
                      <${Icon} name=${item.is_pinned ? "unpin" : "pin"} size="18" />
                    </button>
                  `}
                  ${list.list_type !== "smart" &&
                  html`
                    <button type="button" class="icon-button" title=${isManual ? "Take off" : "Keep out"}
                      aria-label=${`${isManual ? "Take off" : "Keep out"}: ${nameOf(item)}`} onClick=${() => remove(item)}>
                      <${Icon} name=${isManual ? "cross" : "ban"} size="18" />
                    </button>
                  `}
                </span>
              </li>
            `,
          )}
        </ol>
        <p class="hidden" role="status" aria-live="assertive">${reorder.said}</p>
      `}
      ${data && data.items.length < data.total &&
      html`<p class="actions centred"><button type="button" class="button" onClick=${() => setPages(pages + 1)}>Show more (${(data.total - data.items.length).toLocaleString()} left)</button></p>`}
      ${list.list_type === "custom" && html`<${Excluded} list=${list} onChanged=${after} />`}
      ${list.list_type === "smart" && html`<p class="quiet small">To pin titles or keep some out, make a list of the kind “Automatic, with your say”.</p>`}
    </section>
  `;
}

/** What a pin does to a list that has all the titles that it takes. */
function Crowded({ list, data: { items, total }, isOrdered }) {
  if (total < list.item_limit) return null;
  const isWhole = isOrdered && items.length === total;
  const last = items.findLast((item) => !item.is_pinned);
  if (isWhole && !last) return null; // what is pinned has no limit
  return html`
    <p class="quiet small">
      The list has all the ${count(list.item_limit, "title")} that it takes. A new pin takes
      ${isWhole ? html` <bdi>“${nameOf(last)}”</bdi>` : " its last title that is not pinned"} off.
    </p>
  `;
}

const Marks = ({ item }) => html`
  ${item.is_pinned && html`<span class="mark"><${Icon} name="pin" size="14" />Pinned</span>`}
  ${item.is_watched && html`<span class="mark" title=${item.watched_at && `on ${date(item.watched_at)}`}><${Icon} name="eye" size="14" />Watched</span>`}
`;

function NoTitles({ list }) {
  // The list is known to have titles before they are read.
  if (list.item_count > 0 || list.status === "queued" || list.status === "syncing") return html`<${Skeleton} rows="5" what="The list is being filled" />`;
  if (list.list_type === "manual") return html`<${Empty} title="No titles yet">Type a name above to add the first one.<//>`;
  return html`
    <${Empty} icon="search" title="No title fits yet" actions=${html`<a class="button" href=${`#/lists/${list.id}/filters`}>Change the filters</a>`}>
      ${list.is_paused ? "The list is paused." : "Make its filters wider."}
    <//>
  `;
}
