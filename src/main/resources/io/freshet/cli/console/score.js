// The form that scores an impression, and what each field adds to the score.

import {decimal, element, percent, say, sentence, signed} from './text.js';

const byId = (id) => document.getElementById(id);
const PARTS = [['first_order', 'First order'], ['pairs', 'Pairs (FM)'], ['dense', 'Deep']];
let inputs = []; // {name, kind, input, given: the text it was filled with, value: what that was}
let tasks = []; // {name, after}; none of a model of one task
let loading = false;
let asked = 0; // what is asked while an answer is on its way makes that one old

async function ask(path, options) {
  const response = await fetch(path, options);
  const json = await response.json();
  if (!response.ok || json.problem) {
    throw new Error(json.problem || json.error || `status ${response.status}`);
  }
  return json;
}

/** Makes the form once there is a model; asked again until there is. */
export async function load() {
  if (loading || inputs.length > 0) {
    return;
  }
  loading = true;
  try {
    const model = await ask('data/model');
    tasks = model.model.tasks || [];
    build(model.schema.fields || model.schema);
    await fill();
    await score();
  } catch (e) {
    say(byId('form-note'), sentence(e.message));
  } finally {
    loading = false;
  }
}

function build(fields) {
  const raw = fields.filter((field) => field.kind !== 'cross');
  const hints = {multi: 'several, with commas between', numeric: 'a number'};
  inputs = raw.map(({name, kind}) => {
    const id = `feature-${name}`;
    const input = element('input', {id, name, autocomplete: 'off', spellcheck: 'false',
      ...(kind === 'numeric' ? {inputmode: 'decimal'} : {})});
    const label = element('label', {for: id}, name);
    if (hints[kind]) {
      label.append(element('small', {}, ` ${hints[kind]}`));
    }
    return {name, kind, input, label};
  });
  byId('inputs').replaceChildren(...inputs.map(({label, input}) =>
      element('div', {class: 'field'}, label, input)), ...choice());
  byId('ask').disabled = false;
  byId('another').disabled = false;
}

/** What chooses the task that is explained. */
function choice() {
  if (tasks.length === 0) {
    return [];
  }
  const select = element('select', {id: 'explained'},
      ...tasks.map(({name}) => element('option', {value: name}, name)));
  select.addEventListener('change', score);
  return [element('div', {class: 'field'},
      element('label', {for: 'explained'}, 'Task', element('small', {}, ' whose logit is explained')), select)];
}

/** Fills the form with a recent impression. */
async function fill() {
  try {
    const found = await ask('data/impression');
    for (const entry of inputs) {
      entry.value = found.features[entry.name];
      entry.given = written(entry.value);
      entry.input.value = entry.given;
    }
    say(byId('form-note'),
        `A recent impression: ${found.topic}, partition ${found.partition}, offset ${found.offset}.`);
  } catch (e) {
    say(byId('form-note'), `No recent impression to begin with: ${sentence(e.message)}`);
  }
}

function written(value) {
  return value === undefined || value === null ? ''
      : Array.isArray(value) ? value.join(', ') : String(value);
}

function features() {
  const features = {};
  for (const {name, kind, input, given, value} of inputs) {
    const text = input.value.trim();
    if (text === '') {
      continue; // the field is missing
    }
    if (text === given) {
      features[name] = value;
    } else if (kind === 'multi') {
      features[name] = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
    } else if (kind === 'numeric') {
      features[name] = Number.isFinite(Number(text)) ? Number(text) : text; // refused by name
    } else {
      features[name] = text;
    }
  }
  return features;
}

async function score() {
  const button = byId('ask');
  button.setAttribute('aria-busy', 'true');
  const turn = ++asked;
  try {
    const answer = await ask('data/explain', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({...(tasks.length > 0 ? {task: byId('explained').value} : {}),
        instances: [{features: features()}]}),
    });
    if (turn === asked) {
      show(answer);
    }
  } catch (e) {
    byId('answer').replaceChildren(
        element('p', {class: 'problem'}, `Not scored: ${sentence(e.message)}`));
  } finally {
    button.removeAttribute('aria-busy');
  }
}

