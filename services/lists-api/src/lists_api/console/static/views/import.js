// Bringing in lists that the person has elsewhere: from files, and from Trakt.
import { request } from "../lib/api.js";
import { lists, readLists } from "../lib/live.js";
import { useStore } from "../lib/store.js";
import { count } from "../lib/time.js";
import { html, useRef, useState } from "../lib/ui.js";
import { Select } from "../components/fields.js";
import { Icon } from "../components/icon.js";
import { Heading, Notice } from "../components/parts.js";
import { ImportReport } from "../components/import-report.js";
import { TraktImport } from "../components/trakt-import.js";

const KINDS = { manual: "By hand", custom: "Automatic, titles pinned" };

function Drop({ onFile, isBusy }) {
  const input = useRef(null);
  const [isOver, setOver] = useState(false);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  const over = (event) => {
    event.preventDefault();
    setOver(true);
  };
  const choose = ({ target }) => {
    if (target.files[0]) onFile(target.files[0]);
    target.value = "";
  };
  return html`
    <div class=${isOver ? "drop over" : "drop"} onDragOver=${over} onDragLeave=${() => setOver(false)} onDrop=${drop}>
      <${Icon} name="inbox" size="32" />
      <p>Drop a file here, or</p>
      <button type="button" class="button primary" disabled=${isBusy} onClick=${() => input.current.click()}>${isBusy ? "Reading…" : "Choose a file"}</button>
      <input ref=${input} type="file" class="hidden" tabindex="-1" aria-label="File to bring in" onChange=${choose} />
    </div>
  `;
}

export function ImportView() {
  const { all } = useStore(lists);
  const [file, setFile] = useState(null);
  const [kind, setKind] = useState("manual");
  const [target, setTarget] = useState("");
  const [report, setReport] = useState(null);
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const targets = Object.fromEntries((all ?? []).filter((one) => one.list_type !== "smart").map((one) => [one.id, one.title]));

  const send = async (chosen, isTrial) => {
    setFile(chosen);
    setBusy(true);
    setProblem(null);
    const form = new FormData();
    form.append("file", chosen);
    form.append("list_type", kind);
    if (target) form.append("list_id", target);
    if (isTrial) form.append("dry_run", "true");
    try {
      setReport(await request("POST", "/api/imports", { form }));
      if (!isTrial) readLists();
    } catch (error) {
      setReport(null);
      setProblem(error);
    }
    setBusy(false);
  };
  const again = () => {
    setReport(null);
    setFile(null);
    setProblem(null);
  };
  const taken = report?.lists.reduce((sum, one) => sum + one.taken, 0);
  return html`
    <${Heading} title="Bring in lists" />
    <section class="card stack">
      <h2>From a file</h2>
      ${report
        ? html`
            <${Notice} tone=${taken ? (report.dry_run ? "info" : "good") : "warn"} role="status"
              title=${report.dry_run ? `${file.name}: ${count(taken, "title")} can be taken` : `${count(taken, "title")} taken`}
              actions=${html`
                ${report.dry_run && taken > 0 &&
                html`<button type="button" class="button primary" disabled=${isBusy} onClick=${() => send(file, false)}>${target ? "Put them on the list" : report.lists.length > 1 ? `Make ${report.lists.length} lists` : "Make the list"}</button>`}
                <button type="button" class="button" onClick=${again}>${report.dry_run ? "Cancel" : "Another file"}</button>
              `}
            >
              ${report.dry_run ? "Nothing has been changed yet. Below is what would come of it." : "Below is what came of it."}
            <//>
            ${report.lists.map((one, index) => html`<${ImportReport} key=${`${index} ${report.dry_run}`} result=${one} isTrial=${report.dry_run} />`)}
            ${report.files_left_alone.length > 0 && html`<p class="quiet small">Left alone: ${report.files_left_alone.join(", ")}</p>`}
          `
        : html`
            <p>
              Lists and exports of IMDb, Letterboxd, Trakt, TMDB, MDBList, Yamtrack and Radarr, tables with titles or ids, and zip
              files of these. You see what would come of it before anything is made.
            </p>
            <div class="field-row">
              <${Select} label="Kind of list" value=${kind} choices=${KINDS} onChange=${setKind} />
              <${Select} label="Where to" value=${target} choices=${{ "": "New lists", ...targets }} onChange=${setTarget} />
            </div>
            <${Drop} onFile=${(chosen) => send(chosen, true)} isBusy=${isBusy} />
            ${problem && html`<${Notice} tone="bad" role="alert" title=${file?.name}>${problem.message}<//>`}
          `}
    </section>
    <section class="card stack"><h2>From Trakt</h2><${TraktImport} /></section>
    <section class="card stack">
      <h2>The other way round</h2>
      <p>Every list can be saved as a file, and has an address for Radarr and Sonarr: open it and choose “More actions”.</p>
    </section>
  `;
}
