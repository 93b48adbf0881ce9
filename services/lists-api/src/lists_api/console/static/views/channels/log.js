// What a channel has sent, what waits, and what did not arrive.
import { get } from "../../lib/api.js";
import { useResource } from "../../lib/resource.js";
import { at, count } from "../../lib/time.js";
import { html, useState } from "../../lib/ui.js";
import { Failed, Skeleton, Tone } from "../../components/parts.js";
import { deliveryWords } from "../../words/channels.js";

const STEP = 10;
const MOST = 100;

function Delivery({ delivery, isPaused }) {
  const { tone, text, help } = deliveryWords(delivery, isPaused);
  return html`
    <li>
      <div>
        <p><${Tone} tone=${tone}>${text}<//></p>
        ${help && html`<p class="small">${help}</p>`}
        <p class="quiet small delivery-text" dir="auto">${delivery.text}</p>
      </div>
      <p class="quiet small">
        ${delivery.test ? "Test" : count(delivery.messages, "message")} · <time datetime=${delivery.created_at}>${at(delivery.created_at)}</time>
        ${delivery.attempts > 1 && ` · ${delivery.attempts} tries`}
      </p>
    </li>
  `;
}

/** `round`: changes when the log is to be read again. */
export function ChannelLog({ channel, round }) {
  const [shown, setShown] = useState(STEP);
  const path = `/api/channels/${channel.id}/deliveries?limit=${shown}`;
  const { data, problem, reload } = useResource((signal) => get(path, { signal }), `${shown} ${round}`);
  const left = data ? Math.min(data.total, MOST) - data.deliveries.length : 0;
  return html`
    <section class="card stack" aria-label="What was sent">
      <h2>What was sent</h2>
      ${problem && !data && html`<${Failed} problem=${problem} onRetry=${reload} />`}
      ${!data && !problem && html`<${Skeleton} rows="2" what="Reading what was sent" />`}
      ${data?.total === 0 && html`<p class="quiet">Nothing yet. What comes from now on is sent; try a test.</p>`}
      ${data?.total > 0 &&
      html`<ul class="history">${data.deliveries.map((one) => html`<${Delivery} key=${one.id} delivery=${one} isPaused=${!channel.enabled && !one.test} />`)}</ul>`}
      ${left > 0 && html`<p class="actions centred"><button type="button" class="button" onClick=${() => setShown(Math.min(shown * 2, MOST))}>Show older ones</button></p>`}
    </section>
  `;
}
