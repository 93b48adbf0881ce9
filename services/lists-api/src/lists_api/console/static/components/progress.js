// How far a run is.
import { html } from "../lib/ui.js";

const STEPS = { candidates: "Looking for titles", scoring: "Choosing the best", saving: "Saving" };

export const stepWords = (run) => (run.state === "queued" ? "Waiting for its turn" : (STEPS[run.step] ?? "Starting"));

export const Progress = ({ run }) => html`
  <div class="progress">
    <progress max="100" value=${run.percent} aria-label=${stepWords(run)}>${run.percent} %</progress>
    <span class="quiet small">${stepWords(run)}</span>
  </div>
`;
