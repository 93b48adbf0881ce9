// The frame around every view: where to go, notices, and which view the address names.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { account, messages } from "../lib/live.js";
import { place } from "../lib/router.js";
import { useStore } from "../lib/store.js";
import { connection } from "../lib/stream.js";
import { Icon } from "../components/icon.js";
import { Failed, Notice, Skeleton } from "../components/parts.js";
import { ThemeSwitch } from "../components/theme-switch.js";
import { Toasts } from "../components/toasts.js";
import { Brand } from "./brand.js";
import { load, viewOf } from "./views.js";

const PLACES = [
  { href: "/", name: "Lists", icon: "list", isHere: (parts) => !parts.length || ["lists", "new"].includes(parts[0]) },
  { href: "/messages", name: "Messages", icon: "bell", isHere: ([first]) => first === "messages" },
  { href: "/import", name: "Bring in", icon: "inbox", isHere: ([first]) => first === "import" },
  { href: "/account", name: "Account", icon: "user", isHere: ([first]) => first === "account" },
];

function Navigation({ parts }) {
  const { unread } = useStore(messages);
  return html`
    <nav class="side" aria-label="Main">
      <a class="home" href="#/" aria-label="WatchBuddy, your lists"><${Brand} /></a>
      <ul>
        ${PLACES.map(
          ({ href, name, icon, isHere }) => html`
            <li>
              <a href=${`#${href}`} aria-current=${isHere(parts) ? "page" : null}>
                <${Icon} name=${icon} />
                <span>${name}</span>
                ${name === "Messages" &&
                unread > 0 &&
                html`<span class="badge">${unread > 99 ? "99+" : unread}<span class="hidden"> unread</span></span>`}
              </a>
            </li>
          `,
        )}
      </ul>
      <div class="side-foot"><${ThemeSwitch} /></div>
    </nav>
  `;
}

/** What concerns everything: Trakt does not let us in, or WatchBuddy cannot be reached. */
function Banners({ parts }) {
  const found = useStore(account);
  const state = useStore(connection);
  const connect = html`<a class="button" href="#/account">Connect again</a>`;
  return html`
    ${state === "away" &&
    html`<${Notice} tone="wait" role="status" title="Connection lost">What you see may be old. Trying again by itself.<//>`}
    ${found?.state === "reauthorization_required" &&
    parts[0] !== "account" &&
    html`<${Notice} tone="bad" title="Trakt does not let us in any more" actions=${connect}>
      Your lists wait here until you connect your account again.
    <//>`}
  `;
}

const NOT_LOADED = { message: "This part of the page could not be loaded. Check your connection." };

/** The view, or what stands for it until it is loaded. */
function View({ view, path, parts, onLoaded }) {
  const [problem, setProblem] = useState(null);
  const bring = () => {
    setProblem(null);
    load(view.name).then(onLoaded, () => setProblem(NOT_LOADED));
  };
  useEffect(() => {
    if (!view.component) bring();
  }, [view.name]);
  if (view.component) return html`<${view.component} key=${view.key} parts=${parts} path=${path} />`;
  return problem ? html`<${Failed} problem=${problem} onRetry=${bring} />` : html`<${Skeleton} rows="4" what="Loading" />`;
}

export function Shell() {
  const { path, parts } = useStore(place);
  const [, setLoaded] = useState(0);
  const view = viewOf(parts);
  const main = useRef(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${view.title} · WatchBuddy`;
  }, [view.title]);
  useLayoutEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    if (!view.component) return;
    scrollTo(0, 0);
    // The new view's heading is where a reader goes on.
    (main.current.querySelector("h1") ?? main.current).focus({ preventScroll: true });
  }, [view.key, view.component]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <div class="shell">
      <${Navigation} parts=${parts} />
      <main id="main" tabindex="-1" ref=${main}>
        <${Banners} parts=${parts} />
        <${View} view=${view} parts=${parts} path=${path} onLoaded=${() => setLoaded((count) => count + 1)} />
      </main>
    </div>
    <${Toasts} />
  `;
}
