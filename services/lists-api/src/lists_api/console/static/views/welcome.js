// The first run: connect Trakt, see that there are titles, make a first list.
import { get } from "../lib/api.js";
import { account } from "../lib/live.js";
import { useResource } from "../lib/resource.js";
import { useStore } from "../lib/store.js";
import { toast } from "../lib/toasts.js";
import { html, useRef, useState } from "../lib/ui.js";
import { Connect } from "../components/connect.js";
import { Icon } from "../components/icon.js";
import { Failed, Skeleton, Tone } from "../components/parts.js";
import { Suggestions } from "../components/suggestions.js";

function Step({ number, title, isDone, heading, children }) {
  return html`
    <li class=${isDone ? "step done" : "step"}>
      <h2 ref=${heading} tabindex=${heading && "-1"}>
        <span class="step-mark" aria-hidden="true">${isDone ? html`<${Icon} name="check" size="18" />` : number}</span>
        <span>${title}${isDone && html`<span class="hidden"> (done)</span>`}</span>
      </h2>
      <div class="step-body">${children}</div>
    </li>
  `;
}

function ConnectStep({ found, onConnected }) {
  const [isLater, setLater] = useState(false);
  if (found.state === "connected")
    return html`<${Step} number="1" title="Trakt is connected" isDone><p>Your lists go to the account <b dir="auto">${found.trakt_user}</b>.</p><//>`;
  return html`
    <${Step} number="1" title="Connect Trakt">
      ${isLater
        ? html`<p>You can do it at any time under <a href="#/account">Account</a>. Lists wait here until then.</p>`
        : html`
            <p>WatchBuddy makes your lists on your Trakt account. It never sees your password.</p>
            <${Connect} onConnected=${onConnected} />
            <p><button type="button" class="link" onClick=${() => setLater(true)}>Not now</button></p>
          `}
    <//>
  `;
}

function CatalogueStep({ options }) {
  const { data, problem, reload } = options;
  if (problem) return html`<${Step} number="2" title="Titles to choose from"><${Failed} problem=${problem} onRetry=${reload} /><//>`;
  if (!data) return html`<${Step} number="2" title="Titles to choose from"><${Skeleton} rows="1" /><//>`;
  const { movies, shows } = data.total;
  if (movies + shows)
    return html`
      <${Step} number="2" title=${`${(movies + shows).toLocaleString()} titles to choose from`} isDone>
        <p>${movies.toLocaleString()} movies and ${shows.toLocaleString()} shows are here already.</p>
      <//>
    `;
  return html`
    <${Step} number="2" title="There are no titles yet">
      <p>
        Lists are filled from a catalogue, and this one is empty. Whoever runs this WatchBuddy fills it with${" "}
        <code>make catalogue</code>. Lists that you make by hand work without it.
      </p>
      <p class="actions"><button type="button" class="button" onClick=${reload}>Look again</button></p>
    <//>
  `;
}

export function Welcome() {
  const found = useStore(account);
  const options = useResource(() => get("/api/catalogue/options"), "options");
  const next = useRef(null);
  const goOn = () => {
    toast("Trakt is connected", { severity: "success" });
    next.current.focus(); // the button that had it is gone
    next.current.scrollIntoView();
  };
  return html`
    <header class="hero">
      <h1 tabindex="-1">Lists that keep themselves up to date on Trakt</h1>
      <p>
        Say once what you like, such as “the best comedies of the nineties that I have not seen”. WatchBuddy finds the titles,
        makes the list on your Trakt account, and keeps it fresh.
      </p>
      <p class="facts">
        <${Tone} tone="good">Fills itself<//> <${Tone} tone="good">Says why a title is on it<//>
        <${Tone} tone="good">Touches only lists it made<//>
      </p>
    </header>
    ${found
      ? html`
          <ol class="steps">
            <${ConnectStep} found=${found} onConnected=${goOn} />
            <${CatalogueStep} options=${options} />
            <${Step} number="3" title="Make your first list" heading=${next}>
              <p>Take one of these, look what would be on it, and change it later as you like.</p>
              <${Suggestions} most="6" />
              <p class="actions">
                <a class="button" href="#/new">Start from nothing</a>
                <a class="button" href="#/import">Bring in lists that I have</a>
              </p>
            <//>
          </ol>
        `
      : html`<${Skeleton} rows="3" what="Reading your account" />`}
  `;
}
