/**
 * Returns the same text for equal values, whatever the order in which their parts were set.
 *
 * @param {unknown} value  anything that JSON can hold
 * @returns {string}
 */
export function stableText(value) {
  if (Array.isArray(value)) {
    return `[${value.map(stableText).join()}]`;
  }
  if (value !== null && typeof value === "object") {
    const parts = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${stableText(part)}`).join()}}`;
  }
  return JSON.stringify(value ?? null);
}
