// The fields that make a channel's address, by its kind.
import { KINDS } from "../lib/channel-kinds.js";
import { html, useLayoutEffect, useRef } from "../lib/ui.js";
import { Field } from "./fields.js";

/** `isNeeded`: false where an address is kept when all fields stay empty. `problem`: what is wrong with the address. */
export function AddressFields({ kindKey, values, onChange, problem, isNeeded = true }) {
  const { fields } = KINDS[kindKey];
  const first = useRef(null);
  useLayoutEffect(() => {
    if (problem) first.current.focus(); // on a phone it is far above the button
  }, [problem]);
  return fields.map(
    ({ key, label, example, help, type = "text", isOptional }, index) => html`
      <${Field} key=${`${kindKey} ${key}`} label=${isOptional ? `${label} (may stay empty)` : label} help=${help} problem=${index === 0 && problem}>
        ${(id) => html`
          <input
            ref=${index === 0 ? first : null} id=${id} type=${type} class="address-input" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="1800"
            placeholder=${example} value=${values[key] ?? ""} required=${isNeeded && !isOptional}
            aria-describedby=${help && `${id}-help`} aria-invalid=${index === 0 && problem ? "true" : null}
            onInput=${({ target }) => onChange({ ...values, [key]: target.value })}
          />
        `}
      <//>
    `,
  );
}

/** Return the address that the fields make, or null when nothing is in them. */
export function addressOf(kindKey, values) {
  const { fields, address } = KINDS[kindKey];
  const given = Object.fromEntries(fields.map(({ key }) => [key, (values[key] ?? "").trim()]));
  return Object.values(given).some(Boolean) ? address(given) : null;
}
