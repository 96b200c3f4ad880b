// Works a draw out again from what was published, with the browser's own SHA-256.
// It repeats assessor_kit/sampling: leaves.py, tickets.py and commitment.py say the same in Python.
"use strict";

const published = JSON.parse(document.getElementById("data").textContent);
const commitment = JSON.parse(published.commitment);
const LEAF_BYTES = 32;
const BRANCHES = 256;
const SHORTEST_NUMBER = 64;
const AT_ONCE = 2000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const text = new TextEncoder();

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function bytesOf(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const leaves = [];
  for (let place = 0; place < bytes.length; place += LEAF_BYTES) {
    leaves.push(hex(bytes.subarray(place, place + LEAF_BYTES)));
  }
  return leaves;
}

// What is known of each stratum: all its leaves, or only those drawn, in their order.
const strata = commitment.strata.map((stated, place) => ({
  ...stated,
  leaves: published.strata[place].leaves === null ? null : unpacked(published.strata[place].leaves),
  drawn: published.strata[place].drawn === null ? null : unpacked(published.strata[place].drawn),
}));

function saltOf(letters) {
  let bits = "";
  for (const letter of letters) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    bits += value.toString(2).padStart(5, "0");
  }
  const bytes = bits.slice(0, bits.length - (bits.length % 8)).match(/.{8}/g) ?? [];
  return bytes.length === 16 ? Uint8Array.from(bytes, (byte) => parseInt(byte, 2)) : null;
}

/** The membership number and the salt of a code, or null. */
function readCode(given) {
  const plain = given.replace(/\s/g, "").toUpperCase();
  const colon = plain.lastIndexOf(":");
  if (colon < 1) return null;
  const salt = saltOf(plain.slice(colon + 1).replaceAll("-", ""));
  return salt && { number: plain.slice(0, colon), salt };
}

function leafText(stratum, number) {
  return `assessor-kit leaf 1\n${commitment.draw_id}\n${stratum.name}\n${number}`;
}

