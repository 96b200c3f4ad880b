"""Texts that programs get wrong, of our own collection: more than three hundred, each once."""

WORDS = ["undefined", "undef", "null", "NULL", "Null", "(null)", "nil", "NIL", "true", "TRUE", "false", "True", "None", "NaN", "nan", "Infinity", "-Infinity", "INF", "1#INF", "N/A", "#N/A",
         "#REF!", "#DIV/0!", "NA", "<NA>", "NaT", "hasOwnProperty", "constructor", "__proto__", "then", "\\", "\\\\", "/", "//", "''", '""', "'", '"', "`", "``", "´", "“”", "‘", "«»", "~", "^",
         "con", "PRN", "AUX", "CON.txt", "LPT1", "COM9", "..", "../../etc/passwd", "%2e%2e%2f", "C:\\Windows\\", "~root", "$HOME", "%PATH%", "${7*7}", "{{7*7}}", "#{7*7}", "<%= 7 %>", "{0}",
         "{!r}", "%s%s%s", "%n", "%d", "%x%x", "$(touch x)", "`touch x`", "; ls", "| cat", "&& true", "\\x41", "\\u0041", "\\0", "\\n", "&amp;", "&lt;", "&#x41;", "&quot;", "&nbsp;", "<![CDATA[x]]>"]
NUMBERS = ["0", "1", "-1", "1.00", "$1.00", "1/2", "1E2", "1E02", "1E+02", "-1E2", "0x0", "0xffffffff", "0xabad1dea", "0b1", "0o7", "007", "1,000", "1.000", "1 000", "1'000", "１２３", "٠١٢٣٤٥٦٧٨٩",
           "123456789012345678901234567890", "0.1", ".5", "5.", "--1", "-.", "1e400", "9007199254740993", "4294967296", "2147483648", "-0", "+0", "1_000", "½", "¹", "Ⅷ", "㊿", "NaN1", "1;2", "1:2",
           "12:34", "1-2-3", "1/2/3", "01/01/1900", "29/02/1900", "2016-02-30", "1970-01-01T00:00:00Z", "9999-12-31", "10%", "1e5", "1d"]
FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.org","x")', "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "=IMPORTXML(A1)", "=\u200b1", " =1+1", "＝1+1", "＠A1", "'=1+1", "=A1",
            "=-1", "{=1}", "==1", '=""', "=0/0", "|1", "%0A=1", ";=1", "=NOW()", "+A1", "-A1", "@A1", '=INDIRECT("A1")', '=WEBSERVICE("http://example.org")']
MARKUP = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "javascript:alert(1)", "<b>bold</b>", "</textarea>", "</script>", "<!--", "-->", "<?php ?>", "<a href='x'>y</a>",
          "<iframe src=x>", "<style>*{}</style>", "onclick=alert(1)", '"><script>', "'><img>", "<math><mi>x</mi></math>", "<plaintext>", "<base href=x>", "<meta charset=utf-7>", "+ADw-script+AD4-",
          "[link](javascript:x)", "![image](x)", "# heading", "**bold**", "```code```", "| a | b |", "$x^2$", "$$\\int$$", "<details open ontoggle=x>", "<x y=z", "<", ">", "a<b>c", "<br/>", "&"]
SQL = ["' OR 1=1 --", "'; DROP TABLE returns; --", "1; DELETE FROM activities", "' UNION SELECT 1 --", "admin'--", '" OR ""="', "') OR ('1'='1", "%", "_", "%_%", "\\'; --", "/* */", "/*!50000 x*/", "0 OR SLEEP(1)",
       "';EXEC xp_cmdshell('x')--", "COPY x FROM PROGRAM 'y'", ":name", "?", "$1", "@@version", "ROLLBACK;", "' || 'x", "E'\\\\x41'", "select", "NULL--", "1/0", "''''", "[x]", '"x"']
SCRIPTS = ["Zoë", "Zoe\u0308", "naïve café", "Ærøskøbing", "Łódź", "İstanbul", "ıI", "straße", "STRASSE", "Ǆ", "ﬁne", "Ω", "Ω", "Å", "Å", "ÅA\u030a", "한국어", "\u1112\u1161\u11ab", "日本語", "電力", "𠜎𠜱𠝹", "中文，标点。", "עברית", "العربية",
           "محمد O’Brien", "فارسی", "اردو", "हिन्दी", "தமிழ்", "ไทย", "ქართული", "Հայերեն", "Ελληνικά", "Кириллица", "А0001", "ѕсоре", "Ꮳ", "𝕳𝖊𝖑𝖑𝖔", "ⓗⓔⓛⓛⓞ", "Ｈｅｌｌｏ", "ʇxǝʇ", "T̶e̶x̶t̶", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
           "ﷺ", "𒐫", "ꙮ", "꧅", "﷽", "ǅ", "ß", "ŉ", "ﬀ", "ΐ", "ᾀ", "Σς", "åäö", "ÿ", "žluťoučký", "Tiếng Việt", "ɐ", "ƒ", "№", "™", "©", "£", "€", "₿", "°C", "µ", "μ", "…", "–", "—", "―", "·", "•", "→", "≠", "∞"]
EMOJI = ["😀", "👩‍🔬", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏳️‍🌈", "👍🏽", "❤️", "☃", "🇬🇧", "🇬", "1️⃣", "©️", "🧑🏿‍🚀", "😀😀😀", "a😀b", "🫱🏻‍🫲🏿", "〰️", "🤷‍♀️", "✊🏾", "📄"]
UNSEEN = ["a\u202eb", "\u202dx\u202c", "\u2066x\u2069", "\u200b", "a\u200bb", "\ufeffx", "x\ufeff", "a\u00adb", "\u200e\u200f", "a\u2060b", "\u061cx", "می\u200cخواهم", "\u180e", "a\u2028b", "a\u2029b", "a\u0085b", "a\u00a0b", "a\u3000b",
          "a\u2003b", "\u2800", "a\x07b", "a\x0bb", "a\x0cb", "a\x1bb[31m", "a\x7fb", "a\x01b", "a\x1fb", "a\x80b", "\ufffd", "\ufffe", "\uffff", "\U0001ffff", "\U0010ffff", "\ue000", "\U000e0041", "a\u0300" * 20, "\ufff9x\ufffb"]
SPACES = [" leading", "trailing ", "  two  spaces  ", "tab\tinside", "line\nbreak", "line\r\nbreak", "old\rbreak", "\n", "\t", " ", "", "a\n\n\nb", "a\n ", ",", ";", "a,b;c\td", '"quoted"', 'a"b', 'a""b', '"', "'a'", "sep=;", "_x000D_", "_x0041_",
          "_x005F_x000D_", "a_x000D_b", "a" * 10_000, "é" * 9_999, "word " * 1_999, "0" * 400]
NAUGHTY = list(dict.fromkeys([*WORDS, *NUMBERS, *FORMULAS, *MARKUP, *SQL, *SCRIPTS, *EMOJI, *UNSEEN, *SPACES]))
