// Where a message leads.

/** Return the place in the console that a message is about; null: there is none. */
export function messageHref({ list_id: id, link }) {
  if (link?.to === "account") return "/account";
  if (id === null) return null;
  return link?.to === "titles" ? `/lists/${id}/trakt` : `/lists/${id}`;
}
