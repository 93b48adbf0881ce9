// Names of titles that answers give by their ids alone.
import { post } from "./api.js";

const MOST = 100;

/** Return the items with `title` and `year`, null where the catalogue does not know them. */
export async function withNames(items) {
  const named = [];
  for (let start = 0; start < items.length; start += MOST) {
    const asked = items.slice(start, start + MOST);
    const { titles } = await post("/api/catalogue/names", { items: asked.map(({ media_type, ids }) => ({ media_type, ids })) });
    named.push(...asked.map((item, index) => ({ ...item, title: titles[index].title, year: titles[index].year })));
  }
  return named;
}
