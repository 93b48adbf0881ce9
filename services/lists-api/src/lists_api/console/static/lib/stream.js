// The live stream of messages and runs, as long as the page is looked at.
import { store } from "./store.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

/** `live`, `connecting`, or `away` (several tries have failed). */
export const connection = store("connecting");

/**
 * Keep a stream open while the page is visible. A browser has few connections for one address: tabs in the
 * background would take them all.
 *
 * `onMessage(message)`, `onRun(run)`; `onOpen()` each time it opens, for what was missed meanwhile.
 * Returns a function that ends it.
 */
export function follow({ onMessage, onRun, onOpen }) {
  let source = null;
  let timer = null;
  let failures = 0;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    source = new EventSource("/api/notifications/stream");
    source.onopen = () => {
      failures = 0;
      connection.set("live");
      onOpen();
    };
    source.addEventListener("message", (event) => event.data && onMessage(JSON.parse(event.data)));
    source.addEventListener("run", (event) => onRun(JSON.parse(event.data)));
    source.onerror = () => {
      failures += 1;
      connection.set(failures > 2 ? "away" : "connecting");
      // The browser tries again by itself, unless the answer was no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT));
    };
  };
  const onVisibility = () => {
    if (document.visibilityState === "hidden") close();
    else if (!source) open();
  };
  document.addEventListener("visibilitychange", onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
  };
}
