// The frame around every view: where to go, notices, and which view the address names.
import { html, useEffect, useLayoutEffect, useRef } from "../lib/ui.js";
import { account, messages } from "../lib/live.js";
import { place } from "../lib/router.js";
import { useStore } from "../lib/store.js";
import { connection } from "../lib/stream.js";
import { Icon } from "../components/icon.js";
import { Notice } from "../components/parts.js";
import { ThemeSwitch } from "../components/theme-switch.js";
import { Toasts } from "../components/toasts.js";
import { Brand } from "./brand.js";
import { viewOf } from "./views.js";

const PLACES = [
  { href: "/", name: "Lists", icon: "list", isHere: (parts) => !parts.length || ["lists", "new"].includes(parts[0]) },
  { href: "/messages", name: "Messages", icon: "bell", isHere: ([first]) => first === "messages" || first === "channels" },
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

export function Shell() {
  const { path, parts } = useStore(place);
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
    scrollTo(0, 0);
    // The new view's heading is where a reader goes on; one that comes later takes the focus from here.
    (main.current.querySelector("h1") ?? main.current).focus({ preventScroll: true });
  }, [view.key]);
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
        <${view.component} key=${view.key} parts=${parts} path=${path} />
      </main>
    </div>
    <${Toasts} />
  `;
}
