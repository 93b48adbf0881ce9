// Titles as rows: what it is, when, how good, and why it is here.
import { html } from "../lib/ui.js";
import { Icon } from "./icon.js";

const KINDS = { tmdb: "TMDB", trakt: "Trakt" };

/** Return the name of a title, or what is known in its place. */
export const nameOf = (item) => {
  if (item.title) return item.title;
  const [kind, id] = Object.entries(item.ids).find(([, value]) => value) ?? ["", "?"];
  return `${item.media_type === "show" ? "Show" : "Movie"} ${kind === "imdb" ? id : `${KINDS[kind]} ${id}`}`;
};

/** Return a key for an item that no other item of its list has. */
export const keyOf = ({ media_type, ids }) => `${media_type} ${ids.imdb ?? ""} ${ids.tmdb ?? ""} ${ids.trakt ?? ""}`;

export const sentItem = ({ media_type, ids }) => ({ media_type, ids });

/** The words of a row; `extra`: behind the name. */
export const TitleText = ({ item, extra }) => html`
  <span class="title-icon" title=${item.media_type === "show" ? "Show" : "Movie"}>
    <${Icon} name=${item.media_type === "show" ? "tv" : "film"} size="18" /><span class="hidden">${item.media_type === "show" ? "Show" : "Movie"}: </span>
  </span>
  <span class="title-text">
    <span class="title-name"><bdi>${nameOf(item)}</bdi>${item.year && html` <span class="quiet">${item.year}</span>`} ${extra}</span>
    ${item.explanation && html`<span class="title-why">${item.explanation}</span>`}
  </span>
`;

/** Titles to look at. */
export const TitleList = ({ items }) => html`
  <ol class="titles">
    ${items.map(
      (item) => html`
        <li key=${keyOf(item)} class="title-row">
          <span class="title-rank">${item.rank}</span>
          <${TitleText} item=${item} />
        </li>
      `,
    )}
  </ol>
`;
