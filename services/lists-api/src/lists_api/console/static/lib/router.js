// Places in the page, by the address behind `#`.
import { store } from "./store.js";

const read = () => {
  const path = decodeURI(location.hash.replace(/^#/, "")) || "/";
  return { path, parts: path.split("?")[0].split("/").filter(Boolean) };
};

export const place = store(read());

addEventListener("hashchange", () => place.set(read()));

/** Go to a path. */
export const go = (path) => {
  location.hash = path;
};
