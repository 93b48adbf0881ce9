// Small hooks.
import { useEffect, useState } from "./ui.js";

/** Return the value once it has not changed for so many milliseconds. */
export function useSettled(value, wait = 350) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}