async function leafOf(code, stratum) {
  const key = await crypto.subtle.importKey(
    "raw",
    code.salt,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signed = await crypto.subtle.sign("HMAC", key, text.encode(leafText(stratum, code.number)));
  return hex(new Uint8Array(signed));
}

async function ticketOf(leaf, seedHash) {
  const number = BigInt("0x" + hex(await sha256(text.encode(seedHash + leaf))));
  const digits = number.toString().padStart(SHORTEST_NUMBER, "0");
  return "0." + Array.from(digits).reverse().join("");
}

async function ticketsOf(leaves, seedHash) {
  const tickets = [];
  for (let start = 0; start < leaves.length; start += AT_ONCE) {
    const part = leaves.slice(start, start + AT_ONCE);
    tickets.push(...(await Promise.all(part.map((leaf) => ticketOf(leaf, seedHash)))));
    if (leaves.length > AT_ONCE) {
      say(`${tickets.length.toLocaleString()} of ${leaves.length.toLocaleString()} counted`);
    }
  }
  return tickets;
}

async function hashed(row, tag) {
  const above = [];
  for (let start = 0; start < Math.max(1, row.length); start += BRANCHES) {
    above.push(await sha256(joined(Uint8Array.of(tag), ...row.slice(start, start + BRANCHES))));
  }
  return above;
}

async function rootOf(leaves) {
  let row = await hashed(leaves.map(bytesOf), 0);
  while (row.length > 1) row = await hashed(row, 1);
  return hex(row[0]);
}

async function rootOfStrata() {
  const lines = commitment.strata
    .map((one) => `${[one.name, one.members, one.selected, one.reserves, one.root].join("\t")}\n`)
    .join("");
  return hex(await sha256(joined(Uint8Array.of(2), text.encode(lines))));
}

function say(words) {
  document.getElementById("progress").textContent = words;
}

function element(name, words, kind) {
  const made = document.createElement(name);
  if (words !== undefined) made.textContent = words;
  if (kind) made.className = kind;
  return made;
}

function step(title, words, arithmetic, right = true) {
  const item = element("li", undefined, right ? "" : "wrong");
  item.append(element("strong", title), element("p", words));
  const folded = element("details");
  folded.append(element("summary", "The arithmetic"), element("pre", arithmetic.join("\n")));
  item.append(folded);
  document.getElementById("steps").append(item);
}

function showAnswer(words) {
  document.getElementById("result").textContent = words;
  const answer = document.getElementById("answer");
  answer.hidden = false;
  answer.focus();
}

/** Where a code's leaf is, in whichever stratum. */
async function find(code) {
  const tried = [];
  for (const stratum of strata) {
    const leaf = await leafOf(code, stratum);
    tried.push({ stratum, leaf });
    if ((stratum.leaves ?? stratum.drawn ?? []).includes(leaf)) return { stratum, leaf, tried };
  }
  return { stratum: null, leaf: "", tried };
}

function verdict(stratum, rank) {
  if (rank <= stratum.selected) return "selected";
  return rank <= stratum.selected + stratum.reserves ? "a reserve" : "not selected";
}

const called = (stratum) => (stratum.name === "all" ? "" : `, ‘${stratum.name}’`);
const many = (number, one) => `${number.toLocaleString()} ${one}${number === 1 ? "" : "s"}`;

async function check(code) {
  document.getElementById("steps").replaceChildren();
  const { stratum, leaf } = await find(code);
  if (!stratum) {
    const partly = strata.some((one) => one.leaves === null);
    showAnswer(
      partly
        ? "You are not among those drawn, as far as this page can tell"
        : "This code is not in this draw",
    );
    step(
      "What to do",
      partly
        ? "The page holds only those drawn. Open the draw file above, and check again: it holds everybody."
        : "Copy the whole code again from your letter. If it is still not found, ask the body that wrote to you.",
      [`Membership number read from the code: ${code.number}`],
      partly,
    );
    return;
  }
  const seedHash = hex(await sha256(text.encode(published.draw.seed)));
  const known = stratum.leaves ?? stratum.drawn;
  const tickets = await ticketsOf(known, seedHash);
  const mine = tickets[known.indexOf(leaf)];
  const rank = 1 + tickets.filter((ticket) => ticket < mine).length;
  const result = verdict(stratum, rank);
  showAnswer(
    `Rank ${rank.toLocaleString()} of ${stratum.members.toLocaleString()} in your stratum: ${result}`,
  );
  step(
    "You were in the draw",
    `Your number and the secret part of your code make a fingerprint. It is in the list of ${many(stratum.members, "member")} of your stratum${called(stratum)}. Nobody can find your number from it.`,
    [
      "fingerprint = HMAC-SHA-256 of these lines, under the secret part of your code:",
      leafText(stratum, code.number),
      `= ${leaf}`,
    ],
  );
  await stepOfTheList(stratum);
  await stepOfTheSeed(seedHash);
  step(
    "Your ticket",
    "The seed and your fingerprint make your ticket. Nobody could know it before the seed was known.",
    [
      "SHA-256 of the hashed seed followed by your fingerprint, as a decimal number written backwards after “0.”",
      `= ${mine}`,
    ],
  );
  step(
    "Your place",
    stratum.kind === "certainty"
      ? "Everybody in this stratum is selected, as was said beforehand: their review was put off last year, or was asked for. They are not chosen at random."
      : `${many(rank - 1, "member")} of your stratum had a smaller ticket than you. The ${many(stratum.selected, "smallest ticket")} are selected and the next ${stratum.reserves.toLocaleString()} are reserves. So you are ${result}.`,
    [
      `${many(tickets.length, "ticket")} worked out; ${rank - 1} are smaller than yours`,
      `chance of being selected, for everybody in the stratum: ${stratum.selected} of ${stratum.members}`,
      ...(stratum.leaves ? [] : ["only those drawn were counted: the draw file holds everybody"]),
    ],
  );
}

async function stepOfTheList(stratum) {
  const whole = await rootOfStrata();
  const digest = hex(await sha256(text.encode(published.commitment)));
  const root = stratum.leaves ? await rootOf(stratum.leaves) : stratum.root;
  const right =
    root === stratum.root && whole === commitment.root && digest === published.draw.commitment;
  step(
    right ? "The list was fixed beforehand" : "The list is NOT the one that was fixed beforehand",
    right
      ? "All fingerprints together make one fingerprint of the whole list. It is the one in the commitment, so nobody was added, moved or taken out since."
      : "Somebody was added, moved or taken out. Please tell the body that wrote to you.",
    [
      `fingerprint of your stratum's list: ${root}${stratum.leaves ? "" : " (as stated; the draw file holds the list)"}`,
      `in the commitment: ${stratum.root}`,
      `fingerprint of all strata and their sizes: ${whole}`,
      `in the commitment: ${commitment.root}`,
      `SHA-256 of the commitment: ${digest}`,
      `in the draw: ${published.draw.commitment}`,
    ],
    right,
  );
}

async function stepOfTheSeed(seedHash) {
  const signed = published.draw.signature;
  const given = signed ? hex(await sha256(bytesOf(signed))) : published.draw.seed;
  const right = given === published.draw.seed;
  step(
    right ? "The seed came afterwards" : "The seed is NOT what its source gave",
    `It comes from: ${commitment.seed_from}. It was known at ${inWords(commitment.seed_known_at)} and not before. Compare it with its source.`,
    [
      `seed = ${published.draw.seed}`,
      ...(signed
        ? [
            `signature of the round = ${signed}`,
            `SHA-256 of the signature = ${given}`,
            "the program's verify-draw checks the signature itself",
          ]
        : []),
      `SHA-256 of the seed = ${seedHash}`,
    ],
    right,
  );
}

function inWords(moment) {
  const at = new Date(moment);
  const day = at.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return `${at.toISOString().slice(11, 16)} UTC on ${day}`;
}

async function showFacts() {
  const rows = [
    ["Fixed on", inWords(commitment.made_at)],
    ["Where the seed comes from", commitment.seed_from],
    ["The seed", published.draw.seed],
    ["Members who could be drawn", commitment.frame_size.toLocaleString()],
    [
      "Fingerprint of the commitment, to be compared with the published one",
      hex(await sha256(text.encode(published.commitment))),
    ],
    ...published.published.map((words) => ["Published", words]),
    ...commitment.merged.map((words) => ["Joined", words]),
  ];
  for (const [name, words] of rows) {
    document.getElementById("facts").append(element("dt", name), element("dd", words));
  }
  for (const one of commitment.strata) {
    const row = element("tr");
    for (const cell of [one.name, one.members, one.selected, one.reserves]) {
      row.append(element("td", cell.toLocaleString()));
    }
    document.getElementById("strata").append(row);
  }
  document.getElementById("whole").hidden = strata.every((one) => one.leaves !== null);
}

document.getElementById("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = readCode(document.getElementById("code").value);
  if (!code) {
    document.getElementById("steps").replaceChildren();
    showAnswer("This is not a whole code: copy it again from your letter");
    return;
  }
  say("Working it out…");
  try {
    await check(code);
  } catch (problem) {
    showAnswer(`This could not be worked out: ${problem.message}`);
  }
  say("");
});

document.getElementById("file").addEventListener("change", async (event) => {
  try {
    const draw = JSON.parse(await event.target.files[0].text());
    if (draw.draw_id !== commitment.draw_id || draw.commitment !== published.draw.commitment) {
      throw new Error("it is the file of another draw");
    }
    draw.strata.forEach((one, place) => {
      strata[place].leaves = one.leaves;
    });
    say("The file holds everybody. Now check your code.");
  } catch (problem) {
    say(`The file cannot be used: ${problem.message}.`);
  }
});

if (globalThis.crypto?.subtle) showFacts();
else say("This browser cannot work the draw out here. Save the page and open it from your disk.");
