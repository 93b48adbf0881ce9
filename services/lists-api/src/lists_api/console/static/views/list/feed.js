// A private address under which other programs read the list.
import { del, get, post } from "../../lib/api.js";
import { useResource } from "../../lib/resource.js";
import { date } from "../../lib/time.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Dialog } from "../../components/dialog.js";
import { Icon } from "../../components/icon.js";
import { Failed, Skeleton } from "../../components/parts.js";

const NAMES = { radarr: "Radarr (movies)", sonarr: "Sonarr (shows)", list_csv: "Table (CSV)", list_json: "JSON" };
const HELP = { radarr: "Lists → StevenLu Custom", sonarr: "Import Lists → Custom List" };

export function FeedDialog({ list, onClose }) {
  const path = `/api/lists/${list.id}/feed`;
  const { data, problem, reload, setData } = useResource(() => get(path), path);
  const [made, setMade] = useState(null);
  const act = async (work) => {
    try {
      await work();
    } catch (error) {
      toastProblem(error);
    }
  };
  const make = () => act(async () => setMade(await post(path)));
  const revoke = () =>
    act(async () => {
      await del(path);
      setMade(null);
      setData({ has_feed: false, created_at: null });
    });
  const copy = (text) =>
    act(async () => {
      await navigator.clipboard.writeText(text);
      toast("Copied", { severity: "success" });
    });
  return html`
    <${Dialog} title="For other programs" onClose=${onClose} footer=${html`<button type="button" class="button" onClick=${onClose}>Done</button>`}>
      ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
      ${!data && !problem && html`<${Skeleton} rows="2" />`}
      ${made
        ? html`
            <p>Copy what you need now: these addresses are not shown again. Who has one can read the list.</p>
            <ul class="addresses">
              ${Object.entries(NAMES).map(([key, name]) => {
                const address = `${location.origin}${made[key]}`;
                return html`
                  <li>
                    <span><b>${name}</b>${HELP[key] && html` <span class="quiet small">${HELP[key]}</span>`}</span>
                    <span class="address"><code>${address}</code>
                      <button type="button" class="icon-button" aria-label=${`Copy the address for ${name}`} onClick=${() => copy(address)}><${Icon} name="copy" size="18" /></button>
                    </span>
                  </li>
                `;
              })}
            </ul>
          `
        : data &&
          html`
            <p>Radarr, Sonarr and others can read this list under a private address of its own.</p>
            ${data.has_feed && html`<p class="quiet">It has one since ${date(data.created_at)}. A new one ends the old one.</p>`}
            <p class="actions">
              <button type="button" class="button primary" onClick=${make}>${data.has_feed ? "Make new addresses" : "Make the addresses"}</button>
              ${data.has_feed && html`<button type="button" class="button danger" onClick=${revoke}>End the old one</button>`}
            </p>
          `}
    <//>
  `;
}
