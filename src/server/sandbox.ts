/**
 * What a browser is shown at `/graphql`: Apollo Sandbox from Apollo's CDN, or, where that cannot be reached, how to go on
 * without it.
 *
 * The options are those of @apollo/sandbox 2.7. The embedding page opens the socket itself, in the protocol that Sandbox
 * asks it for; graphql-ws is Sandbox's default.
 *
 * @see https://www.apollographql.com/docs/graphos/platform/sandbox#embedding-sandbox
 * @see https://github.com/apollographql/embeddable-explorer/blob/main/packages/sandbox/src/EmbeddedSandbox.ts
 */
import { createHash } from 'node:crypto';
import { startingDocument } from './explorer.js';

const embedOrigin = 'https://sandbox.embed.apollographql.com';
const embedScript =
  'https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js';

/** The addresses are left to the browser, which alone knows the name it reached us by. */
const options = {
  target: '#sandbox',
  initialState: { document: startingDocument, includeCookies: false, pollForSchemaUpdates: false },
  hideCookieToggle: true,
  endpointIsEditable: false,
  allowDynamicStyles: false,
  runTelemetry: false,
};

const style = `
:root { color-scheme: light dark; --ink: #16202b; --soft: #51606f; --paper: #fbfaf7; --line: #d5d9dd; --code: #eef0f2; --accent: #0b5c8a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --soft: #a3afbb; --paper: #12171d; --line: #323c46; --code: #1c242c; --accent: #7cc4f0 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
#sandbox, #sandbox iframe { position: fixed; inset: 0; width: 100%; height: 100%; border: 0 }
main { max-width: 44rem; margin: 0 auto; padding: clamp(1.25rem, 6vw, 4rem) 1.25rem }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 2rem 0 .5rem; font-size: 1rem }
p { margin: 0 0 1rem; color: var(--soft) }
a { color: var(--accent) }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem; margin-top: 1.5rem }
.button { padding: .6rem 1.1rem; border-radius: .4rem; background: var(--accent); color: var(--paper); text-decoration: none }
pre { margin: 0 0 .75rem; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--code); font: .875rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
#waiting { display: none; padding: 2rem; text-align: center }
[data-state] main, [data-state=offline] #sandbox { display: none }
[data-state=offline] main, [data-state=waiting] #waiting { display: block }
`;

const script = `
const root = document.documentElement;
const endpoint = new URL('/graphql', location.origin).href;
const socket = endpoint.replace(/^http/, 'ws');
for (const [name, value] of Object.entries({ endpoint, socket })) {
  for (const element of document.querySelectorAll('[data-text=' + name + ']')) element.textContent = value;
}

let patience;
const show = (state) => { root.dataset.state = state };
const giveUpAfter = (ms) => { clearTimeout(patience); patience = setTimeout(show, ms, 'offline') };

// Sandbox lives in a frame of another origin: its first message is the only sign that it has loaded. A late one is welcome.
addEventListener('message', ({ origin }) => {
  if (origin !== ${inScript(embedOrigin)}) return;
  clearTimeout(patience);
  show('ready');
});

const library = document.createElement('script');
library.src = ${inScript(embedScript)};
library.addEventListener('error', () => { clearTimeout(patience); show('offline') });
library.addEventListener('load', () => {
  giveUpAfter(20000);
  new window.EmbeddedSandbox({ ...${inScript(options)}, initialEndpoint: endpoint, initialSubscriptionEndpoint: socket });
});
show('waiting');
giveUpAfter(6000);
document.head.append(library);
`;

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pylon · GraphQL</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<p id="waiting" role="status">Loading Apollo Sandbox…</p>
<div id="sandbox"></div>
<main>
<h1>Pylon’s GraphQL endpoint</h1>
<p>The live ontology of the Great Britain electricity grid. The endpoint works: this page came from it. Apollo Sandbox, the
editor that is normally shown here, comes from Apollo’s servers, and they could not be reached.</p>
<div class="actions"><a class="button" href="/explorer">Open the explorer</a><a href="/graphql">Try Sandbox again</a></div>
<h2>Without a browser</h2>
<pre>curl <span data-text="endpoint">http://localhost:4000/graphql</span> \\
  -H 'content-type: application/json' \\
  -d '{"query":"{ gridNow(regionId: 13) { from carbonIntensity { forecastGco2PerKwh index } generationMix { fuel pct } } }"}'</pre>
<h2>Subscriptions</h2>
<pre data-text="socket">ws://localhost:4000/graphql</pre>
<p>graphql-transport-ws, as spoken by the graphql-ws client. The explorer needs no internet and speaks it too.</p>
</main>
<script type="module">${script}</script>
</body>
</html>
`;

/** The same page for everyone: nothing of a request is written into it. */
export function sandboxPage(): string {
  return html;
}

/** Fits {@link sandboxPage} alone: its own script and style by hash, Apollo's script and frame, and this server. */
export const sandboxContentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hashOf(script)} ${new URL(embedScript).origin}`,
  `style-src ${hashOf(style)}`,
  `frame-src ${embedOrigin}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** A value as a JavaScript literal that cannot end the script element it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}

function hashOf(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}
