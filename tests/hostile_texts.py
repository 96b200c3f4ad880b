"""Texts that run as code wherever one is taken for markup. Each says so by setting `window.hit`, or by asking another host for a picture.

They are the ways that were seen to execute in Chromium in November 2026: through ipywidgets' HTML, display(HTML) and display(Markdown), pandas'
Styler (values, headers, captions), altair's own HTML (`</script>` inside a value), Markdown cells and links, in JupyterLab run and trusted, and in Voila.
"""

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
EATEN = [
    "$5 then $6 total",
    "a & b < c > d",
    "**bold** _and_ `code`",
]  # shown as typed, not as mathematics or Markdown
TEXTS = [*RUNS, *EATEN]
MADE_OF_TEXT = """() => [...document.querySelectorAll('.ak-screen img, .ak-screen script, .ak-screen style, .ak-screen a[href], .ak-screen iframe:not(.ak-preview), .ak-screen [onmouseover], .ak-screen [ontoggle]')]
    .map((one) => one.outerHTML)"""  # elements that no script of the kit makes
