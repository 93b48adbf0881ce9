// Filters as the API takes them.

/** Filters that choose everything. */
export const ANYTHING = {
  genres: [],
  genre_mode: "any",
  exclude_genres: [],
  languages: [],
  countries: [],
  year_from: null,
  year_to: null,
  last_years: null,
  media_types: ["movie"],
  min_rating: null,
  min_votes: null,
  runtime_from: null,
  runtime_to: null,
  keywords: [],
  title_words: [],
  discovery: "balanced",
  watched: "any",
  rated: "any",
};

export const DISCOVERY = {
  mainstream: "What everybody knows",
  popular: "Mostly well known",
  balanced: "A mixture",
  obscure: "Mostly little known",
  very_obscure: "What hardly anybody knows",
};
export const WATCHED = { any: "Watched or not", not_watched: "Not watched yet", only_watched: "Watched before" };
export const RATED = {
  any: "Whatever you said of it",
  not_disliked: "Not what you gave a thumb down",
  not_rated: "Only what you gave no thumb",
  only_liked: "Only what you gave a thumb up",
};
export const SORTS = {
  rank: "Best match first",
  rating: "Best rated first",
  year: "Newest first",
  title: "By title",
  added: "Last added first",
};

/** Return what is wrong with filters, in words; null: nothing. */
export function mistake({ year_from: from, year_to: to, runtime_from: least, runtime_to: most, media_types: kinds }) {
  if (!kinds.length) return "Choose movies, shows or both.";
  if (from && to && from > to) return "The first year is after the last one.";
  if (least && most && least > most) return "The shortest runtime is above the longest one.";
  return null;
}
