// What went wrong with a request, in words for people.
const WORDS = {
  offline: () => "WatchBuddy cannot be reached. Check your connection, then try again.",
  unauthorized: () => "You are signed out.",
  "not-found": () => "This is not here any more.",
  "version-mismatch": () => "The list was changed elsewhere meanwhile. You see it as it is now, with your changes: save again if they still fit.",
  "too-large": () => "That is too large: 8 MB at most.",
  "too-many-items": ({ limit }) => `A list can have ${limit?.toLocaleString()} titles at most.`,
  "too-many-searches": (data) => `That were many searches in a short time. ${wait(data)}`,
  "too-many-imports": (data) => `That were many files in a short time. ${wait(data)}`,
  "too-many-runs": (data) => `Your lists were refreshed very often in the last hour. ${wait(data)}`,
  "too-many-requests": (data) => `That was done a moment ago. ${wait(data)}`,
  "too-many-channels": () => "You have twenty channels, which is as many as there may be. Delete one first.",
  "quota-exceeded": ({ detail }) => detail,
  "duplicate-list": ({ list_title }) => `You have this list already: “${list_title}”.`,
  "watchlist-taken": ({ list_title }) => `Your list “${list_title}” fills your Trakt watchlist already. One list can.`,
  "trakt-list-is-mirror": () => "That list on Trakt is made by WatchBuddy itself, from one of your lists.",
  "import-not-recognised": ({ detail }) => detail,
  "trakt-away": () => "Trakt does not answer at the moment. Try again in a minute.",
  "trakt-refuses": () => "Trakt does not accept this WatchBuddy. Whoever runs it must check its Trakt application.",
  "database-unavailable": () => "WatchBuddy is catching its breath. Try again in a moment.",
  transient: () => "WatchBuddy is catching its breath. Try again in a moment.",
  internal: () => "Something went wrong here, and it was noted. Try again in a moment.",
  "invalid-request": ({ errors, detail }) => errors?.[0]?.message ?? detail,
};

const wait = ({ retry_after: seconds }) =>
  seconds ? `Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.` : "Try again soon.";

/** Return the words for a problem document. */
export function problemWords(data) {
  if (data.status === 502 || data.status === 504) return WORDS.transient();
  return WORDS[data.slug]?.(data) || data.detail || "That did not work. Try again in a moment.";
}
