// The person's thumbs, by title.
import { all, del, put } from "./api.js";
import { store } from "./store.js";
import { toastProblem } from "./toasts.js";

/** `Map` of every id of a rated title to `up` or `down`; null until it is read. */
export const thumbs = store(null);
const idsOf = ({ media_type, ids }) => Object.entries(ids).filter(([, id]) => id).map(([kind, id]) => `${media_type} ${kind} ${id}`);
const reference = ({ ids }) => ids.imdb ?? (ids.tmdb ? `tmdb:${ids.tmdb}` : `trakt:${ids.trakt}`);

export async function readThumbs() {
  if (thumbs.get()) return;
  const found = new Map();
  try {
    for (const one of await all("/api/ratings", "ratings", 5000)) for (const id of idsOf(one)) found.set(id, one.thumb);
    thumbs.set(found);
  } catch {
    // Thumbs are shown as not given; giving one says what is wrong.
  }
}

export const thumbOf = (known, item) => idsOf(item).map((id) => known?.get(id)).find(Boolean) ?? null;

/** Give a thumb, or take it back (null). */
export async function giveThumb(item, thumb) {
  const path = `/api/ratings/${item.media_type}/${reference(item)}`;
  const before = thumbs.get() ?? new Map();
  const after = new Map(before);
  for (const id of idsOf(item)) thumb ? after.set(id, thumb) : after.delete(id);
  thumbs.set(after);
  try {
    await (thumb ? put(path, { thumb }) : del(path));
  } catch (problem) {
    thumbs.set(before);
    toastProblem(problem);
  }
}
