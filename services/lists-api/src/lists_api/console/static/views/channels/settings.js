// What may be changed of a channel.
import { patch } from "../../lib/api.js";
import { kindOf } from "../../lib/channel-kinds.js";
import { toast } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { AddressFields, addressOf } from "../../components/address-fields.js";
import { ChannelTimes, mistake } from "../../components/channel-times.js";
import { Field } from "../../components/fields.js";
import { Notice } from "../../components/parts.js";
import { addressProblem } from "../../words/channels.js";

const settingsOf = ({ severities, time_zone, quiet_hours, digest }) => ({ severities, time_zone, quiet_hours, digest });

/** `onSaved(channel)`: with what it is then. */
export function ChannelSettings({ channel, onSaved }) {
  const [name, setName] = useState(channel.name);
  const [settings, setSettings] = useState(settingsOf(channel));
  const [values, setValues] = useState({});
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const kind = kindOf(channel);
  const wrong = mistake(settings);
  const atAddress = problem && addressProblem(problem);
  const address = addressOf(kind, values);
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      onSaved(await patch(`/api/channels/${channel.id}`, { ...settings, name: name.trim(), ...(address && { address }) }));
      setValues({});
      toast("Saved", { severity: "success" });
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return html`
    <form class="card stack" aria-label="Settings" onSubmit=${save}>
      <h2>Settings</h2>
      <${Field} label="Name">
        ${(id) => html`<input id=${id} type="text" maxlength="80" dir="auto" required value=${name} onInput=${({ target }) => setName(target.value)} />`}
      <//>
      <${ChannelTimes} given=${settings} onChange=${setSettings} />
      <details open=${Boolean(atAddress)}>
        <summary>Give another address</summary>
        <div class="stack filter-more">
          <p class="quiet small">The one of now stays when this stays empty.</p>
          <${AddressFields} kindKey=${kind} values=${values} onChange=${setValues} problem=${atAddress} isNeeded=${address !== null} />
        </div>
      </details>
      ${(wrong || (problem && !atAddress)) && html`<${Notice} tone=${wrong ? "warn" : "bad"} role="alert">${wrong ?? problem.message}<//>`}
      <p class="actions"><button type="submit" class="button primary" disabled=${isBusy || Boolean(wrong)}>Save</button></p>
    </form>
  `;
}
