// The table of criteria: rows are added and removed in the page; without this script the server does it.
import { find, findAll, on } from '../js/dom.js';

const body = () => find('[data-rows] tbody');
const changed = () =>
  body()
    .closest('form')
    .dispatchEvent(new Event('change', { bubbles: true }));

/** Renumbers the rows' names, labels and numbers. */
function renumber() {
  findAll('tr', body()).forEach((row, place) => {
    for (const field of findAll('[id^="criteria-"]', row)) field.id = field.id.replace(/-\d+-/, `-${place}-`);
    for (const field of findAll('[aria-label]', row))
      field.setAttribute('aria-label', field.getAttribute('aria-label').replace(/\d+/, String(place + 1)));
    find('button', row).value = `remove-${place}`;
  });
}

function blank(row) {
  for (const fault of findAll('.err', row)) fault.remove();
  for (const field of findAll('input, textarea', row)) {
    field.value = '';
    field.removeAttribute('aria-invalid');
    field.removeAttribute('aria-describedby');
  }
  return row;
}

on('click', '[name="row"]', (event, button) => {
  event.preventDefault();
  const row = button.closest('tr');
  if (!row) body().append(blank(body().lastElementChild.cloneNode(true)));
  else if (body().children.length > 1) row.remove();
  else blank(row);
  renumber();
  const next = row ? find('textarea', body()) : find('textarea', body().lastElementChild);
  next.focus();
  changed();
});
