// How a list stands on Trakt, in words, and what can be done.
import { at, count } from "../lib/time.js";

const WAITS = {
  network: (when) => (when ? `Waits for Trakt: next try ${when}` : "Waits for Trakt, which does not answer"),
  rate_limited: (when) => (when ? `Trakt asks for a pause: goes on at ${when}` : "Trakt asks for a pause"),
  limit_reached: () => "Your Trakt account has no room for it",
  account_locked: () => "Trakt has locked your account",
  rejected: () => "Trakt does not take this list",
};
const HELP = {
  limit_reached: "Make room on Trakt by deleting a list there, or make this one shorter.",
  account_locked: "Ask Trakt's support to unlock it.",
  rejected: "Open the list to see why.",
};
const CONNECT = { label: "Connect Trakt", href: "/account" };

/** Return what Trakt lacks of a list, as sentences. */
export function shortfalls({ left_out, not_found, rejected, not_removed }) {
  return [
    left_out && `${count(left_out, "title")} over your account's limit`,
    not_found && `${count(not_found, "title")} Trakt does not know`,
    rejected && `${count(rejected, "title")} Trakt refuses`,
    not_removed && `${count(not_removed, "title")} Trakt does not take off`,
  ].filter(Boolean);
}

/**
 * Return `{tone, text, help, action}` for a list and the account's state.
 * `tone`: `good`, `busy`, `wait`, `warn`, `bad`. `action`: `{label, href}` or null.
 */
export function mirrorWords(list, accountState) {
  const mirror = list.mirror_state;
  const say = (tone, text, help = null, action = null) => ({ tone, text, help, action });
  if (mirror.state === "detached")
    return say("warn", "You deleted it on Trakt", "It stays here alone until you put it back.", {
      label: "What to do",
      href: `/lists/${list.id}/trakt`,
    });
  const isOut = accountState === "reauthorization_required" || mirror.reason === "auth";
  if (mirror.state !== "in_sync") {
    if (accountState === "disconnecting") return say("wait", "Is being taken off Trakt, as you asked");
    if (accountState === "disconnected" || mirror.reason === "not_connected")
      return say("wait", "Not on Trakt yet", "Connect your Trakt account and it goes there by itself.", CONNECT);
    if (isOut) return say("bad", "Connect your Trakt account again", "Trakt does not let us in any more.", CONNECT);
    if (mirror.reason) {
      const when = mirror.retry_at && new Date(mirror.retry_at) > Date.now() ? at(mirror.retry_at) : null;
      const waits = mirror.reason === "network" || mirror.reason === "rate_limited";
      return say(waits ? "wait" : "bad", WAITS[mirror.reason](when), HELP[mirror.reason] ?? null);
    }
    if (mirror.state === "failed") return say("bad", "Is not on Trakt as it should be", "Open it to see why.");
    return say("busy", list.trakt_list_id ? "Change is on its way to Trakt" : "On its way to Trakt");
  }
  const missing = shortfalls(mirror);
  if (missing.length)
    return say("warn", `On Trakt, but ${missing.join(", ")}`, null, {
      label: "See which",
      href: `/lists/${list.id}/trakt`,
    });
  return say("good", "On Trakt");
}

const KINDS = { smart: "Automatic", custom: "Automatic, with your say", manual: "By hand" };
export const kindWords = (list) => KINDS[list.list_type];

/** Return when a list is filled next, or why it is not; null for a manual list. */
export function nextRunWords(list) {
  if (list.list_type === "manual") return null;
  if (list.is_paused) return "Paused";
  if (list.status === "queued") return "Is about to be filled";
  if (list.status === "syncing") return "Is being filled";
  if (list.status === "needs_approval") return "Waits for your answer";
  return list.next_sync_at ? `Next refresh ${at(list.next_sync_at)}` : null;
}

/** Return what needs the person's attention about how the list is filled; null: nothing. */
export function fillWords(list) {
  if (list.status === "needs_approval") return { tone: "warn", text: "More than half of its titles would go. You decide." };
  if (list.status === "no_candidates") return { tone: "warn", text: "No title fits its filters" };
  if (list.status === "error") return { tone: "bad", text: "The last refresh failed. It is tried again by itself." };
  return null;
}
