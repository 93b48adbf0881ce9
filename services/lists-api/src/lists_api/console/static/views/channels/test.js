// A test of a channel, and what came of it in words.
import { get, post } from "../../lib/api.js";
import { html, useEffect, useRef, useState } from "../../lib/ui.js";
import { Icon } from "../../components/icon.js";
import { Notice } from "../../components/parts.js";
import { deliveryWords } from "../../words/channels.js";

const EVERY = 600;
const PATIENCE = 40000;
const pause = (time) => new Promise((done) => setTimeout(done, time));

/** `onDone()` when it is known what came of a test. */
export function ChannelTest({ channel, onDone }) {
  const [said, setSaid] = useState(null);
  const isHere = useRef(true);
  useEffect(() => () => { isHere.current = false; }, []);
  const outcome = async () => {
    const path = `/api/channels/${channel.id}`;
    let sent = await post(`${path}/test`);
    for (const until = Date.now() + PATIENCE; sent.state === "pending" && isHere.current; ) {
      if (Date.now() > until) return { tone: "wait", text: "It is not sent yet", help: "You see under “What was sent” what comes of it." };
      await pause(EVERY);
      sent = await get(`${path}/deliveries/${sent.id}`);
    }
    if (sent.state === "sent") return { tone: "good", text: "The test was sent and taken", help: "Look whether you have it." };
    return deliveryWords(sent, false);
  };
  const test = async () => {
    setSaid({ tone: "busy", text: "The test is being sent…" });
    let next;
    try {
      next = await outcome();
    } catch (problem) {
      next = { tone: "bad", text: problem.message };
    }
    if (!isHere.current) return;
    setSaid(next);
    onDone();
  };
  return html`
    <section class="card stack" aria-label="Test">
      <div class="account-head">
        <p>Does it arrive?${channel.enabled ? "" : " A test is sent while it is paused, too."}</p>
        <button type="button" class="button primary" disabled=${said?.tone === "busy"} onClick=${test}><${Icon} name="bell" size="18" />Send a test</button>
      </div>
      <div role="status">${said && html`<${Notice} tone=${said.tone} title=${said.text}>${said.help}<//>`}</div>
    </section>
  `;
}