function show(answer) {
  const explained = answer.explanations[0];
  const {task} = answer;
  const probability = task ? answer.predictions[0][task] : answer.predictions[0];
  const fields = [...explained.fields].sort((a, b) => Math.abs(b.total) - Math.abs(a.total));
  const used = PARTS.filter(([key], i) => i === 0 || fields.some((field) => field[key] !== 0));
  const reach = Math.max(1e-9, ...fields.map((field) => extent(field, used)));
  const body = element('tbody', {}, plain('without any field', explained.base, used, 'base'));
  for (const field of fields) {
    body.append(row(field, used, reach));
  }
  body.append(plain('logit', explained.logit, used, 'sum'));
  byId('answer').replaceChildren(
      element('p', {class: 'probability'},
          element('b', {id: 'probability'}, decimal(probability, 4)), ` probability of ${task ?? 'a click'}`),
      ...others(answer),
      element('p', {class: 'note'}, 'Scored by version ', element('code', {}, answer.model_version)),
      element('p', {class: 'legend', 'aria-hidden': 'true'}, ...used.map(([key, name]) =>
          element('span', {class: `entry ${key}`}, element('i'), name))),
      element('div', {class: 'scroll', tabindex: '0', role: 'region',
        'aria-label': 'What each field adds to the logit'},
      element('table', {id: 'contributions'}, head(used), body)),
      mixture(explained.experts));
}

/** The probabilities of all tasks, and what the logit of this one is given. */
function others({task, predictions}) {
  if (!task) {
    return [];
  }
  const all = Object.entries(predictions[0]).map(([name, p]) => `${name} ${decimal(p, 4)}`).join(', ');
  const after = tasks.find(({name}) => name === task)?.after;
  return [element('p', {class: 'note', id: 'all-tasks'},
      after ? `${all}. The logit is that of ${task} given ${after}.` : `${all}.`)];
}

/** What each expert predicts, and its weight in the score. */
function mixture(experts) {
  const parts = experts.map((expert, i) => element('span', {
    'data-weight': expert.weight, 'data-probability': expert.probability},
  `${i ? ', ' : ''}${title(expert)} ${decimal(expert.probability, 4)} (${percent(expert.weight)})`));
  return element('p', {id: 'experts', class: 'note'}, 'Mixed of: ', ...parts);
}

function title({first_order: firstOrder, logit}) {
  if (firstOrder === 0 && logit === 0) {
    return 'base rate';
  }
  const [name, share] = firstOrder > 0 ? ['first order', firstOrder] : ['the model', logit];
  return share === 1 ? name : `${share} × ${name}`;
}

/** The field's name, and what its number was standardized to. */
function named({field, number}) {
  return number
    ? [field, element('small', {}, ` ${number.log ? 'log, ' : ''}standardized ${signed(number.standardized, 2)}`)]
    : [field];
}

function head(used) {
  return element('thead', {}, element('tr', {},
      element('th', {scope: 'col'}, 'Field'),
      element('th', {scope: 'col', class: 'diverging', 'aria-hidden': 'true'}),
      ...used.map(([, name]) => element('th', {scope: 'col', class: 'number extra'}, name)),
      element('th', {scope: 'col', class: 'number'}, 'Adds')));
}

function row(field, used, reach) {
  return element('tr', {'data-field': field.field},
      element('th', {scope: 'row'}, ...named(field)),
      element('td', {class: 'diverging', 'aria-hidden': 'true'}, bars(field, used, reach)),
      ...used.map(([key]) => element('td', {class: 'number extra'}, signed(field[key], 3))),
      element('td', {class: 'number total', 'data-value': field.total}, signed(field.total, 3)));
}

function plain(name, value, used, style) {
  return element('tr', {class: style},
      element('th', {scope: 'row'}, name),
      element('td', {class: 'diverging', 'aria-hidden': 'true'}),
      ...used.map(() => element('td', {class: 'extra'})),
      element('td', {class: 'number total', 'data-value': value}, signed(value, 3)));
}

/** How far a field's bar goes to either side. */
function extent(field, used) {
  const sum = (sign) => used.reduce((total, [key]) => total + Math.max(0, sign * field[key]), 0);
  return Math.max(sum(1), sum(-1));
}

/** What lowers the logit to the left of the middle, what raises it to the right. */
function bars(field, used, reach) {
  const side = (sign) => {
    const box = element('span', {class: sign < 0 ? 'lowers' : 'raises'});
    for (const [key] of used) {
      if (sign * field[key] > 0) {
        const part = element('i', {class: key});
        part.style.width = `${100 * sign * field[key] / reach}%`;
        box.append(part);
      }
    }
    return box;
  };
  const both = element('span', {class: 'both'});
  both.append(side(-1), side(1));
  return both;
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  score();
});
byId('another').addEventListener('click', async () => {
  await fill();
  await score();
});
