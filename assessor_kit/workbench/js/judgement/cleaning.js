// Characters that cannot be seen come along when words are copied from elsewhere. They are taken out
// where the assessor sees it, because a member would read something else than was meant.

// What these stand for where people write: a new line within a cell or a paragraph.
const LINE_BREAKS = new Set(["\u000b", "\u000c", "\u0085"]);
const NAMES = [
  { name: "soft hyphen", among: /\u00ad/ },
  { name: "vertical tab or page break", among: /[\u000b\u000c\u0085]/ },
  {
    name: "mark that turns the direction of text",
    among: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
  },
  { name: "space without width", among: /[\u200b\u200c\u2060\ufeff]/ },
];

/**
 * Returns a text without the characters that cannot be seen, and what was taken out, in words.
 *
 * @param {string} text
 * @param {string} unseen  the pattern of these characters, as the program has it
 * @returns {{ text: string, removed: string }}
 */
export function cleaned(text, unseen) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const clean = text.replace(new RegExp(unseen, "gu"), (whole, character) => {
    if (character === undefined) {
      return whole; // the flag of a nation is spelt with such characters
    }
    const name = NAMES.find(({ among }) => among.test(character))?.name ?? "control character";
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return LINE_BREAKS.has(character) ? "\n" : "";
  });
  const removed = [...counts].map(([name, number]) => `${number} × ${name}`).join(", ");
  return { text: clean, removed };
}

/**
 * Says beside a field what was taken out of it; an empty text takes the note away.
 *
 * @param {HTMLElement} field
 * @param {string} removed
 */
export function noteRemoved(field, removed) {
  const place = field.closest("label") ?? field;
  const old = place.nextElementSibling;
  if (old?.classList.contains("ak-cleaned")) {
    old.remove();
  }
  if (removed) {
    const note = document.createElement("span");
    note.className = "ak-cleaned";
    note.setAttribute("role", "status");
    note.textContent = `Taken out of this text, because nobody can see it: ${removed}.`;
    place.after(note);
  }
}
