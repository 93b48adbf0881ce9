// What a person changes before it is saved.
import { useState } from "./ui.js";

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Return `{draft, changes, set, discard}` for values that a form shows. The draft is the values as they are now with the
 * person's changes on top, so what is changed elsewhere meanwhile is seen, and never undone by saving.
 */
export function useDraft(values) {
  const [own, setOwn] = useState({});
  const changes = Object.fromEntries(Object.entries(own).filter(([name, value]) => !isSame(value, values[name])));
  return {
    draft: { ...values, ...changes },
    changes,
    set: (more) => setOwn((now) => ({ ...now, ...more })),
    discard: () => setOwn({}),
  };
}
