// Which view an address names. All but the first page are loaded when somebody goes there.
import { html } from "../lib/ui.js";
import { lazy } from "../components/lazy.js";
import { Empty, Heading } from "../components/parts.js";
import { ListsView } from "./lists.js";

const Nowhere = () => html`
  <${Heading} title="There is nothing here" />
  <${Empty} title="This address leads nowhere" actions=${html`<a class="button primary" href="#/">Your lists</a>`} />
`;
const ListPage = lazy(async () => (await import("./list/page.js")).ListPage);

const VIEWS = {
  new: { title: "New list", component: lazy(async () => (await import("./new-list.js")).NewListView) },
  messages: { title: "Messages", component: lazy(async () => (await import("./messages.js")).MessagesView) },
  channels: { title: "Channels", component: lazy(async () => (await import("./channels/view.js")).ChannelsView) },
  import: { title: "Bring in lists", component: lazy(async () => (await import("./import.js")).ImportView) },
  account: { title: "Account", component: lazy(async () => (await import("./account.js")).AccountView) },
};

/** Return `{component, title, key}`; views of the same key stay while the address changes. */
export function viewOf([first, second]) {
  if (first === "lists" && second) return { component: ListPage, title: "List", key: `list ${second}` };
  if (!first || first === "lists") return { component: ListsView, title: "Lists", key: "lists" };
  if (Object.hasOwn(VIEWS, first)) return { ...VIEWS[first], key: first === "channels" ? `channels ${second}` : first };
  return { component: Nowhere, title: "Nothing here", key: "nowhere" };
}
