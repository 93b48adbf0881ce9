// One channel: how it stands, a test, its settings, its log.
import { del, get, patch } from "../../lib/api.js";
import { placeOf } from "../../lib/channel-kinds.js";
import { arrivals } from "../../lib/live.js";
import { useResource } from "../../lib/resource.js";
import { go } from "../../lib/router.js";
import { useStore } from "../../lib/store.js";
import { toast, toastProblem } from "../../lib/toasts.js";
import { html, useEffect, useState } from "../../lib/ui.js";
import { Confirm } from "../../components/dialog.js";
import { Icon } from "../../components/icon.js";
import { Empty, Failed, Heading, Notice, Skeleton } from "../../components/parts.js";
import { channelWords } from "../../words/channels.js";
import { ChannelLog } from "./log.js";
import { ChannelSecret } from "./secret.js";
import { ChannelSettings } from "./settings.js";
import { ChannelTest } from "./test.js";

const EVERY = 4000;
const BACK = { href: "/channels", label: "Channels" };

function PauseDialog({ onConfirm, onClose }) {
  return html`
    <${Confirm} title="Pause this channel?" confirm="Pause" danger=${false} onConfirm=${onConfirm} onClose=${onClose}>
      <p>Messages that come meanwhile are not sent here, and not later either. You find them under Messages. What waits already is sent when you resume.</p>
    <//>
  `;
}

export function ChannelPage({ id }) {
  const arrived = useStore(arrivals);
  const [round, setRound] = useState(0);
  const path = `/api/channels/${id}`;
  const { data: channel, problem, reload, setData } = useResource((signal) => get(path, { signal }), `${arrived} ${round}`);
  const [asked, setAsked] = useState(null);
  useEffect(() => {
    // Deliveries come and go by themselves, and no message tells of them.
    const timer = setInterval(() => document.hidden || setRound((number) => number + 1), EVERY);
    return () => clearInterval(timer);
  }, []);
  const close = () => setAsked(null);
  const act = async (work, said) => {
    try {
      await work();
      toast(said, { severity: "success" });
    } catch (error) {
      toastProblem(error);
    }
    close();
  };
  const change = (enabled) => act(async () => setData(await patch(path, { enabled })), enabled ? "The channel goes on" : "The channel is paused");
  const remove = () =>
    act(async () => {
      await del(path);
      go("/channels");
    }, "The channel is deleted");
  if (!channel && problem?.status === 404)
    return html`
      <${Heading} title="This channel is gone" back=${BACK} />
      <${Empty} icon="bell" title="It was deleted" actions=${html`<a class="button primary" href="#/channels">Your channels</a>`} />
    `;
  if (!channel && problem) return html`<${Heading} title="Channel" back=${BACK} /><${Failed} problem=${problem} onRetry=${reload} />`;
  if (!channel) return html`<${Heading} title="Channel" back=${BACK} /><${Skeleton} rows="4" what="Reading the channel" />`;
  const { tone, text, help } = channelWords(channel);
  return html`
    <${Heading} title=${channel.name} back=${BACK}>
      ${channel.enabled
        ? html`<button type="button" class="button" onClick=${() => setAsked("pause")}>Pause</button>`
        : html`<button type="button" class="button primary" onClick=${() => change(true)}>Resume</button>`}
      <button type="button" class="button danger" onClick=${() => setAsked("delete")}><${Icon} name="trash" size="18" />Delete</button>
    <//>
    <p class="quiet">${placeOf(channel)}</p>
    <${Notice} tone=${tone} title=${text}>${help}<//>
    <${ChannelTest} channel=${channel} onDone=${() => setRound((number) => number + 1)} />
    ${channel.kind === "webhook" && html`<${ChannelSecret} channel=${channel} onChanged=${reload} />`}
    <${ChannelLog} channel=${channel} round=${`${arrived} ${round}`} />
    <${ChannelSettings} channel=${channel} onSaved=${setData} />
    ${asked === "pause" && html`<${PauseDialog} onConfirm=${() => change(false)} onClose=${close} />`}
    ${asked === "delete" &&
    html`
      <${Confirm} title="Delete this channel?" confirm="Delete" onConfirm=${remove} onClose=${close}>
        <p>“<bdi>${channel.name}</bdi>” is deleted with its log and what waits to be sent. Your messages stay.</p>
      <//>
    `}
  `;
}
