// Something read from the API by a component.
import { useCallback, useEffect, useRef, useState } from "./ui.js";

/**
 * Read by `read(signal)` whenever `key` changes. Return `{data, problem, isLoading, reload, setData}`.
 * While it is read again, the data stay. `setData` sets what the person did before the server knows it; a reading under
 * way counts no more, so read again behind it.
 */
export function useResource(read, key) {
  const [state, setState] = useState({ data: undefined, problem: null, isLoading: true });
  const latest = useRef(read);
  latest.current = read;
  const controller = useRef(null);
  const reload = useCallback(async () => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    setState((now) => ({ ...now, isLoading: true }));
    try {
      const data = await latest.current(mine.signal);
      if (!mine.signal.aborted) setState({ data, problem: null, isLoading: false });
    } catch (problem) {
      if (!mine.signal.aborted) setState((now) => ({ ...now, problem, isLoading: false }));
    }
  }, []);
  useEffect(() => {
    reload();
    return () => controller.current?.abort();
  }, [key]);
  const setData = useCallback((next) => {
    // What is being read is older than what the person has just done.
    controller.current?.abort();
    setState((now) => ({ ...now, isLoading: false, data: typeof next === "function" ? next(now.data) : next }));
  }, []);
  return { ...state, reload, setData };
}
