// Titles that are kept out of a list.
import { all, del } from "../../lib/api.js";
import { withNames } from "../../lib/names.js";
import { useResource } from "../../lib/resource.js";
import { count } from "../../lib/time.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html } from "../../lib/ui.js";
import { keyOf, nameOf, sentItem, TitleText } from "../../components/titles.js";

export function Excluded({ list, onChanged }) {
  const path = `/api/lists/${list.id}/exclusions`;
  const { data, reload } = useResource(async () => withNames(await all(path, "items")), `${path} ${list.version}`);
  if (!data?.length) return null;
  const allow = async (item) => {
    try {
      await del(path, { items: [sentItem(item)] });
      toast(`“${nameOf(item)}” may come back at the next refresh`, { severity: "success" });
      await Promise.all([reload(), onChanged()]);
    } catch (problem) {
      toastProblem(problem);
    }
  };
  return html`
    <details>
      <summary>${count(data.length, "title")} kept out</summary>
      <ul class="titles">
        ${data.map(
          (item) => html`
            <li key=${keyOf(item)} class="title-row">
              <${TitleText} item=${item} />
              <button type="button" class="button small" aria-label=${`Allow again: ${nameOf(item)}`} onClick=${() => allow(item)}>Allow again</button>
            </li>
          `,
        )}
      </ul>
    </details>
  `;
}
