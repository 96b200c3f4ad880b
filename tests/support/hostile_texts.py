"""Texts that run as code wherever they are taken for markup.

Each gives itself away by setting `window.hit`, or by requesting a picture from another host. They
are the ways that were seen to execute in Chromium in November 2026: through ipywidgets' HTML,
display(HTML) and display(Markdown), pandas' Styler (values, headers, captions), altair's own HTML
(`</script>` inside a value), and Markdown cells and links, in JupyterLab when run and trusted, and
in Voila. Below them, what documents get wrong: `worst_texts`.
"""

import random

RUNS = [
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    "<svg onload=window.hit=1>",
    '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
    "[link](javascript:window.hit=1)",
    '<a href="javascript:window.hit=1">link</a>',
    "<style>* { display: none }</style>",
    '<img src="https://elsewhere.example/beacon.png">',
    '"><img src=x onerror=window.hit=1>',
    "' onmouseover='window.hit=1",
    "</script><img src=x onerror=window.hit=1>",
    "</textarea><script>window.hit=1</script>",
    "<details open ontoggle=window.hit=1>",
    "{{7*7}}${window.hit=1}`${window.hit=1}`",
]
# Texts that must be shown as typed, not as mathematics or Markdown.
EATEN = ["$5 then $6 total", "a & b < c > d", "**bold** _and_ `code`"]
TEXTS = [*RUNS, *EATEN]
MADE_OF_TEXT = """() => [...document.querySelectorAll('.ak-screen img, .ak-screen script, .ak-screen style, .ak-screen a[href], .ak-screen iframe:not(.ak-preview), .ak-screen [onmouseover], .ak-screen [ontoggle]')]
    .map((one) => one.outerHTML)"""  # elements that no script of the kit makes
# What an assessor's own words may hold, typed or pasted. Nothing of it is markup or a fault.
WORST_PIECES = [
    "{{ name }}",
    "{% raw %}",
    "{#",
    "}}",
    "$x^2$ and $$\\frac{a}{b}$$",
    "\\(\\alpha\\) \\[\\int\\]",
    "Traceback (most recent call last):",
    '<figure class="ak-figure" aria-label="x">',
    'data-check="activities">99<',
    "<script>window.hit=1</script>",
    "</bdi></p></td></main>",
    "<bdi><!-- -->",
    "<![CDATA[ x ]]>",
    "<w:p><w:r><w:t>x</w:t></w:r></w:p>",
    "&amp;lt;&#0;&#xD;&nbsp",
    "# heading\n* item\n> quoted\n```\ncode\n```",
    "[link](javascript:window.hit=1) ![x](http://canary.invalid/a.png)",
    '=HYPERLINK("http://canary.invalid")',
    "%s %n {0} {!r} ${x}",
    "_x000D_ _x0041_",
    "\x0b",
    "\x0c",
    "a\x0bb\x0cc",
    "\x00",
    "\x01\x02\x07\x08\x0e\x1b[31m\x1f\x7f\x80\x9f",
    "\x1c\x1d\x1e",
    "\ud800",
    "\udfff",
    "half \ud83d an emoji",
    "soft\xadhyphen" * 9,
    "a" * 77,
    "W" * 77,
    "https://example.org/" + "a-path/" * 40,
    "x" * 1_000,
    "word " * 400,
    "\u202eevil",
    "\u202d\u202d\u202d",
    "\u2067open",
    "\u2069\u202c closes nothing",
    "\u2066\u202e nested \u2069 and on",
    "שלום עולם 123",
    "مرحبا بالعالم ٤٥٦",
    "می\u200cخواهم",
    "हिन्दी ไทย 한국어 日本語 中文" * 3,
    "中" * 90,
    "👩\u200d👩\u200d👧\u200d👦 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇬🇧 👍🏽 1️⃣",
    "😀" * 60,
    "\U000e0041\U000e007f",
    "Z" + "\u0300\u0316\u0327\u20dd" * 20 + "algo",
    "\u0301 begins with a mark",
    "\u200b\u2060\ufeff\u180e",
    "\u200e\u200f\u061c",
    "\ufffe\uffff\ufdd0\U0001ffff\U0010ffff",
    "\ufffd \ue000 \U000f0000",
    "\ufff9a\ufffab\ufffb",
    "one\r\ntwo\rthree\nfour\n\rfive\x85six\u2028seven\u2029eight",
    "\n" * 40,
    "tab\there\t\tand",
    "  two  spaces  \u00a0\u2003\u3000 ",
    "e\u0301 \u00e9 \ufb01 \u1e9e \u0130 \u2167",
    "'\"`\u2019\u201c\u00b4\\",
    "| a | b |\n|---|---|\n| c | d |",
]
JOINTS = ["", " ", "\n", "\r\n", "\r", "\t", "\x0b", "\u00a0", " \u202e", "\u2067 "]
BEGINNING = "Beginning"
END = "Ending"


def worst_texts(number):
    """Return that many texts, always the same: each piece alone, then pieces joined by chance.

    If they are fewer than the pieces, each holds several, so that no piece is left out. Each begins
    and ends with a line of its own that must be seen wherever the text is.
    """
    chance = random.Random(20_161_127)
    made = [["\n".join(WORST_PIECES[place::number])] for place in range(number)]
    made = [parts for parts in made if parts != [""]]
    while len(made) < number:
        pieces = chance.sample(WORST_PIECES, chance.randint(2, 6))
        made.append([part for piece in pieces for part in (piece, chance.choice(JOINTS))])
    return [
        f"{BEGINNING}{place}\n{''.join(parts)}\n{END}{place}" for place, parts in enumerate(made)
    ]
