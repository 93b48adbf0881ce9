// Parts of the page that are loaded when somebody goes there.
import { html, useLayoutEffect, useState } from "../lib/ui.js";
import { Failed, Skeleton } from "./parts.js";

const NOT_LOADED = { message: "This part of the page could not be loaded. Check your connection." };

/**
 * Return a component that stands for the one that `load()` brings. Its `begin()` loads before it is shown; what fails
 * then is tried again, and said, when it is.
 */
export function lazy(load) {
  let component = null;
  let loading = null;
  const bring = async () => {
    loading ??= load();
    try {
      component = await loading;
    } finally {
      loading = null;
    }
  };
  function Lazy(props) {
    const [problem, setProblem] = useState(null);
    const [, setLoaded] = useState(false);
    const show = () => {
      setProblem(null);
      bring().then(() => setLoaded(true), () => setProblem(NOT_LOADED));
    };
    // A later effect would miss what comes between.
    useLayoutEffect(() => {
      if (!component) show();
    }, []);
    if (component) return html`<${component} ...${props} />`;
    return problem ? html`<${Failed} problem=${problem} onRetry=${show} />` : html`<${Skeleton} rows="4" what="Loading" />`;
  }
  Lazy.begin = () => bring().catch(() => {});
  return Lazy;
}
