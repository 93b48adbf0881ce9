// Where a message leads.
const PLACES = {
  list: ({ list_id: id }) => `/lists/${id}`,
  titles: ({ list_id: id }) => `/lists/${id}/trakt`,
  run: ({ list_id: id }) => `/lists/${id}`,
  account: () => "/account",
  channel: ({ channel_id: id }) => `/channels/${id}`,
};
const WORDS = {
  titles: "See which titles",
  run: "See what would go, and decide",
  account: "Your Trakt account",
  channel: "Look at this channel",
};

/** Return the place in the console where the matter of a message stands; null: nowhere any more. */
export const messageHref = ({ link }) => (link && PLACES[link.to]?.(link)) ?? null;

/** Return what the way there is called; null: by the list's title. */
export const messageWay = ({ link }) => WORDS[link?.to] ?? null;
