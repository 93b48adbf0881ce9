// Which view an address names. All but the first page are loaded when somebody goes there.
import { html } from "../lib/ui.js";
import { Empty, Heading } from "../components/parts.js";
import { ListsView } from "./lists.js";

const Nowhere = () => html`
  <${Heading} title="There is nothing here" />
  <${Empty} title="This address leads nowhere" actions=${html`<a class="button primary" href="#/">Your lists</a>`} />
`;

const LATER = {
  list: async () => (await import("./list/page.js")).ListPage,
  new: async () => (await import("./new-list.js")).NewListView,
  messages: async () => (await import("./messages.js")).MessagesView,
  import: async () => (await import("./import.js")).ImportView,
  account: async () => (await import("./account.js")).AccountView,
};
const TITLES = { list: "List", new: "New list", messages: "Messages", import: "Bring in lists", account: "Account" };
const loaded = new Map([
  ["lists", ListsView],
  ["nowhere", Nowhere],
]);

const nameOf = ([first, second]) => {
  if (!first || first === "lists") return second ? "list" : "lists";
  return first in LATER && first !== "list" ? first : "nowhere";
};

/**
 * Return `{name, title, key, component}`; views of the same key stay while the address changes. `component` is undefined
 * until `load` has brought it.
 */
export function viewOf(parts) {
  const name = nameOf(parts);
  const title = TITLES[name] ?? (name === "lists" ? "Lists" : "Nothing here");
  return { name, title, key: name === "list" ? `list ${parts[1]}` : name, component: loaded.get(name) };
}

/** Bring a view's component. Throws what the browser says when a file cannot be loaded. */
export async function load(name) {
  if (!loaded.has(name)) loaded.set(name, await LATER[name]());
}
