// Short notices that go by themselves.
import { store } from "./store.js";

const SHOWN = 3;
const LASTS = 7000;

/** `[{id, text, of, severity, action, href, about}]`, newest last. */
export const toasts = store([]);
let last = 0;

export const dismiss = (id) => toasts.set((now) => now.filter((one) => one.id !== id));

/**
 * Show a notice. Errors stay until they are dismissed.
 *
 * `of`: the list's name, said below the text. `action`: `{label, run}`. `href`: where the text leads. `about`: takes the
 * place of the notice about the same.
 */
export function toast(text, { of = null, severity = "info", action = null, href = null, about = null } = {}) {
  const id = ++last;
  const isOld = (one) => about !== null && one.about === about;
  toasts.set((now) => [...now.filter((one) => !isOld(one)), { id, text, of, severity, action, href, about }].slice(-SHOWN));
  if (severity !== "error") setTimeout(() => dismiss(id), LASTS);
  return id;
}

/** Say what a Problem says. */
export function toastProblem(problem) {
  if (problem.name !== "AbortError" && problem.status !== 401) toast(problem.message, { severity: "error" });
}
