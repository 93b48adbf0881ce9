// The kinds of channels that people know by name: what they have to give, and the address that it makes.
const quoted = encodeURIComponent;

/** Return the address of another form when the text matches, else the text. */
function turned(text, pattern, into) {
  const found = pattern.exec(text);
  return found ? into(...found.slice(1)) : text;
}

/** Return the address of an ntfy topic: a name alone is one of ntfy.sh. */
function topic(text) {
  if (/^[\w-]+$/.test(text)) return `ntfys://ntfy.sh/${text}`;
  const scheme = /^http:/i.test(text) ? "ntfy" : "ntfys";
  return turned(text, /^(?:https?:\/\/)?([^/:\s]+(?::\d+)?\/[\w-]+)\/?$/i, (place) => `${scheme}://${place}`);
}

function mail({ from, password, server, to }) {
  const cut = from.lastIndexOf("@");
  const query = [`to=${quoted(to || from)}`];
  const [host, port] = server.split(":");
  if (host) query.push(`smtp=${quoted(host)}`, `user=${quoted(from)}`, `from=${quoted(from)}`);
  const domain = port ? `${from.slice(cut + 1)}:${port}` : from.slice(cut + 1);
  return `mailtos://${quoted(from.slice(0, cut))}:${quoted(password)}@${domain}?${query.join("&")}`;
}

/**
 * By key: `{name, kind, schemes, fields, address}`. `fields`: `[{key, label, example, help, type, isOptional}]`, as the
 * person fills them. `address(values)` makes the channel's address of them, `schemes` are those it can begin with.
 */
export const KINDS = {
  ntfy: {
    name: "ntfy",
    about: "On your phone, without an account",
    kind: "apprise",
    schemes: ["ntfys", "ntfy"],
    fields: [
      {
        key: "address",
        label: "Topic",
        example: "my-films-x7k2",
        help: "In the ntfy app, subscribe to a topic of a name that nobody guesses, and give it here. With a server of your own: https://ntfy.example.org/my-films-x7k2",
      },
    ],
    address: ({ address }) => topic(address.trim()),
  },
  telegram: {
    name: "Telegram",
    about: "By a bot of your own",
    kind: "apprise",
    schemes: ["tgram"],
    fields: [
      {
        key: "token",
        label: "Token of your bot",
        example: "123456789:ABCdefGhIJKlmNoPQRstuVWXyz",
        help: "Write /newbot to @BotFather on Telegram: it gives you a token. Then write something to your new bot.",
        type: "password",
      },
      { key: "chat", label: "Number of your chat", example: "987654321", help: "@userinfobot on Telegram tells you yours." },
    ],
    address: ({ token, chat }) => `tgram://${token}/${quoted(chat)}`,
  },
  discord: {
    name: "Discord",
    about: "In a channel of your server",
    kind: "apprise",
    schemes: ["discord"],
    fields: [
      {
        key: "address",
        label: "Address of the Discord webhook",
        example: "https://discord.com/api/webhooks/1234567890/AbCdEf…",
        help: "In Discord: Edit channel → Integrations → Webhooks → New webhook → Copy webhook URL.",
      },
    ],
    address: ({ address }) =>
      turned(address.trim(), /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d+)\/([\w-]+)\/?$/, (id, token) => `discord://${id}/${token}`),
  },
  slack: {
    name: "Slack",
    about: "In a channel of your workspace",
    kind: "apprise",
    schemes: ["slack"],
    fields: [
      {
        key: "address",
        label: "Address of the Slack webhook",
        example: "https://hooks.slack.com/services/T0…/B0…/Xy…",
        help: "On api.slack.com/apps: your app → Incoming webhooks → Add new webhook → Copy.",
      },
    ],
    address: ({ address }) =>
      turned(address.trim(), /^https:\/\/hooks\.slack\.com\/services\/(\w+)\/(\w+)\/(\w+)\/?$/, (team, bot, token) => `slack://${team}/${bot}/${token}`),
  },
  mail: {
    name: "E-mail",
    about: "From your own mail account",
    kind: "apprise",
    schemes: ["mailtos", "mailto"],
    fields: [
      { key: "from", label: "E-mail address that sends", example: "ada@gmail.com", type: "email" },
      {
        key: "password",
        label: "Password for apps",
        example: "abcd efgh ijkl mnop",
        type: "password",
        help: "Your mail provider makes one for WatchBuddy alone. Do not give the password that you sign in with.",
      },
      { key: "to", label: "Send to", example: "the same address", type: "email", isOptional: true },
      { key: "server", label: "Mail server", example: "smtp.example.org", isOptional: true, help: "Gmail, Outlook, Yahoo and others are known without." },
    ],
    address: mail,
  },
  webhook: {
    name: "Webhook",
    about: "A program of your own, signed",
    kind: "webhook",
    schemes: ["https", "http"],
    fields: [
      {
        key: "address",
        label: "Address of your program",
        example: "https://hooks.example.org/watchbuddy",
        help: "Messages are sent there as JSON, signed as Standard Webhooks says. You get the secret when the channel is made.",
      },
    ],
    address: ({ address }) => address.trim(),
  },
  other: {
    name: "Something else",
    about: "Gotify, Matrix, Pushover and more",
    kind: "apprise",
    schemes: [],
    fields: [
      {
        key: "address",
        label: "Apprise address",
        example: "gotifys://gotify.example.org/token",
        help: "As Apprise writes it: its documentation says how for each service.",
      },
    ],
    address: ({ address }) => address.trim(),
  },
};

/** Return "ntfy · ntfy.sh": where a channel sends, as far as it may be shown. */
export function placeOf(channel) {
  const host = channel.address.split("://")[1].split("/")[0];
  return [KINDS[kindOf(channel)].name, host].filter(Boolean).join(" · ");
}

/** Return the key of a channel's kind. */
export function kindOf({ kind, address }) {
  if (kind === "webhook") return "webhook";
  const scheme = address.split("://")[0];
  return Object.keys(KINDS).find((key) => KINDS[key].schemes.includes(scheme)) ?? "other";
}
