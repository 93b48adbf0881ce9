// Addresses at Trakt.

/** Return where a list stands on Trakt; null when it is not known. `account`: as `GET /api/trakt/status` gives it. */
export const traktUrl = (list, account) =>
  list.trakt_list_id && account?.trakt_url ? `${account.trakt_url}/lists/${list.trakt_list_id}` : null;
