// Small parts that every view uses.
import { classes, html, useLayoutEffect, useRef } from "../lib/ui.js";
import { Icon } from "./icon.js";

const TONE_ICONS = { good: "check", busy: "refresh", wait: "clock", warn: "warn", bad: "warn", info: "info" };

/** A state in a word or two, by colour and sign. */
export const Tone = ({ tone, children }) => html`
  <span class=${`tone ${tone}`}><${Icon} name=${TONE_ICONS[tone]} size="16" /><span>${children}</span></span>
`;

/** A box that says something in the midst of a page. `actions`: buttons or links. */
export const Notice = ({ tone = "info", title, children, actions, role }) => html`
  <div class=${`notice ${tone}`} role=${role}>
    <${Icon} name=${TONE_ICONS[tone]} />
    <div class="notice-text">
      ${title && html`<p class="notice-title">${title}</p>`}
      ${children && html`<div>${children}</div>`}
    </div>
    ${actions && html`<div class="actions">${actions}</div>`}
  </div>
`;

/** What stands where nothing is. */
export const Empty = ({ icon = "list", title, children, actions }) => html`
  <div class="empty">
    <${Icon} name=${icon} size="36" />
    <p class="empty-title">${title}</p>
    ${children && html`<p>${children}</p>`}
    ${actions && html`<div class="actions centred">${actions}</div>`}
  </div>
`;

/** Grey bars in the shape of what is being read. `what`: said to who cannot see them; null: something else says it. */
export const Skeleton = ({ rows = 4, what = null }) => html`
  <div class="skeleton" role=${what && "status"} aria-label=${what} aria-hidden=${what ? null : "true"}>
    ${Array.from({ length: rows }, () => html`<div class="skeleton-row"><span /><span /></div>`)}
  </div>
`;

/** What could not be read, and a button to try again. */
export const Failed = ({ problem, onRetry }) => html`
  <${Notice}
    tone="bad"
    role="alert"
    title="This could not be loaded"
    actions=${onRetry && html`<button type="button" class="button" onClick=${onRetry}>Try again</button>`}
  >${problem.message}<//>
`;

/** The head of a view. It takes the focus where the view has it as a whole. */
export function Heading({ title, children, back }) {
  const element = useRef(null);
  useLayoutEffect(() => {
    if (document.activeElement === element.current.closest("main")) element.current.focus({ preventScroll: true });
  }, []);
  return html`
    <header class="heading">
      ${back && html`<a class="back" href=${`#${back.href}`}>${back.label}</a>`}
      <div class="heading-row">
        <h1 ref=${element} tabindex="-1" dir="auto">${title}</h1>
        ${children && html`<div class="actions">${children}</div>`}
      </div>
    </header>
  `;
}

export const External = ({ href, children, className }) => html`
  <a class=${classes("external", className)} href=${href} target="_blank" rel="noopener noreferrer">
    ${children}<${Icon} name="link" size="16" /><span class="hidden"> (opens a new tab)</span>
  </a>
`;
