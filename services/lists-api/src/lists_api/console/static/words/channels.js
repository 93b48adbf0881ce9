// Channels in words: their kinds, how they stand, what came of a delivery, and what can be done.
import { at, count, fromNow } from "../lib/time.js";

export const SEVERITIES = [
  { value: "error", label: "Errors" },
  { value: "warning", label: "Warnings" },
  { value: "success", label: "What was done" },
  { value: "info", label: "News" },
];
const ALL = SEVERITIES.map(({ value }) => value);

/** Return which messages a channel sends. */
export function severityWords(severities) {
  if (severities.length === ALL.length) return "All messages";
  const names = SEVERITIES.filter(({ value }) => severities.includes(value)).map(({ label }) => label);
  return names.join(", ").toLowerCase().replace(/^./, (first) => first.toUpperCase());
}

/** Return when a channel sends. */
export function timesWords({ quiet_hours: quiet, digest }) {
  const when = digest?.at ? `Once a day at ${digest.at}` : digest ? `Together, every ${count(digest.every_hours, "hour")}` : "At once";
  return quiet ? `${when}, not between ${quiet.begin} and ${quiet.end}` : when;
}

const REASONS = {
  answered: ({ status }) => `it answered with an error (${status})`,
  unreachable: () => "it could not be reached",
  timeout: () => "it took too long to answer",
  address_refused: () => "its address leads to a private network",
  address_wrong: () => "its address is not complete",
  redirected: () => "it sends us on to another address",
  not_accepted: () => "it did not take the message",
  broken: () => "sending failed here",
};
const HELP = {
  unreachable: "Is the address right, and does the other side run?",
  timeout: "Does the other side run? It must answer within 15 seconds.",
  address_refused: "Give an address on the internet, or ask whoever runs this WatchBuddy to allow that network.",
  address_wrong: "Copy the address again and give it below, under “Settings”.",
  redirected: "Give the address that it leads to, under “Settings”.",
  not_accepted: "Is the address still valid? Copy it again and give it under “Settings”.",
  broken: "If it stays like this, tell whoever runs this WatchBuddy.",
};

/** Return what can be done about a failure. */
function helpWords({ reason, status }) {
  if (reason !== "answered") return HELP[reason] ?? "";
  if (status === 429) return "It gets too much at once. A digest helps.";
  if (status >= 500) return "The trouble is on the other side.";
  return "It does not know this address, or not any more. Copy it again and give it under “Settings”.";
}

const reasonWords = (failure) => REASONS[failure.reason]?.(failure) ?? failure.text;

/** Return `{tone, text, help}` for a channel. */
export function channelWords(channel) {
  if (!channel.enabled) return { tone: "wait", text: "Paused", help: "What comes meanwhile is not sent later." };
  const { failure } = channel;
  if (failure)
    return {
      tone: "bad",
      text: `Nothing arrives since ${at(channel.failing_since)}: ${reasonWords(failure)}`,
      help: helpWords(failure),
    };
  const waiting = channel.waiting ? `${count(channel.waiting, "message")} waiting` : null;
  if (!channel.last_sent_at) return { tone: "wait", text: "Nothing was sent yet", help: waiting };
  return { tone: "good", text: `Works, last sent ${fromNow(channel.last_sent_at)}`, help: waiting };
}

/** Return `{tone, text, help}` for a delivery. `isPaused`: its channel is. */
export function deliveryWords({ state, failure, attempted_at: tried, next_attempt_at: next, test: isTest }, isPaused) {
  const isLater = next && new Date(next) > Date.now();
  const why = failure && reasonWords(failure);
  switch (state) {
    case "sent":
      return { tone: "good", text: `Sent ${at(tried)}`, help: null };
    case "exhausted":
      return { tone: "bad", text: isTest ? `Did not arrive: ${why}` : `Given up: ${why}`, help: helpWords(failure) };
    case "failed":
      return {
        tone: "warn",
        text: `Did not arrive: ${why}. ${isPaused ? "The channel is paused" : isLater ? `Next try ${at(next)}` : "It is tried again now"}`,
        help: helpWords(failure),
      };
    default:
      if (isPaused) return { tone: "wait", text: "Waits: the channel is paused", help: null };
      return isLater
        ? { tone: "wait", text: `Is sent ${at(next)}`, help: null }
        : { tone: "busy", text: "Is being sent", help: null };
  }
}

/** Return the words for a problem with the address, or null when the problem is about something else. */
export function addressProblem(problem) {
  const found = problem.data?.errors?.find(({ field }) => field.split(".").includes("address"));
  if (!found) return null;
  const { message } = found;
  if (message.includes("private network"))
    return "This address leads to a private network, where nothing may be sent. Whoever runs this WatchBuddy can allow that network.";
  if (message.startsWith("needs to begin with one of"))
    return `WatchBuddy does not send there. An address ${message.replace("needs to begin", "begins")}.`;
  if (/^(needs|may) /.test(message)) return `The address ${message}.`;
  return `The address cannot be taken: ${message}.`;
}
