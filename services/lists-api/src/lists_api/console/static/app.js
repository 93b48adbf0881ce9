// The console: who is signed in decides between the door and the house.
import { readSession, session } from "./lib/api.js";
import { start } from "./lib/live.js";
import { place } from "./lib/router.js";
import { useStore } from "./lib/store.js";
import { html, render, useEffect, useState } from "./lib/ui.js";
import { lazy } from "./components/lazy.js";
import { Door } from "./views/door.js";
import { Shell } from "./views/shell.js";
import { viewOf } from "./views/views.js";

const Erased = lazy(async () => (await import("./views/erased.js")).Erased);

function App() {
  const { state } = useStore(session);
  const { parts } = useStore(place);
  const [problem, setProblem] = useState(null);
  const read = () => {
    setProblem(null);
    readSession().catch(setProblem);
  };
  useEffect(read, []);
  useEffect(() => (state === "in" ? start() : undefined), [state]);
  if (parts[0] === "erased") return html`<${Erased} id=${parts[1]} />`;
  if (state === "in") return html`<${Shell} />`;
  return html`<${Door} isKnown=${state === "out"} problem=${problem} onRetry=${read} />`;
}

viewOf(place.get().parts).component.begin?.(); // beside the session's reading
render(html`<${App} />`, document.getElementById("app"));
