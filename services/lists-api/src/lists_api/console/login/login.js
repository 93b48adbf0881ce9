// Logs the browser in by the code behind `#`, which no request of the browser carries before the button is pressed.
const form = document.getElementById("form");
const other = document.getElementById("other");
const button = document.getElementById("button");
const problem = document.getElementById("problem");

// How a login at the identity provider failed, by what its end says in the address.
const words = {
  away: "The login server does not answer. Try again in a moment.",
  denied: "You did not let WatchBuddy in. Log in again if that was a mistake.",
  failed: "The login did not work. Log in again.",
  unknown: "This login took too long, or began in another browser. Log in again.",
};

function show(text = words[new URLSearchParams(location.search).get("login")] ?? "") {
  const hasCode = location.hash.length > 1;
  form.hidden = !hasCode;
  other.hidden = hasCode;
  problem.textContent = text;
  if (hasCode) button.focus();
}

async function logIn() {
  button.disabled = true;
  problem.textContent = "";
  try {
    const response = await fetch("/api/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: location.hash.slice(1) }),
    });
    if (response.ok) {
      location.replace("/");
      return;
    }
    if (response.status === 404) history.replaceState(null, "", "/login"); // the code is of no use
    show((await response.json()).detail);
  } catch {
    problem.textContent = "WatchBuddy does not answer. Try again in a moment.";
  }
  button.disabled = false;
}

async function goOnWhenLoggedIn() {
  const session = await fetch("/api/session").catch(() => null);
  if (session?.ok) location.replace("/");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  logIn();
});
addEventListener("hashchange", () => show());
show();
if (form.hidden) goOnWhenLoggedIn();
