// Light, dark, or as the system is.
import { store } from "./store.js";

export const theme = store(document.documentElement.dataset.theme ?? "system");

export function chooseTheme(chosen) {
  if (chosen === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("theme");
  } else {
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem("theme", chosen);
  }
  theme.set(chosen);
}
