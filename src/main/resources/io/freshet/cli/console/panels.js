// What each panel's figures look like on the page.

import {LineChart, lastOfAll} from './chart.js';
import {bytes, count, decimal, element, moment, percent, say, sentence, signed, span} from './text.js';

const byId = (id) => document.getElementById(id);
const LEARNER = {label: 'learner', style: 'learner'};
const BEST = {label: 'best reachable', style: 'best'};

function chart(parent, options) {
  const made = new LineChart(options);
  byId(parent).append(made.figure);
  return made;
}

const charts = {
  logloss: chart('quality-charts', {id: 'logloss', title: 'Logloss', note: 'lower is better',
    series: [{key: 'logloss', ...LEARNER}, {key: 'best_logloss', ...BEST}], decimals: 4, ceiling: 2}),
  auc: chart('quality-charts', {id: 'auc', title: 'AUC', note: 'higher is better; 0.5 is guessing',
    series: [{key: 'auc', ...LEARNER}, {key: 'best_auc', ...BEST}], decimals: 4}),
  ne: chart('quality-charts', {id: 'ne', title: 'Normalized entropy',
    note: '1 is knowing the click-through rate alone',
    series: [{key: 'ne', ...LEARNER}, {key: 'best_ne', ...BEST}], decimals: 4, ceiling: 2}),
  calibration: chart('quality-charts', {id: 'calibration', title: 'Calibration',
    note: 'mean prediction over click-through rate; 1 is right',
    series: [{key: 'calibration', ...LEARNER}], decimals: 3, ceiling: 2, reference: 1}),
  speed: chart('flow-charts', {id: 'throughput', title: 'Throughput',
    note: 'examples learned per second',
    series: [{key: 'examples_per_second', label: 'examples/s', style: 'learner'}],
    decimals: 0, floor: 0, seconds: true}),
  lag: chart('flow-charts', {id: 'lag', title: 'Lag',
    note: 'events in Kafka that the current snapshot does not hold',
    series: [{key: 'behind', label: 'events', style: 'learner'}],
    decimals: 0, floor: 0, seconds: true}),
};

// The key figures stand from the start, so that nothing moves when their numbers come.
const figures = new Map();
for (const name of ['Logloss', 'AUC', 'Normalized entropy', 'Calibration', 'Throughput',
  'Learned', 'Lag', 'Snapshot']) {
  const value = element('dd', {class: 'value'}, '–');
  const note = element('dd', {class: 'note'}, '');
  figures.set(name, {value, note});
  byId('figures').append(element('div', {}, element('dt', {}, name), value, note));
}

function figure(name, value, note) {
  say(figures.get(name).value, value);
  say(figures.get(name).note, note);
}

/** Windows that hold less than half the usual number of examples say little. */
function usual(curves) {
  const sorted = [...curves.examples].sort((a, b) => a - b);
  const least = sorted.length < 3 ? 0 : sorted[Math.floor(sorted.length / 2)] / 2;
  return curves.examples.map((n) => n >= least);
}

let reported = null; // the panel's data, of all tasks

byId('task').addEventListener('change', () => quality(reported));

/** What is reported of the chosen task, where there are several. */
function ofTask(data) {
  const tasks = data.tasks ?? [];
  const select = byId('task');
  byId('tasks').hidden = tasks.length === 0;
  const names = tasks.map(({task}) => task);
  if (names.join() !== [...select.options].map(({value}) => value).join()) {
    const chosen = select.value;
    select.replaceChildren(...names.map((name) => element('option', {value: name}, name)));
    select.value = names.includes(chosen) ? chosen : names[0];
  }
  return {...data, ...tasks.find(({task}) => task === select.value)};
}

