// Which messages a channel sends, and when.
import { SEVERITIES } from "../words/channels.js";
import { html } from "../lib/ui.js";
import { Check, Chips, Field, Select } from "./fields.js";

const HOURS = [1, 2, 3, 4, 6, 8, 12];
const DIGESTS = {
  0: "Each at once",
  ...Object.fromEntries(HOURS.map((hours) => [hours, hours === 1 ? "Together, every hour" : `Together, every ${hours} hours`])),
  at: "Together, once a day",
};
const NIGHT = { begin: "22:00", end: "07:30" };
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** What a new channel does. */
export const USUAL = { severities: ["warning", "error"], time_zone: HERE, quiet_hours: null, digest: null };

/** Return what is wrong with the settings, in words; null: nothing. */
export function mistake({ severities, quiet_hours: quiet, digest }) {
  if (!severities.length) return "Choose which messages are sent: one kind at least.";
  if (quiet && (!quiet.begin || !quiet.end)) return "Give the quiet hours a begin and an end.";
  if (quiet && quiet.begin === quiet.end) return "Quiet hours need to begin and end at two times.";
  return digest?.at === "" ? "Give the time of the day at which to send." : null;
}

const Time = ({ label, value, onChange }) => html`
  <${Field} label=${label}>${(id) => html`<input id=${id} type="time" required value=${value} onInput=${({ target }) => onChange(target.value)} />`}<//>
`;

export function ChannelTimes({ given, onChange }) {
  const { severities, quiet_hours: quiet, digest, time_zone: zone } = given;
  const set = (changes) => onChange({ ...given, ...changes });
  const zones = [...new Set([zone, HERE, "UTC", ...Intl.supportedValuesOf("timeZone")])];
  const chooseDigest = (key) => set({ digest: key === "at" ? { at: "08:00" } : Number(key) ? { every_hours: Number(key) } : null });
  return html`
    <${Chips} legend="Which messages" chosen=${severities} choices=${SEVERITIES} onChange=${(chosen) => set({ severities: chosen })} />
    <${Select} label="When" value=${digest?.at !== undefined ? "at" : String(digest?.every_hours ?? 0)} choices=${DIGESTS} onChange=${chooseDigest} />
    ${digest?.at !== undefined && html`<${Time} label="At" value=${digest.at} onChange=${(at) => set({ digest: { at } })} />`}
    <${Check}
      label="Quiet hours" help="What comes then is kept, and sent together at their end."
      checked=${quiet !== null} onChange=${(isOn) => set({ quiet_hours: isOn ? NIGHT : null })}
    />
    ${quiet &&
    html`
      <div class="field-row">
        <${Time} label="From" value=${quiet.begin} onChange=${(begin) => set({ quiet_hours: { ...quiet, begin } })} />
        <${Time} label="To" value=${quiet.end} onChange=${(end) => set({ quiet_hours: { ...quiet, end } })} />
      </div>
    `}
    ${(quiet || digest) &&
    html`<${Select} label="Time zone" value=${zone} choices=${Object.fromEntries(zones.map((name) => [name, name.replaceAll("_", " ")]))} onChange=${(time_zone) => set({ time_zone })} />`}
  `;
}
