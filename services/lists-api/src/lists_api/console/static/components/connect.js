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

/** `onConnected()` when Trakt has confirmed. `label`: of the button that begins. */
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
        if (found.state !== "pending") {
          setLogin(found);
          if (found.state === "connected") {
            await readAccount();
            onConnected?.();
          }
        }
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

  if (login?.state === "pending") return html`<${Code} login=${login} problem=${problem} />`;
  const end = ENDS[login?.state];
  return html`
    ${end && html`<${Notice} tone="warn" role="alert" title=${end.title}>${end.text}<//>`}
    ${problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
    <p class="actions">
      <button type="button" class="button primary" disabled=${isBusy} onClick=${begin}>
        ${end ? "Get a new code" : isBusy ? "Asking Trakt…" : label}
      </button>
    </p>
  `;
}

function Code({ login, problem }) {
  const [isCopied, setCopied] = useState(false);
  const code = useRef(null);
  useLayoutEffect(() => code.current?.focus(), []);
  const copy = async () => {
    await navigator.clipboard.writeText(login.user_code).catch(() => {});
    setCopied(true);
  };
  return html`
    <ol class="code-steps">
      <li>
        <span>Copy this code.</span>
        <button ref=${code} type="button" class="code" onClick=${copy} aria-label=${`Copy the code ${[...login.user_code].join(" ")}`}>
          <span class="code-text">${login.user_code}</span>
          <span class="code-hint"><${Icon} name=${isCopied ? "check" : "copy"} size="16" />${isCopied ? "Copied" : "Copy"}</span>
        </button>
      </li>
      <li>
        <span>Enter it on Trakt and say yes.</span>
        <${External} href=${login.verification_url} className="button primary">Open Trakt<//>
      </li>
    </ol>
    <p class="quiet" role="status">
      <span class="spinner" aria-hidden="true"></span>
      ${problem ? problem.message : `Waiting for your yes. This page goes on by itself. The code works until ${at(login.expires_at)}.`}
    </p>
  `;
}
