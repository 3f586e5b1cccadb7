// Numbers, times and elements as people read them. All text goes in as text, never as markup.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Sets an element's text, and leaves the page alone where it stands there already. */
export function say(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

export function count(n) {
  return Number.isFinite(n) ? Math.round(n).toLocaleString('en-US') : '–';
}

export function decimal(value, decimals) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  const text = value.toLocaleString('en-US',
      {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
  return /[1-9]/.test(text) ? text.replace('-', '−') : text.replace('-', '');
}

export function signed(value, decimals) {
  const text = decimal(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? '+' + text : text;
}

export function percent(share) {
  return Number.isFinite(share) ? decimal(100 * share, share < 0.001 && share > 0 ? 3 : 1) + ' %' : '–';
}

export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  while (n >= 999.5 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return decimal(n, unit === 0 || n >= 99.5 ? 0 : 1) + ' ' + units[unit];
}

/** A span in its two largest units. */
export function span(millis) {
  const s = Math.max(0, Math.round(millis / 1000));
  const pair = (large, unit, small, smallUnit) =>
      `${large} ${unit}` + (small === 0 ? '' : ` ${small} ${smallUnit}`);
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return pair(Math.floor(s / 60), 'min', s % 60, 's');
  }
  return s < 86400
      ? pair(Math.floor(s / 3600), 'h', Math.floor(s % 3600 / 60), 'min')
      : pair(Math.floor(s / 86400), 'd', Math.floor(s % 86400 / 3600), 'h');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n) => String(n).padStart(2, '0');

export function day(time) {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

export function clock(time, seconds = false) {
  const date = new Date(time);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
      + (seconds ? `:${two(date.getUTCSeconds())}` : '');
}

export function moment(time, seconds = false) {
  return `${day(time)} ${clock(time, seconds)}`;
}

export function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
