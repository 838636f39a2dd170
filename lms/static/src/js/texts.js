// Messages of scripts. The msgids are English; the build adds the Russian translations (see build/texts.mjs).
import russian from 'texts:ru';
import { lang } from './dom.js';

// A value that ends in a period takes the place of the period after it.
const fill = (text, values) =>
  text.replace(/%\((\w+)\)s(\.(?![.\w]))?/g, (whole, name, stop = '') => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    return /[.…!?]$/.test(value) ? `${value}` : `${value}${stop}`;
  });
const forms = { one: 0, few: 1, many: 2, other: 2 };
const rules = new Intl.PluralRules('ru');

/** The message in the page's language: _('Saved at %(time)s', {time}). Write it as one literal. */
export function _(message, values = {}) {
  return fill((lang === 'ru' && russian[message]?.[0]) || message, values);
}

/** The message for this number: ngettext('%(num)s file', '%(num)s files', n). */
export function ngettext(one, many, num, values = {}) {
  const found = lang === 'ru' && russian[one];
  const text = found ? found[forms[rules.select(num)]] : num === 1 ? one : many;
  return fill(text, { num, ...values });
}

/** A number as the page's language writes it: 1,5 or 1.5. */
export const number = (value) => new Intl.NumberFormat(lang, { maximumFractionDigits: 2 }).format(value);
/** The time of day: 14:32. */
export const clock = (moment = new Date()) =>
  new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'ru', { hour: '2-digit', minute: '2-digit' }).format(moment);
