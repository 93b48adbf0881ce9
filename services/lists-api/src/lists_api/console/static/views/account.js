// The Trakt account with its limits, and who is signed in here.
import { del, get, post, session } from "../lib/api.js";
import { account, readAccount } from "../lib/live.js";
import { useResource } from "../lib/resource.js";
import { useStore } from "../lib/store.js";
import { at, count, date } from "../lib/time.js";
import { toast, toastProblem } from "../lib/toasts.js";
import { html, useEffect, useState } from "../lib/ui.js";
import { Connect } from "../components/connect.js";
import { Confirm } from "../components/dialog.js";
import { Radios } from "../components/fields.js";
import { Failed, Heading, Notice, Skeleton, Tone } from "../components/parts.js";
import { ThemeSwitch } from "../components/theme-switch.js";
import { YourData } from "../components/your-data.js";

const BLOCKS = {
  network: "Trakt does not answer.",
  rate_limited: "Trakt asks for a pause.",
  limit_reached: "Your Trakt account is full.",
  account_locked: "Trakt has locked your account. Ask Trakt's support to unlock it.",
  auth: "Trakt does not let us in.",
  rejected: "Trakt refuses what we send.",
};

function Use({ label, used, limit }) {
  return html`
    <div class="use">
      <p><span>${label}</span><span><b>${used.toLocaleString()}</b>${limit !== null && html` of ${limit.toLocaleString()}`}</span></p>
      ${limit !== null && html`<progress max=${limit} value=${Math.min(used, limit)} aria-label=${label}></progress>`}
    </div>
  `;
}

const AFTERWARDS = [
  { value: "keep", label: "Leave my lists on Trakt", help: "They stay as they are, and change no more." },
  { value: "remove", label: "Take my lists off Trakt", help: "Those that WatchBuddy made, one a second. They stay here." },
];
const EVERY = 2000;

async function disconnect(keepsLists) {
  try {
    const { state } = await post(`/api/trakt/disconnect${keepsLists ? "" : "?keep_lists=false"}`);
    toast(state === "disconnecting" ? "Your lists are being taken off Trakt" : "Trakt is disconnected", { severity: "success" });
  } catch (error) {
    toastProblem(error);
  }
  await readAccount();
}

function Disconnect({ onClose }) {
  const [choice, setChoice] = useState("keep");
  const act = async () => {
    await disconnect(choice === "keep");
    onClose();
  };
  return html`
    <${Confirm} title="Disconnect Trakt?" confirm="Disconnect" onConfirm=${act} onClose=${onClose}>
      <p>Your lists stay here. On Trakt they are kept up to date no more, until you connect again.</p>
      <${Radios} legend="And on Trakt?" value=${choice} choices=${AFTERWARDS} onChange=${setChoice} />
    <//>
  `;
}

/** While lists are taken off Trakt, before the account is let go. */
function Leaving({ found }) {
  useEffect(() => {
    const timer = setInterval(readAccount, EVERY);
    return () => clearInterval(timer);
  }, []);
  return html`
    <${Notice} tone="wait" role="status" title="Your lists are being taken off Trakt"
      actions=${html`<button type="button" class="button" onClick=${() => disconnect(true)}>Stop, and disconnect now</button>`}>
      ${found.lists_left !== null && `${count(found.lists_left, "list")} to go. `}Then Trakt is disconnected by itself.
    <//>
  `;
}

function Connected({ found }) {
  const { data, problem, reload } = useResource(() => get("/api/trakt/account"), `${found.state} ${found.connected_at}`);
  const [isAsking, setAsking] = useState(false);
  return html`
    <div class="account-head">
      <div>
        <p class="account-name" dir="auto">${found.trakt_user}</p>
        <p class="quiet small">
          ${found.vip !== null && (found.vip ? "Trakt VIP" : "Free Trakt account")}
          ${found.connected_at && ` · connected ${date(found.connected_at)}`}
        </p>
      </div>
      <${Tone} tone="good">Connected<//>
    </div>
    ${found.block_reason &&
    html`<${Notice} tone="wait">${BLOCKS[found.block_reason]}${found.blocked_until && ` Goes on at ${at(found.blocked_until)}.`}<//>`}
    ${problem && html`<${Failed} problem=${problem} onRetry=${reload} />`}
    ${!data && !problem && html`<${Skeleton} rows="1" />`}
    ${data &&
    html`
      <${Use} label="Lists made by WatchBuddy" used=${data.used.lists} limit=${data.limits.lists} />
      <${Use} label="Titles on them" used=${data.used.items} limit=${null} />
      <p class="quiet small">
        ${data.limits.items_per_list !== null && `A list on Trakt can have ${count(data.limits.items_per_list, "title")}. `}
        Trakt takes one change a second.
      </p>
    `}
    <p class="actions"><button type="button" class="button danger" onClick=${() => setAsking(true)}>Disconnect Trakt</button></p>
    ${isAsking && html`<${Disconnect} onClose=${() => setAsking(false)} />`}
  `;
}

function Trakt() {
  const found = useStore(account);
  if (!found) return html`<${Skeleton} rows="2" what="Reading your account" />`;
  if (found.state === "unknown") return html`<${Failed} problem=${{ message: found.detail }} onRetry=${readAccount} />`;
  if (found.state === "connected") return html`<${Connected} found=${found} />`;
  if (found.state === "disconnecting") return html`<${Leaving} found=${found} />`;
  const isOut = found.state === "reauthorization_required";
  return html`
    ${isOut
      ? html`<${Notice} tone="bad" title="Trakt does not let us in any more">Connect the account again, and your lists go on where they were.<//>`
      : html`<p>Not connected. Your lists are kept here, and go to Trakt as soon as you connect.</p>`}
    <${Connect} label=${isOut ? "Connect again" : "Connect Trakt"} onConnected=${() => toast("Trakt is connected", { severity: "success" })} />
  `;
}

export function AccountView() {
  const signedIn = useStore(session);
  const signOut = async () => {
    try {
      await del("/api/session");
      session.set({ state: "out" });
    } catch (error) {
      toastProblem(error);
    }
  };
  return html`
    <${Heading} title="Account" />
    <section class="card stack account-trakt"><h2>Trakt</h2><${Trakt} /></section>
    <section class="card account-head">
      <div><h2>Messages elsewhere</h2><p class="quiet small">To your phone, a chat, your mail.</p></div>
      <a class="button" href="#/channels">Channels</a>
    </section>
    <section class="card stack">
      <h2>This page</h2>
      <div class="account-head"><span>Colours</span><${ThemeSwitch} /></div>
      <div class="account-head">
        <span>Signed in as <b dir="auto">${signedIn.user_id}</b></span>
        <button type="button" class="button" onClick=${signOut}>Sign out</button>
      </div>
    </section>
    <section class="card stack"><h2>Everything of yours</h2><${YourData} /></section>
  `;
}