function quality(whole) {
  reported = whole;
  const data = ofTask(whole);
  const {curves, since_start: all} = data;
  const kept = usual(curves);
  const pick = (column) => column.filter((_, i) => kept[i]);
  const times = pick(curves.from);
  const columns = Object.fromEntries(
      Object.entries(curves).map(([name, column]) => [name, pick(column)]));
  for (const name of ['logloss', 'auc', 'ne', 'calibration']) {
    charts[name].show(times, columns);
  }
  charts.speed.show(data.speed.time, data.speed);
  const at = lastOfAll([columns.logloss, columns.best_logloss]);
  const last = (name) => columns[name][at] ?? NaN;
  const beside = (name, best, decimals) => Number.isFinite(last(best))
      ? `best reachable ${decimal(last(best), decimals)}`
      : `since start ${decimal(all[name] ?? NaN, decimals)}`;
  figure('Logloss', decimal(last('logloss'), 4), beside('logloss', 'best_logloss', 4));
  figure('AUC', decimal(last('auc'), 4), beside('auc', 'best_auc', 4));
  figure('Normalized entropy', decimal(last('ne'), 4), beside('ne', 'best_ne', 4));
  figure('Calibration', decimal(last('calibration'), 3),
      `since start ${decimal(all.calibration ?? NaN, 3)}`);
  figure('Throughput', count(data.speed.examples_per_second.at(-1) ?? NaN), 'examples per second');
  figure('Learned', count(all.examples), `examples, ${percent(all.ctr ?? NaN)} positive`);
  say(byId('model'), data.task ? `${data.model}, ${data.task}` : data.model);
  document.title = `${data.model} – Freshet console`;
  say(byId('quality-note'), grain(data, kept));
  learned = all;
  if (!flowKnown) {
    showLabels();
  }
}

/** What a point of the curves stands for, and what is not drawn. */
function grain(data, kept) {
  const {from, to} = data.curves;
  if (from.length === 0) {
    return '';
  }
  const window = span((to[0] - from[0]) / Math.max(1, data.joined));
  const few = kept.filter((is) => !is).length;
  return [
    data.joined > 1 ? `Each point joins ${data.joined} windows of ${window}.`
        : `Windows of ${window} of event time.`,
    data.curves.best_logloss.some(Number.isFinite) ? ''
        : 'What could be reached at best is known of simulated streams only.',
    few > 0 ? `${few} with less than half the usual examples not drawn.` : '',
    data.dropped_before ? `Only the last ${count(data.windows)} windows are kept here.` : '',
    data.unreadable > 0 ? `${count(data.unreadable)} records of the topic could not be read.` : '',
    data.others.length > 0
        ? `Topic ${data.topic} also holds ${data.others.join(', ')} (--name).` : '',
  ].filter((part) => part !== '').join(' ');
}

function lag(data) {
  charts.lag.show(data.curve.time, data.curve);
  figure('Lag', count(data.behind),
      data.topics.map(({topic, behind}) => `${count(behind)} ${topic}`).join(', '));
}

let learned = null;
let flowKnown = false;

/** Without the job's own counts: what the metrics say was learned. */
function showLabels() {
  const positives = learned.positives;
  byId('funnel').replaceChildren(group('Learned', learned.examples, 'final labels', [
    ['positive', positives], ['negative', learned.examples - positives],
  ]));
}

function clicks(join) {
  return group('Clicks', join.clicks, 'decoded', [
    ['joined', join.joined_clicks], ['waiting for impressions', join.waiting_clicks],
    ['late', join.late_clicks], ['of no impression', join.orphan_clicks],
    ['duplicates', join.duplicate_clicks], ['not asked for', join.ignored_clicks],
  ]);
}

function flow(data) {
  flowKnown = true;
  const {join, topics, trainer} = data;
  const read = topics.reduce((sum, topic) => sum + topic.events + topic.dead, 0);
  const groups = [
    group('Read', read, 'records', topics.flatMap(({topic, events, dead}) =>
        [[`${topic}, decoded`, events], [`${topic}, dead letters`, dead]])),
    group('Impressions', join.impressions, 'decoded', [
      ['labeled positive', join.positives], ['labeled negative', join.negatives],
      ['waiting for clicks', join.waiting_impressions], ['late', join.late_impressions],
      ['duplicates', join.duplicate_impressions],
    ]),
    ...(topics.length > 1 ? [clicks(join)] : []), // impressions may say their labels
    group('Learner', trainer.examples, 'examples taken', [
      ['skipped', trainer.skipped], ['fake negatives', join.fake_negatives],
      ['corrections', join.corrections], ['negatives sampled out', join.negatives_sampled_out],
      ['clicks lost', join.lost_examples],
    ]),
  ];
  byId('funnel').replaceChildren(...groups);
  say(byId('standstill'), standstill(join.breaker));
  byId('standstill').hidden = standstill(join.breaker) === '';
}

