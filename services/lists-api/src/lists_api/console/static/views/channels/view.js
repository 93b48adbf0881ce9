// Channels: where a person's messages go besides this page.
import { get } from "../../lib/api.js";
import { placeOf } from "../../lib/channel-kinds.js";
import { arrivals } from "../../lib/live.js";
import { useResource } from "../../lib/resource.js";
import { useStore } from "../../lib/store.js";
import { html } from "../../lib/ui.js";
import { Icon } from "../../components/icon.js";
import { Empty, Failed, Heading, Skeleton, Tone } from "../../components/parts.js";
import { channelWords, severityWords, timesWords } from "../../words/channels.js";
import { ChannelPage } from "./channel.js";
import { NewChannel } from "./new.js";

const BACK = { href: "/messages", label: "Messages" };
const Add = () => html`<a class="button primary" href="#/channels/new"><${Icon} name="plus" size="18" />Add a channel</a>`;

function Card({ channel }) {
  const words = channelWords(channel);
  return html`
    <li class="card channel-card">
      <div>
        <h2><a href=${`#/channels/${channel.id}`} dir="auto">${channel.name}</a></h2>
        <p class="quiet small">${placeOf(channel)}</p>
        <p class="quiet small">${severityWords(channel.severities)} · ${timesWords(channel)}</p>
      </div>
      <div>
        <${Tone} tone=${words.tone}>${words.text}<//>
        ${words.help && html`<p class="quiet small">${words.help}</p>`}
      </div>
    </li>
  `;
}

function Channels() {
  const arrived = useStore(arrivals);
  const { data, problem, reload } = useResource((signal) => get("/api/channels", { signal }), arrived);
  const found = data?.channels;
  return html`
    <${Heading} title="Channels" back=${BACK}>${found?.length > 0 && html`<${Add} />`}<//>
    <p class="quiet">Where your messages go besides this page: to your phone, a chat, your mail.</p>
    ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
    ${!data && !problem && html`<${Skeleton} rows="3" what="Reading your channels" />`}
    ${found?.length === 0 &&
    html`<${Empty} icon="bell" title="No channels yet" actions=${html`<${Add} />`}>
      Add one to hear of what needs you, such as a Trakt login that ended, when this page is closed.
    <//>`}
    ${found?.length > 0 && html`<ul class="list-cards">${found.map((one) => html`<${Card} key=${one.id} channel=${one} />`)}</ul>`}
  `;
}

export function ChannelsView({ parts: [, id] }) {
  if (!id) return html`<${Channels} />`;
  return id === "new" ? html`<${NewChannel} />` : html`<${ChannelPage} key=${id} id=${id} />`;
}
