// A list on Trakt becomes a list here, once.
import { get, post } from "../lib/api.js";
import { account, readLists } from "../lib/live.js";
import { useStore } from "../lib/store.js";
import { at } from "../lib/time.js";
import { html, useEffect, useState } from "../lib/ui.js";
import { Field } from "./fields.js";
import { Notice } from "./parts.js";

const EVERY = 1500;
const REASONS = {
  not_found: "There is no such list on Trakt.",
  private: "That list is private.",
  auth: "Trakt does not let us in. Connect your account again.",
  network: "Trakt does not answer.",
  not_connected: "Connect your Trakt account first.",
  too_large: "That list is too large.",
  own_mirror: "WatchBuddy made that list itself, from one of yours.",
  rejected: "Trakt refuses to show that list.",
  quota_exceeded: "You have as many lists as you may have, or it has more titles than a list may have.",
};

export function TraktImport() {
  const found = useStore(account);
  const [address, setAddress] = useState("");
  const [state, setState] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    if (state?.state !== "pending") return undefined;
    const timer = setInterval(async () => {
      try {
        const now = await get(`/api/imports/trakt/${state.import_id}`);
        setState(now);
        if (now.state === "succeeded") readLists();
      } catch (error) {
        setProblem(error);
      }
    }, EVERY);
    return () => clearInterval(timer);
  }, [state?.state, state?.import_id]);
  const begin = async (event) => {
    event.preventDefault();
    setProblem(null);
    setState(null);
    try {
      const { import_id } = await post("/api/imports/trakt", { trakt_list: address.trim() });
      setState({ state: "pending", import_id });
    } catch (error) {
      setProblem(error);
    }
  };
  if (found && found.state !== "connected")
    return html`<${Notice} tone="wait" actions=${html`<a class="button" href="#/account">Connect Trakt</a>`}>Lists on Trakt can be read once your account is connected.<//>`;
  const left = Object.values(state?.left_out ?? {}).reduce((sum, number) => sum + number, 0);
  return html`
    <form class="stack" onSubmit=${begin}>
      <p>Your own lists, and everybody's public ones. The list is copied once and then goes its own way.</p>
      <div class="inline-form">
        <${Field} label="Address of the list">
          ${(id) => html`<input id=${id} type="text" required placeholder="https://trakt.tv/users/…/lists/…" value=${address} onInput=${(event) => setAddress(event.target.value)} />`}
        <//>
        <button type="submit" class="button primary" disabled=${!address.trim() || state?.state === "pending"}>Copy it</button>
      </div>
      <div role="status">
        ${state?.state === "pending" &&
        html`<p class="quiet"><span class="spinner" aria-hidden="true"></span>${state.retry_at ? `Trakt does not answer. Next try ${at(state.retry_at)}.` : "Reading the list on Trakt…"}</p>`}
        ${state?.state === "succeeded" &&
        html`<${Notice} tone="good" actions=${html`<a class="button" href=${`#/lists/${state.list_id}`}>Show it</a>`}>
          The list is here.${left > 0 && ` ${left} entries were left out: seasons, episodes and people are no titles.`}
        <//>`}
        ${state?.state === "failed" && html`<${Notice} tone="bad">${REASONS[state.reason] ?? state.detail}<//>`}
      </div>
      ${problem && html`<${Notice} tone="bad" role="alert">${problem.message}<//>`}
    </form>
  `;
}
