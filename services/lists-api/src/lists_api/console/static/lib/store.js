// A value that several components watch.
import { useLayoutEffect, useReducer } from "./ui.js";

/** Return a store: `get`, `set` (a value, or a function of the present one), `subscribe` (returns its undoing). */
export function store(initial) {
  let value = initial;
  const watchers = new Set();
  return {
    get: () => value,
    set(next) {
      value = typeof next === "function" ? next(value) : next;
      for (const watcher of [...watchers]) watcher();
    },
    subscribe(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Return the store's value; the component renders again when it changes. */
export function useStore(watched) {
  const [, again] = useReducer((count) => count + 1, 0);
  const seen = watched.get();
  useLayoutEffect(() => {
    if (watched.get() !== seen) again();
    return watched.subscribe(again);
  }, [watched]);
  return seen;
}
