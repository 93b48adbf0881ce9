// What somebody sees who is not signed in.
import { html, useEffect } from "../lib/ui.js";
import { Failed } from "../components/parts.js";
import { Brand } from "./brand.js";

/** `isKnown`: it is certain that nobody is signed in. */
export function Door({ isKnown, problem, onRetry }) {
  useEffect(() => {
    document.title = "WatchBuddy";
    // Who has signed in beside this tab finds it open.
    const onReturn = () => !document.hidden && onRetry();
    document.addEventListener("visibilitychange", onReturn);
    return () => document.removeEventListener("visibilitychange", onReturn);
  }, []);
  return html`
    <main class="door">
      <${Brand} />
      ${problem && html`<${Failed} problem=${problem} onRetry=${onRetry} />`}
      ${isKnown &&
      html`
        <section class="card">
          <h1>You are not signed in</h1>
          <p>WatchBuddy keeps your lists of movies and shows up to date on Trakt.</p>
          <p class="actions">
            <a class="button primary" href="/login">Sign in</a>
            <button type="button" class="button" onClick=${onRetry}>I have signed in</button>
          </p>
        </section>
      `}
    </main>
  `;
}
