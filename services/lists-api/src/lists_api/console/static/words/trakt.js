// Addresses at Trakt.

/** Return where a list stands on Trakt; null when it is not known. */
export const traktUrl = (list, user) =>
  list.trakt_list_id && user ? `https://trakt.tv/users/${encodeURIComponent(user)}/lists/${list.trakt_list_id}` : null;
