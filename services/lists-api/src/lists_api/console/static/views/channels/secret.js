// The secret of a webhook, and a new one.
import { post } from "../../lib/api.js";
import { at } from "../../lib/time.js";
import { toastProblem } from "../../lib/toasts.js";
import { html, useState } from "../../lib/ui.js";
import { Confirm } from "../../components/dialog.js";
import { SecretDialog } from "../../components/secret.js";

export function ChannelSecret({ channel, onChanged }) {
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState(null);
  const replace = async () => {
    try {
      setMade(await post(`/api/channels/${channel.id}/secret`));
      onChanged();
    } catch (problem) {
      toastProblem(problem);
    }
    setAsking(false);
  };
  return html`
    <section class="card stack" aria-label="Secret">
      <div class="account-head">
        <div>
          <h2>Secret</h2>
          <p class="quiet small">
            Your program checks by it that messages come from here.
            ${channel.old_secret_until && ` The one before is good until ${at(channel.old_secret_until)}.`}
          </p>
        </div>
        <button type="button" class="button" onClick=${() => setAsking(true)}>Make a new one</button>
      </div>
    </section>
    ${isAsking &&
    html`
      <${Confirm} title="Make a new secret?" confirm="Make it" danger=${false} onConfirm=${replace} onClose=${() => setAsking(false)}>
        <p>It is for when the secret is lost, or somebody else may have it. For a day the one of now is good too; give the new one to your program meanwhile.</p>
      <//>
    `}
    ${made && html`<${SecretDialog} secret=${made.secret} note=${`The one before is good until ${at(made.old_secret_until)}.`} onClose=${() => setMade(null)} />`}
  `;
}
