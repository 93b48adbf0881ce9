// Parts of the page that are loaded when somebody goes there.
import { html, useEffect, useState } from "../lib/ui.js";
import { Failed, Skeleton } from "./parts.js";

const NOT_LOADED = { message: "This part of the page could not be loaded. Check your connection." };

/** Return a component that stands for the one that `load()` brings. */
export function lazy(load) {
  let component = null;
  return function Lazy(props) {
    const [problem, setProblem] = useState(null);
    const [, setLoaded] = useState(false);
    const bring = async () => {
      setProblem(null);
      try {
        component ??= await load();
        setLoaded(true);
      } catch {
        setProblem(NOT_LOADED);
      }
    };
    useEffect(() => {
      if (!component) bring();
    }, []);
    if (component) return html`<${component} ...${props} />`;
    return problem ? html`<${Failed} problem=${problem} onRetry=${bring} />` : html`<${Skeleton} rows="4" what="Loading" />`;
  };
}
