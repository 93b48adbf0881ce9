// Fields of forms, each with its label.
import { html, newId, useState } from "../lib/ui.js";
import { Icon } from "./icon.js";

/** A label, a field, and what helps to fill it. `children` is a function of the field's id. */
export function Field({ label, help, problem, children }) {
  const [id] = useState(() => newId("field"));
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${children(id)}
      ${help && html`<p class="quiet small" id=${`${id}-help`}>${help}</p>`}
      ${problem && html`<p class="field-problem small" role="alert">${problem}</p>`}
    </div>
  `;
}

/** `choices`: value → words. */
export const Select = ({ label, value, choices, onChange, help }) => html`
  <${Field} label=${label} help=${help}>
    ${(id) => html`
      <select id=${id} value=${value} onChange=${(event) => onChange(event.target.value)}>
        ${Object.entries(choices).map(([key, words]) => html`<option value=${key} selected=${String(value) === key}>${words}</option>`)}
      </select>
    `}
  <//>
`;

/** A whole number, or null when it is empty or no number between `min` and `max`. */
export const NumberField = ({ label, value, onChange, min, max, step = 1, placeholder, help }) => html`
  <${Field} label=${label} help=${help}>
    ${(id) => html`
      <input
        id=${id} type="number" inputmode="numeric" min=${min} max=${max} step=${step} placeholder=${placeholder} value=${value ?? ""}
        onInput=${({ target }) => onChange(target.value !== "" && target.validity.valid ? Number(target.value) : null)}
      />
    `}
  <//>
`;

export const Check = ({ label, help, checked, onChange }) => html`
  <label class="check">
    <input type="checkbox" checked=${checked} onChange=${(event) => onChange(event.target.checked)} />
    <span>${label}${help && html`<span class="quiet small">${help}</span>`}</span>
  </label>
`;

/** One of several, each with a line of help. `choices`: `[{value, label, help}]`. */
export function Radios({ legend, value, choices, onChange }) {
  const [name] = useState(() => newId("choice"));
  return html`
    <fieldset class="radios">
      <legend>${legend}</legend>
      ${choices.map(
        (one) => html`
          <label class="check">
            <input type="radio" name=${name} value=${one.value} checked=${one.value === value} onChange=${() => onChange(one.value)} />
            <span>${one.label}${one.help && html`<span class="quiet small">${one.help}</span>`}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}

/** Several of many. `choices`: `[{value, label, count}]`. */
export const Chips = ({ legend, chosen, choices, onChange }) => html`
  <fieldset class="chip-field">
    <legend>${legend}</legend>
    <div class="chips">
      ${choices.map(({ value, label, count }) => {
        const isOn = chosen.includes(value);
        const toggle = () => onChange(isOn ? chosen.filter((one) => one !== value) : [...chosen, value]);
        return html`
          <button key=${value} type="button" class="chip" aria-pressed=${String(isOn)} onClick=${toggle}>
            ${isOn && html`<${Icon} name="check" size="14" />`}${label}${count !== undefined && html`<span class="quiet small">${count.toLocaleString()}</span>`}
          </button>
        `;
      })}
    </div>
  </fieldset>
`;

/** Words that the person types, separated by commas. */
export function Words({ label, value, onChange, help }) {
  const [text, setText] = useState(value.join(", "));
  const read = (typed) => {
    setText(typed);
    onChange(typed.split(",").map((word) => word.trim()).filter(Boolean));
  };
  return html`
    <${Field} label=${label} help=${help}>
      ${(id) => html`<input id=${id} type="text" value=${text} onInput=${(event) => read(event.target.value)} />`}
    <//>
  `;
}
