// Long sentences, counted as in the feedback itself (`assessor_kit/feedback/report/readability.py`).

/** How many words a sentence may have. */
export const LONG_SENTENCE = 25;

/**
 * Returns the sentences that have too many words.
 *
 * @param {string[]} texts
 */
export function longSentences(texts) {
  return texts
    .flatMap((text) => text.split(/(?<=[.!?])\s+/))
    .filter((sentence) => sentence.trim().split(/\s+/).length > LONG_SENTENCE);
}

/**
 * Says how many sentences are too long, and how the first of them begins.
 *
 * @param {string[]} texts
 */
export function saidOfLongSentences(texts) {
  const long = longSentences(texts);
  if (!long.length) {
    return `No sentence is over ${LONG_SENTENCE} words.`;
  }
  const count = long.length === 1 ? "1 sentence" : `${long.length} sentences`;
  return `${count} over ${LONG_SENTENCE} words: “${long[0].slice(0, 60)}…”`;
}
