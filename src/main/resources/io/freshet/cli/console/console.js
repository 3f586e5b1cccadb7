// Polls the status, fetches the panels that changed, and says how old everything is.

import {age, show} from './panels.js';
import {load} from './score.js';
import {say, span} from './text.js';

const PAUSE = 2000;
const LONGEST_PAUSE = 15000;
const LATE = 60000; // a report later than this, and than three windows, is marked
const lost = document.getElementById('lost');
const freshness = document.getElementById('freshness');
const revisions = new Map();
let pause = PAUSE;
let ahead = 0; // of the server's clock before this one
let answered = Date.now();
let failing = false;
let written = null; // when the newest report was
let windowMillis = 0;
let next;

async function get(path) {
  const response = await fetch(path, {signal: AbortSignal.timeout(10000)});
  if (!response.ok) {
    throw new Error(`status ${response.status}`);
  }
  return response.json();
}

async function poll() {
  clearTimeout(next);
  try {
    const status = await get('data/status');
    ahead = status.now - Date.now();
    for (const [name, {revision}] of Object.entries(status.panels)) {
      if (revisions.get(name) !== revision) {
        await renew(name);
      }
    }
    answered = Date.now();
    failing = false;
    pause = PAUSE;
    load();
  } catch (e) {
    failing = true;
    pause = Math.min(LONGEST_PAUSE, 2 * pause);
  }
  tell();
  next = setTimeout(poll, pause);
}

async function renew(name) {
  const panel = await get(`data/${name}`);
  show(name, panel);
  revisions.set(name, panel.revision);
  if (name === 'quality' && panel.data !== null) {
    const {from, to} = panel.data.curves;
    written = panel.data.written;
    windowMillis = (to.at(-1) - from.at(-1)) / Math.max(1, panel.data.joined);
  }
}

/** Everything on the page that grows older by itself. */
function tell() {
  const now = Date.now() + ahead;
  lost.hidden = !failing;
  if (failing) {
    say(lost, `Connection to the console lost. What you see is ${span(Date.now() - answered)} old; trying again.`);
  }
  const old = written === null ? 0 : now - written;
  say(freshness, written === null ? 'No report yet' : `Last report ${span(old)} ago`);
  freshness.className = failing || old > Math.max(LATE, 3 * windowMillis) ? 'freshness late' : 'freshness';
  age(now);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    poll();
  }
});
setInterval(tell, 1000);
poll();
