// The filters of a list that fills itself.
import { get } from "../lib/api.js";
import { DISCOVERY, RATED, WATCHED } from "../lib/filters.js";
import { useResource } from "../lib/resource.js";
import { html } from "../lib/ui.js";
import { Check, Chips, NumberField, Select, Words } from "./fields.js";
import { Skeleton } from "./parts.js";

const VOTES = { "": "Any number", 100: "100 or more", 1000: "1,000 or more", 10000: "10,000 or more", 100000: "100,000 or more" };
const RATINGS = { "": "Any", 5: "5 or better", 6: "6 or better", 6.5: "6.5 or better", 7: "7 or better", 7.5: "7.5 or better", 8: "8 or better", 8.5: "8.5 or better" };
const KINDS = [
  { value: "movie", label: "Movies" },
  { value: "show", label: "Shows" },
];
const language = new Intl.DisplayNames(["en"], { type: "language" });
const country = new Intl.DisplayNames(["en"], { type: "region" });
const MANY = 24;

const named = (names, codes) =>
  codes
    .slice(0, MANY)
    .map(({ code }) => ({ value: code, label: names.of(names === country ? code.toUpperCase() : code) ?? code }));

/** Keep what the person chose before among the choices. */
const withChosen = (choices, chosen, label) => [
  ...choices,
  ...chosen.filter((value) => !choices.some((one) => one.value === value)).map((value) => ({ value, label: label(value) })),
];

const withOwn = (choices, value) => (value === null || String(value) in choices ? choices : { ...choices, [value]: `${value} or more` });
const numberOf = (text) => (text === "" ? null : Number(text));

/** `onChange(filters)`. Without the catalogue's choices, the form has those that were chosen before. */
export function FilterForm({ filters, onChange }) {
  const { data, problem } = useResource(() => get("/api/catalogue/options"), "options");
  if (!data && !problem) return html`<${Skeleton} rows="8" what="Reading what there is to choose" />`;
  return html`<${Form} filters=${filters} options=${data} onChange=${onChange} />`;
}

function Form({ filters, options, onChange }) {
  const set = (changes) => onChange({ ...filters, ...changes });
  const kinds = filters.media_types;
  const countOf = (one) => (kinds.includes("movie") ? one.movies : 0) + (kinds.includes("show") ? one.shows : 0);
  const labels = Object.fromEntries((options?.genres ?? []).map(({ slug, label }) => [slug, label]));
  const genres = (options?.genres ?? [])
    .filter((one) => countOf(one) > 0 || filters.genres.includes(one.slug) || filters.exclude_genres.includes(one.slug))
    .map((one) => ({ value: one.slug, label: one.label }));
  const isOpen = filters.exclude_genres.length || filters.languages.length || filters.countries.length || filters.keywords.length ||
    filters.title_words.length || filters.runtime_from || filters.runtime_to || filters.min_votes || filters.rated !== "any";
  return html`
    <div class="filter-form">
      <${Chips} legend="What" chosen=${kinds} choices=${KINDS} onChange=${(media_types) => set({ media_types })} />
      <${Chips} legend="Genres" chosen=${filters.genres} choices=${withChosen(genres, filters.genres, (one) => labels[one] ?? one)}
        onChange=${(chosen) => set({ genres: chosen, exclude_genres: filters.exclude_genres.filter((one) => !chosen.includes(one)) })} />
      ${filters.genres.length > 1 &&
      html`<${Check} label="Only titles that have all of these genres" checked=${filters.genre_mode === "all"} onChange=${(all) => set({ genre_mode: all ? "all" : "any" })} />`}
      <${Years} filters=${filters} set=${set} />
      <div class="field-row">
        <${Select} label="Rating" value=${filters.min_rating ?? ""} choices=${withOwn(RATINGS, filters.min_rating)} onChange=${(text) => set({ min_rating: numberOf(text) })} />
        <${Select} label="How well known" value=${filters.discovery} choices=${DISCOVERY} onChange=${(discovery) => set({ discovery })} />
        <${Select} label="Watched" value=${filters.watched} choices=${WATCHED} onChange=${(watched) => set({ watched })} />
      </div>
      <details open=${Boolean(isOpen)}>
        <summary>More filters</summary>
        <div class="filter-more">
          <${Chips} legend="Without these genres" chosen=${filters.exclude_genres} choices=${genres}
            onChange=${(chosen) => set({ exclude_genres: chosen, genres: filters.genres.filter((one) => !chosen.includes(one)) })} />
          <${Chips} legend="Languages" chosen=${filters.languages} choices=${withChosen(named(language, options?.languages ?? []), filters.languages, (one) => language.of(one))} onChange=${(languages) => set({ languages })} />
          <${Chips} legend="Countries" chosen=${filters.countries} choices=${withChosen(named(country, options?.countries ?? []), filters.countries, (one) => country.of(one.toUpperCase()))} onChange=${(countries) => set({ countries })} />
          <div class="field-row">
            <${NumberField} label="Minutes, from" min="1" max="10000" value=${filters.runtime_from} onChange=${(runtime_from) => set({ runtime_from })} />
            <${NumberField} label="Minutes, to" min="1" max="10000" value=${filters.runtime_to} onChange=${(runtime_to) => set({ runtime_to })} />
            <${Select} label="Votes" value=${filters.min_votes ?? ""} choices=${withOwn(VOTES, filters.min_votes)} onChange=${(text) => set({ min_votes: numberOf(text) })} />
          </div>
          <div class="field-row">
            <${Words} label="About" help="Such as: heist, time travel" value=${filters.keywords} onChange=${(keywords) => set({ keywords })} />
            <${Words} label="Words in the title" value=${filters.title_words} onChange=${(title_words) => set({ title_words })} />
            <${Select} label="Your thumbs" value=${filters.rated} choices=${RATED} onChange=${(rated) => set({ rated })} />
          </div>
        </div>
      </details>
    </div>
  `;
}

function Years({ filters, set }) {
  const isRecent = filters.last_years !== null;
  const choose = (kind) => set(kind === "recent" ? { last_years: 5, year_from: null, year_to: null } : { last_years: null });
  return html`
    <div class="field-row">
      <${Select} label="Years" value=${isRecent ? "recent" : "range"} choices=${{ range: "Between", recent: "The last" }} onChange=${choose} />
      ${isRecent
        ? html`<${NumberField} label="How many years" min="1" max="200" value=${filters.last_years} onChange=${(years) => set({ last_years: years ?? 1 })} />`
        : html`
            <${NumberField} label="From year" min="1870" max="2200" placeholder="any" value=${filters.year_from} onChange=${(year_from) => set({ year_from })} />
            <${NumberField} label="To year" min="1870" max="2200" placeholder="any" value=${filters.year_to} onChange=${(year_to) => set({ year_to })} />
          `}
    </div>
  `;
}