/** What the join waits for, by the state of its breaker. */
export function standstill(breaker) {
  return {
    1: 'Clicks are missing. Event time stands still, and nothing is learned, until they come or are known to be lost.',
    2: 'More clicks come than can be true. Event time stands still, and nothing is learned.',
    3: 'Clicks have been missing for longer than join.breaker.max-hold: time goes on without them.',
  }[breaker] ?? '';
}

/** A whole and its parts, with bars. */
function group(name, whole, unit, parts) {
  const body = element('tbody');
  for (const [label, n] of parts) {
    if (n === undefined) {
      continue;
    }
    const bar = element('span');
    bar.style.width = `${whole > 0 ? 100 * Math.min(1, n / whole) : 0}%`;
    body.append(element('tr', n === 0 ? {class: 'zero'} : {},
        element('th', {scope: 'row'}, label),
        element('td', {class: 'number'}, count(n)),
        element('td', {class: 'number share'}, whole > 0 && n > 0 ? percent(n / whole) : ''),
        element('td', {class: 'bar', 'aria-hidden': 'true'}, bar)));
  }
  return element('table', {class: 'group'},
      element('caption', {}, element('b', {}, name), ` ${count(whole)} ${unit}`), body);
}

function badge(text, style) {
  return element('span', {class: `badge ${style}`}, text);
}

let ages = []; // [element, time it counts from]

function snapshots(data) {
  const largest = Math.max(1, ...data.versions.map((v) => v.bytes));
  ages = [];
  const rows = data.versions.map((v) => {
    const age = element('td', {class: 'number'});
    ages.push([age, v.created]);
    const bar = element('span');
    bar.style.width = `${100 * v.bytes / largest}%`;
    return element('tr', v.latest ? {class: 'latest'} : {},
        element('th', {scope: 'row'}, element('code', {}, v.version)),
        element('td', {class: 'badges'}, ...states(v)),
        element('td', {}, kind(v)),
        age,
        element('td', {class: 'number'}, count(v.rows)),
        element('td', {class: 'number'}, bytes(v.bytes)),
        element('td', {class: 'bar', 'aria-hidden': 'true'}, bar),
        element('td', {class: 'number extra'}, decimal(v.logloss ?? NaN, 4)),
        element('td', {class: 'extra'}, v.event_time === undefined ? '–' : moment(v.event_time)));
  });
  byId('snapshots-table').tBodies[0].replaceChildren(...rows);
  const more = data.count > data.versions.length ? `, the newest ${data.versions.length} shown` : '';
  const versions = data.count === 1 ? '1 version' : `${count(data.count)} versions`;
  say(byId('snapshots-sum'), `${versions}, ${bytes(data.bytes)}${more}`);
  const because = data.moved_because ? `The pointer was moved by hand: ${data.moved_because}.` : '';
  say(byId('pin'), data.pin
      ? `Pinned to ${data.pin.version} since ${moment(data.pin.since)} UTC: ${data.pin.reason}.`
      : because);
  current = data.versions.find((v) => v.latest);
}

let current;

function states(version) {
  const badges = [];
  if (version.latest) {
    badges.push(badge('latest', 'good'));
  }
  if (version.pinned) {
    badges.push(badge('pinned', 'note'));
  }
  if (version.withheld.length > 0) {
    badges.push(badge('withheld', 'bad'), ` ${version.withheld.join('; ')}`);
  }
  return badges;
}

function kind(version) {
  if (version.full_bytes !== undefined) {
    const size = element('small', {class: 'extra'}, ` of ${bytes(version.full_bytes)}`);
    return element('span', {title: 'merged into a full as well'}, 'delta + full', size);
  }
  return version.merged ? `${version.kind}, merged` : version.kind;
}

