// What somebody sees who is not signed in.
import { html, useEffect } from "../lib/ui.js";
import { Failed } from "../components/parts.js";
import { Brand } from "./brand.js";

/** `isKnown`: it is certain that nobody is signed in. */
export function Door({ isKnown, problem, onRetry }) {
  useEffect(() => {
    document.title = "WatchBuddy";
  }, []);
  return html`
    <main class="door">
      <${Brand} />
      ${problem && html`<${Failed} problem=${problem} onRetry=${onRetry} />`}
      ${isKnown && html`<${SignIn} onRetry=${onRetry} />`}
    </main>
  `;
}

function SignIn({ onRetry }) {
  return html`
    <section class="card">
      <h1>You are not signed in</h1>
      <p>WatchBuddy keeps your lists of movies and shows up to date on Trakt.</p>
      <p>
        To sign in, open the link that WatchBuddy printed when it was started. A link works once;${" "}
        <code>make console</code> prints another one.
      </p>
      <p class="actions"><button type="button" class="button" onClick=${onRetry}>I have signed in</button></p>
    </section>
  `;
}
