// Which view an address names.
import { html } from "../lib/ui.js";
import { Empty, Heading } from "../components/parts.js";
import { AccountView } from "./account.js";
import { ImportView } from "./import.js";
import { ListPage } from "./list/page.js";
import { ListsView } from "./lists.js";
import { MessagesView } from "./messages.js";
import { NewListView } from "./new-list.js";

const Nowhere = () => html`
  <${Heading} title="There is nothing here" />
  <${Empty} title="This address leads nowhere" actions=${html`<a class="button primary" href="#/">Your lists</a>`} />
`;

/** Return `{component, title, key, props}`; views of the same key stay while the address changes. */
export function viewOf(parts) {
  const [first] = parts;
  if (first === "lists" && parts[1]) return { component: ListPage, title: "List", key: `list ${parts[1]}` };
  if (!first || first === "lists") return { component: ListsView, title: "Lists", key: "lists" };
  if (first === "new") return { component: NewListView, title: "New list", key: "new" };
  if (first === "messages") return { component: MessagesView, title: "Messages", key: "messages" };
  if (first === "import") return { component: ImportView, title: "Bring in lists", key: "import" };
  if (first === "account") return { component: AccountView, title: "Account", key: "account" };
  return { component: Nowhere, title: "Nothing here", key: "nowhere" };
}
