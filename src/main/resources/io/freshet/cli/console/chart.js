// A line chart over time as SVG: drawn again when its numbers or its width change, never in between.
// Values are read by the mouse, by touch, or with the arrow keys.

import {clock, day, decimal, element, moment, say} from './text.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 176;
const LEFT = 58;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = HEIGHT - 24;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * SECOND)
    .concat([1, 2, 5, 10, 15, 30].map((n) => n * MINUTE))
    .concat([1, 2, 3, 6, 12].map((n) => n * HOUR))
    .concat([1, 2, 5, 10, 20, 50, 100].map((n) => n * DAY));

function svg(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

export class LineChart {
  /**
   * @param options id, title, note, series [{key, label, style}], decimals; and where they apply
   *     ceiling (values above are drawn at it), reference (a line of its own), floor (of the axis),
   *     seconds (whether times are shown to the second)
   */
  constructor(options) {
    this.options = options;
    this.times = [];
    this.columns = {};
    this.cursor = null; // index of the point that is read; the last one where null
    this.width = 0;
    this.build();
    new ResizeObserver((entries) => this.resize(entries[0].contentRect.width)).observe(this.plot);
  }

  build() {
    const {id, title, note, series} = this.options;
    this.values = new Map();
    const legend = element('p', {class: 'legend'});
    for (const {key, label, style} of series) {
      const value = element('b', {});
      const entry = element('span', {class: `entry ${style}`},
          element('i', {'aria-hidden': 'true'}), `${label} `, value);
      this.values.set(key, {value, entry});
      legend.append(entry);
    }
    this.when = element('span', {class: 'when'});
    legend.append(this.when);
    this.plot = element('div', {class: 'plot'});
    this.drawing = svg('svg', {height: HEIGHT, 'aria-hidden': 'true', focusable: 'false'});
    this.empty = element('p', {class: 'none'}, 'Nothing to draw yet.');
    this.plot.append(this.drawing, this.empty);
    this.figure = element('figure', {id, tabindex: '0', role: 'group', 'aria-label': title},
        element('figcaption', {}, element('b', {}, title), ` ${note}`), legend, this.plot);
    this.drawing.addEventListener('pointermove', (event) => this.point(event));
    this.drawing.addEventListener('pointerleave', () => this.read(null));
    this.figure.addEventListener('keydown', (event) => this.key(event));
    this.figure.addEventListener('blur', () => this.read(null));
  }

  /** Takes numbers: times ascending, and for each series a column, null where there is none. */
  show(times, columns) {
    this.times = times;
    this.columns = columns;
    this.cursor = null;
    this.draw();
  }

  resize(width) {
    if (Math.abs(width - this.width) >= 1) {
      this.width = width;
      this.draw();
    }
  }

  draw() {
    const present = this.series().filter(({key}) => this.has(key));
    this.empty.hidden = present.length > 0;
    this.drawing.hidden = present.length === 0;
    this.drawing.style.display = present.length === 0 ? 'none' : '';
    for (const {key} of this.series()) {
      this.values.get(key).entry.hidden = !this.has(key);
    }
    this.read(null);
    if (present.length === 0 || this.width === 0) {
      return;
    }
    this.scale(present);
    const parts = [...this.valueAxis(), ...this.timeAxis()];
    for (const one of [...present].reverse()) {
      parts.push(...this.curve(one));
    }
    this.line = svg('line', {class: 'cursor', y1: TOP, y2: BOTTOM, visibility: 'hidden'});
    parts.push(this.line, ...this.aboveCeiling(present));
    this.drawing.setAttribute('width', this.width);
    this.drawing.replaceChildren(...parts);
    this.figure.setAttribute('aria-label', this.spoken(present));
  }

  series() {
    return this.options.series;
  }

  has(key) {
    return (this.columns[key] || []).some(Number.isFinite);
  }

  scale(present) {
    const {ceiling = Infinity, reference, floor, decimals} = this.options;
    const values = present.flatMap(({key}) => this.columns[key]).filter(Number.isFinite)
        .map((value) => Math.min(value, ceiling));
    if (reference !== undefined) {
      values.push(reference);
    }
    if (floor !== undefined) {
      values.push(floor);
    }
    let low = Math.min(...values);
    let high = Math.max(...values);
    const least = 4 * Math.pow(10, -decimals); // below it differences are not written
    if (high - low < least) {
      const pad = (least - (high - low)) / 2;
      low -= floor === undefined ? pad : 0;
      high += pad;
    }
    this.step = niceStep((high - low) / 4);
    this.low = Math.floor(low / this.step) * this.step;
    this.high = Math.ceil(high / this.step) * this.step;
    const last = this.times[this.times.length - 1];
    const alone = this.times[0] === last ? 30 * SECOND : 0; // one point stands in the middle
    this.from = this.times[0] - alone;
    this.to = last + alone;
  }

  x(time) {
    return LEFT + (time - this.from) / (this.to - this.from) * (this.width - LEFT - RIGHT);
  }

  y(value) {
    const {ceiling = Infinity} = this.options;
    return BOTTOM - (Math.min(ceiling, value) - this.low) / (this.high - this.low) * (BOTTOM - TOP);
  }

  valueAxis() {
    const parts = [];
    const decimals = Math.max(0, -Math.floor(Math.log10(this.step) + 1e-9));
    for (let i = 0; this.low + i * this.step <= this.high + this.step / 2; i++) {
      const value = this.low + i * this.step;
      const y = this.y(value).toFixed(1);
      const style = value === this.options.reference ? 'reference' : 'grid';
      parts.push(svg('line', {class: style, x1: LEFT, x2: this.width - RIGHT, y1: y, y2: y}));
      parts.push(svg('text', {class: 'tick', x: LEFT - 8, y: +y + 4, 'text-anchor': 'end'},
          decimal(value, decimals)));
    }
    return parts;
  }

  timeAxis() {
    const most = Math.max(2, Math.floor((this.width - LEFT - RIGHT) / 70));
    const step = TIME_STEPS.find((s) => (this.to - this.from) / s <= most) || 200 * DAY;
    const parts = [];
    for (let time = Math.ceil(this.from / step) * step; time <= this.to; time += step) {
      const label = time % DAY === 0 ? day(time) : clock(time, step < MINUTE);
      const x = this.x(time);
      const anchor = x > this.width - 30 ? 'end' : 'middle';
      parts.push(svg('line', {class: 'axis', x1: x, x2: x, y1: BOTTOM, y2: BOTTOM + 4}));
      parts.push(svg('text', {class: 'tick', x, y: BOTTOM + 18, 'text-anchor': anchor}, label));
    }
    return parts;
  }

  curve({key, style}) {
    const column = this.columns[key];
    const path = [];
    let last = -1;
    let pen = 'M';
    this.times.forEach((time, i) => {
      if (!Number.isFinite(column[i])) {
        pen = 'M';
        return;
      }
      path.push(`${pen}${this.x(time).toFixed(1)} ${this.y(column[i]).toFixed(1)}`);
      pen = 'L';
      last = i;
    });
    return [
      svg('path', {class: `curve ${style}`, d: path.join('')}),
      svg('circle', {class: `dot ${style}`, r: 3,
        cx: this.x(this.times[last]).toFixed(1), cy: this.y(column[last]).toFixed(1)}),
    ];
  }

  aboveCeiling(present) {
    const {ceiling} = this.options;
    const above = ceiling === undefined ? 0
        : present.flatMap(({key}) => this.columns[key]).filter((value) => value > ceiling).length;
    return above === 0 ? []
        : [svg('text', {class: 'tick', x: this.width - RIGHT, y: TOP + 12, 'text-anchor': 'end'},
            `${above} above ${ceiling}`)];
  }

  point(event) {
    const x = event.clientX - this.drawing.getBoundingClientRect().left;
    const time = this.from + (x - LEFT) / (this.width - LEFT - RIGHT) * (this.to - this.from);
    let nearest = 0;
    this.times.forEach((t, i) => {
      if (Math.abs(t - time) < Math.abs(this.times[nearest] - time)) {
        nearest = i;
      }
    });
    this.read(nearest);
  }

  key(event) {
    const last = this.times.length - 1;
    const at = this.cursor === null ? last : this.cursor;
    const to = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last}[event.key];
    if (to !== undefined && last >= 0) {
      event.preventDefault();
      this.when.setAttribute('aria-live', 'polite');
      this.read(Math.max(0, Math.min(last, to)));
    }
  }

  /** Writes the values of a point into the legend: of the last one that all curves have, or this. */
  read(index) {
    this.cursor = index;
    const at = index ?? lastOfAll(this.series().map(({key}) => this.columns[key] || []));
    for (const {key} of this.series()) {
      const value = (this.columns[key] || [])[at];
      say(this.values.get(key).value, decimal(value ?? NaN, this.options.decimals));
    }
    say(this.when, index === null ? '' : moment(this.times[index], this.options.seconds) + ' UTC');
    if (this.line) {
      this.line.setAttribute('visibility', index === null ? 'hidden' : 'visible');
      if (index !== null) {
        const x = this.x(this.times[index]).toFixed(1);
        this.line.setAttribute('x1', x);
        this.line.setAttribute('x2', x);
      }
    }
  }

  spoken(present) {
    const ends = present.map(({key, label}) =>
        `${label} ${decimal(this.columns[key].filter(Number.isFinite).at(-1), this.options.decimals)}`);
    return `${this.options.title}: line chart of ${this.times.length} points, at the end `
        + `${ends.join(', ')}. Left and right arrows read the points.`;
  }
}

/** The last index at which every column that has values has one. */
export function lastOfAll(columns) {
  const present = columns.filter((column) => column.some(Number.isFinite));
  let at = Math.max(-1, ...present.map((column) => column.length - 1));
  while (at >= 0 && !present.every((column) => Number.isFinite(column[at]))) {
    at--;
  }
  return at;
}

function niceStep(rough) {
  const power = Math.pow(10, Math.floor(Math.log10(rough)));
  const factor = [1, 2, 5, 10].find((f) => f * power >= rough * 0.999);
  return factor * power;
}
