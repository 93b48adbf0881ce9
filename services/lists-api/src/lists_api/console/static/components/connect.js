// Connecting Trakt by a code that the person enters there.
import { get, post } from "../lib/api.js";
import { readAccount } from "../lib/live.js";
import { at } from "../lib/time.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { Icon } from "./icon.js";
import { External, Notice } from "./parts.js";

const EVERY = 2000;
const ENDS = {
  denied: { title: "You said no on Trakt", text: "Nothing was connected. You can try again at any time." },
  expired: { title: "The code has run out", text: "Codes work for some minutes only. Get a new one and enter it on Trakt." },
  failed: { title: "That did not work", text: "Trakt did not accept the code. Get a new one." },
};

/**
 * Both steps stand there from the beginning, so that nothing moves when the code comes, runs out or is asked for anew.
 * `onConnected()`: when Trakt has confirmed, before the account is read. `label`: of the button that begins.
 */
export function Connect({ onConnected, label = "Connect Trakt" }) {
  const [login, setLogin] = useState(null);
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    // A code that was asked for before the page was loaded again is still good.
    get("/api/trakt/device").then((found) => found.state === "pending" && setLogin(found)).catch(() => {});
  }, []);
  useEffect(() => {
    if (login?.state !== "pending") return undefined;
    const timer = setInterval(async () => {
      try {
        const found = await get("/api/trakt/device");
        setProblem(null);
        if (found.state === "pending") return;
        if (found.state !== "connected") return setLogin(found);
        clearInterval(timer);
        onConnected?.();
        await readAccount();
      } catch (error) {
        setProblem(error);
      }
    }, EVERY);
    return () => clearInterval(timer);
  }, [login?.state, login?.user_code]);

  const begin = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setLogin(await post("/api/trakt/device"));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const isPending = login?.state === "pending";
  const end = ENDS[login?.state];
  return html`
    <ol class="code-steps">
      <li>
        <span>${isPending ? "Copy this code." : "Get a code."}</span>
        <span class="code-place">
          ${isPending
            ? html`<${Code} code=${login.user_code} />`
            : html`
                <button type="button" class="button primary" disabled=${isBusy} onClick=${begin}>
                  ${end ? "Get a new code" : isBusy ? "Asking Trakt…" : label}
                </button>
              `}
        </span>
      </li>
      <li>
        <span>Enter it on Trakt and say yes.</span>
        ${isPending
          ? html`<${External} href=${login.verification_url} className="button primary">Open Trakt<//>`
          : html`<button type="button" class="button" disabled>Open Trakt</button>`}
      </li>
    </ol>
    <div class="code-said">
      ${isPending
        ? html`
            <p class="quiet" role="status">
              <span class="spinner" aria-hidden="true"></span>
              ${problem ? problem.message : `Waiting for your yes. This page goes on by itself. The code works until ${at(login.expires_at)}.`}
            </p>
          `
        : html`
            ${!end && !problem && html`<p class="quiet">It takes a minute. This page goes on by itself.</p>`}
            ${end && html`<${Notice} tone="warn" role="alert" title=${end.title}>${end.text}<//>`}
            ${problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
          `}
    </div>
  `;
}

function Code({ code }) {
  const [isCopied, setCopied] = useState(false);
  const button = useRef(null);
  useLayoutEffect(() => button.current?.focus(), []);
  const copy = async () => {
    await navigator.clipboard.writeText(code).catch(() => {});
    setCopied(true);
  };
  return html`
    <button ref=${button} type="button" class="code" onClick=${copy} aria-label=${`Copy the code ${[...code].join(" ")}`}>
      <span class="code-text">${code}</span>
      <span class="code-hint"><${Icon} name=${isCopied ? "check" : "copy"} size="16" />${isCopied ? "Copied" : "Copy"}</span>
    </button>
  `;
}
