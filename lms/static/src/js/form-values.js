// Reads and writes a form's controls as pairs [name, value], in the form's order, so that controls of one name stay apart.

const isPick = (control) => ['checkbox', 'radio'].includes(control.type);
const isList = (control) => Boolean(control.multiple && control.options);

/** Returns the pairs of these controls: of boxes only the checked ones, of a list one pair for each selected option. */
export function readValues(controls) {
  return [...controls]
    .filter((control) => !isPick(control) || control.checked)
    .flatMap((control) =>
      isList(control)
        ? [...control.options].filter((option) => option.selected).map((option) => [control.name, option.value])
        : [[control.name, control.value]],
    );
}

/** Writes the pairs into the controls; a text control without a pair keeps its value. Calls `written` after each control. */
export function writeValues(controls, pairs, written = () => {}) {
  const left = new Map();
  for (const [name, value] of pairs) left.set(name, [...(left.get(name) ?? []), value]);
  for (const control of controls) {
    const values = left.get(control.name) ?? [];
    if (isPick(control)) control.checked = values.includes(control.value);
    else if (isList(control)) for (const option of control.options) option.selected = values.includes(option.value);
    else if (values.length) control.value = values.shift();
    else continue;
    written(control);
  }
}

/** Returns whether every name among these controls has a value that is not blank. */
export function isComplete(controls) {
  const filled = new Set(
    readValues(controls)
      .filter(([, value]) => value.trim())
      .map(([name]) => name),
  );
  return [...controls].every((control) => filled.has(control.name));
}

export const sameValues = (one, other) => JSON.stringify(one) === JSON.stringify(other);
