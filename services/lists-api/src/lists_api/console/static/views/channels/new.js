// A new channel: what kind, its address, which messages and when.
import { post } from "../../lib/api.js";
import { KINDS } from "../../lib/channel-kinds.js";
import { go } from "../../lib/router.js";
import { html, useState } from "../../lib/ui.js";
import { AddressFields, addressOf } from "../../components/address-fields.js";
import { ChannelTimes, mistake, USUAL } from "../../components/channel-times.js";
import { Field, Radios } from "../../components/fields.js";
import { Heading, Notice } from "../../components/parts.js";
import { SecretDialog } from "../../components/secret.js";
import { addressProblem } from "../../words/channels.js";

const CHOICES = Object.entries(KINDS).map(([value, { name, about }]) => ({ value, label: name, help: about }));

export function NewChannel() {
  const [kind, setKind] = useState("ntfy");
  const [name, setName] = useState("");
  const [values, setValues] = useState({});
  const [settings, setSettings] = useState(USUAL);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [made, setMade] = useState(null);
  const wrong = mistake(settings);
  const atAddress = problem && addressProblem(problem);
  const choose = (key) => {
    setKind(key);
    setValues({});
    setProblem(null);
  };
  const fill = (next) => {
    setValues(next);
    setProblem(null);
  };
  const make = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const body = { ...settings, name: name.trim() || KINDS[kind].name, kind: KINDS[kind].kind, address: addressOf(kind, values) };
    try {
      const answer = await post("/api/channels", body);
      if (answer.secret) setMade(answer);
      else go(`/channels/${answer.channel.id}`);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return html`
    <${Heading} title="New channel" back=${{ href: "/channels", label: "Channels" }} />
    <form class="stack" onSubmit=${make}>
      <section class="card stack channel-kinds"><${Radios} legend="Where should messages go?" value=${kind} choices=${CHOICES} onChange=${choose} /></section>
      <section class="card stack">
        <h2>${KINDS[kind].name}</h2>
        <${AddressFields} kindKey=${kind} values=${values} onChange=${fill} problem=${atAddress} />
        <${Field} label="Name (may stay empty)">
          ${(id) => html`<input id=${id} type="text" maxlength="80" dir="auto" placeholder=${KINDS[kind].name} value=${name} onInput=${({ target }) => setName(target.value)} />`}
        <//>
        <p class="quiet small">The address is kept encrypted, and never shown again.</p>
      </section>
      <section class="card stack"><h2>What and when</h2><${ChannelTimes} given=${settings} onChange=${setSettings} /></section>
      ${(wrong || (problem && !atAddress)) && html`<${Notice} tone=${wrong ? "warn" : "bad"} role="alert">${wrong ?? problem.message}<//>`}
      <div class="actions sticky">
        <button type="submit" class="button primary" disabled=${isBusy || Boolean(wrong)}>${isBusy ? "Adding it…" : "Add the channel"}</button>
        <a class="button" href="#/channels">Cancel</a>
      </div>
    </form>
    ${made && html`<${SecretDialog} secret=${made.secret} onClose=${() => go(`/channels/${made.channel.id}`)} />`}
  `;
}