function fields(data) {
  const most = Math.max(1, ...data.fields.map((f) => f.rows));
  const rows = data.fields.map((f) => line(f, most));
  const all = (key) => data.fields.reduce((total, f) => total + f[key], 0);
  const total = line({field: 'All', kind: '', rows: all('rows'), updates: all('updates')}, 0);
  total.className = 'sum';
  byId('rows-table').tBodies[0].replaceChildren(...rows, total);
  byId('rows-table').hidden = data.fields.length === 0;
  say(byId('rows-version'), `of version ${data.version}`);
  const whole = Object.entries(data.table).map(([name, n]) => `${name.replaceAll('_', ' ')} ${count(n)}`);
  say(byId('rows-note'), [
    whole.length > 0 ? `Of the whole table: ${whole.join(', ')}.` : '',
    data.uncounted ? `Not by field: ${data.uncounted}.` : '',
  ].join(' ').trim());
}

function line(field, most) {
  const bar = element('span');
  bar.style.width = `${most > 0 ? 100 * field.rows / most : 0}%`;
  return element('tr', {},
      element('th', {scope: 'row'}, field.field),
      element('td', {class: 'extra'}, field.kind),
      element('td', {class: 'number'}, count(field.rows)),
      element('td', {class: 'number'}, count(field.updates)),
      element('td', {class: 'number'},
          field.rows > 0 ? decimal(field.updates / field.rows, 1) : '–'),
      element('td', {class: 'bar', 'aria-hidden': 'true'}, most > 0 ? bar : ''));
}

function served(data) {
  const rows = [...data.models.map((m) => answered(m, 'all')),
    ...data.versions.map((v) => answered(v, v.version))];
  byId('served-table').tBodies[0].replaceChildren(...rows);
  byId('served-table').hidden = rows.length === 0;
  say(byId('served-note'), [
    `Of the last ${count(data.impressions)} impressions of topic ${data.topic},`
        + ` ${count(data.unlabeled)} have no label in ${data.labels_from} yet.`,
    data.other_versions > 0 ? `${count(data.other_versions)} earlier versions are not shown.` : '',
    data.unreadable > 0 ? `${count(data.unreadable)} records could not be read.` : '',
  ].join(' ').trim());
}

/** A model or a version of it; of a shadow with its distance from what was answered, and 95 %. */
function answered(of, version) {
  const difference = of.difference === undefined ? ''
      : `${signed(of.difference, 4)} ± ${decimal(of.interval, 4)}`;
  return element('tr', {},
      element('th', {scope: 'row'}, of.model),
      element('td', {}, version === 'all' ? version : element('code', {}, version)),
      element('td', {}, of.shadow ? 'shadow' : 'answers'),
      element('td', {class: 'number'}, count(of.examples)),
      element('td', {class: 'number'}, decimal(of.logloss ?? NaN, 4)),
      element('td', {class: 'number'}, decimal(of.ne ?? NaN, 4)),
      element('td', {class: 'number'}, decimal(of.calibration ?? NaN, 3)),
      element('td', {class: 'number extra'}, difference));
}

const shows = {quality, lag, served, snapshots, fields, flow};

/** Shows a panel, or why it has nothing new. */
export function show(name, panel) {
  const problem = document.querySelector(`[data-panel="${name}"]`);
  problem.closest('section').hidden = false; // one that is not asked for has no panel
  problem.hidden = panel.problem === undefined;
  const since = panel.seen === undefined ? 'Not available' : `Not renewed since ${moment(panel.seen, true)} UTC`;
  say(problem, panel.problem === undefined ? '' : sentence(`${since}: ${panel.problem}`));
  if (panel.data !== null) {
    shows[name](panel.data);
  }
}

/** Brings what counts from a time up to now, by the server's clock. */
export function age(now) {
  for (const [target, time] of ages) {
    say(target, span(now - time));
  }
  if (current) {
    figure('Snapshot', span(now - current.created), `old, a ${current.kind} of ${count(current.rows)} rows`);
  }
}
