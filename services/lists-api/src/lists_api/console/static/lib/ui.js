// The one door to the vendored library. What moves the focus is a layout effect: a later one comes behind the next key.
export {
  html,
  render,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  useCallback,
} from "../vendor/htm-preact-standalone.js";

let last = 0;

/** Return an id that no other element of the page has. */
export const newId = (prefix) => `${prefix}-${++last}`;

/** Join class names; false ones are left out. */
export const classes = (...names) => names.filter(Boolean).join(" ");
