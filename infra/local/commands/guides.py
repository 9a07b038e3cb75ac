"""Runs the commands of docs/guides and of the README's quick start against a local cloud.

A Markdown file's ```sh blocks run in order in one shell. A ```json or ```text block right after one is what the commands
print: each shown JSON field must be there with the shown value, each shown text line must be printed, and `…` stands for
anything. A block after the comment `<!-- not run: reason -->` is left alone. A guide with the comment
`<!-- needs the pack community -->` runs where that pack is deployed.
"""
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from . import console, paths

GUIDES = paths.ROOT / "docs" / "guides"
README = paths.ROOT / "README.md"
SECONDS = 180
# Written before the output of a block, with the block's line: commands do not print such a character.
MARK = "\x1e"
NOT_RUN = re.compile(r"<!-- not run: .+ -->")
NEEDS = re.compile(r"^<!-- needs the pack (\w+) -->$", re.MULTILINE)
FENCE = re.compile(r"```(\w*)$")


class Block:
    def __init__(self, line, commands):
        """`line` is that of the fence, `commands` the lines after it."""
        self.line, self.commands, self.expected, self.expected_line, self.kind = line, commands, None, 0, ""


def blocks(text):
    """The ```sh blocks of a Markdown text, with the output that is shown after each."""
    found, last, skipped = [], None, False
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        fence = FENCE.match(lines[index])
        if not fence:
            skipped = bool(NOT_RUN.match(lines[index])) or (skipped and not lines[index].strip())
            last = last if not lines[index].strip() else None
            index += 1
            continue
        end = index + 1
        while end < len(lines) and lines[end] != "```":
            end += 1
        if end == len(lines):
            raise console.Failed(f"line {index + 1}: the block has no end")
        content, kind = lines[index + 1:end], fence[1]
        if kind == "sh" and not skipped:
            last = Block(index + 1, content)
            found.append(last)
        else:
            if kind in ("json", "text") and last:
                last.expected, last.expected_line, last.kind = "\n".join(content), index + 1, kind
            last = None
        skipped = False
        index = end + 1
    return found


def script(found):
    """A shell script whose line numbers are those of the guide."""
    lines = [""] * (max(block.line + len(block.commands) for block in found) if found else 0)
    for block in found:
        lines[block.line - 1] = f"printf '\\036%s\\036' {block.line}"
        lines[block.line:block.line + len(block.commands)] = block.commands
    return "\n".join(lines) + "\n"


def outputs(printed):
    """What each block printed, by its line."""
    parts = printed.split(MARK)
    return {int(line): text for line, text in zip(parts[1::2], parts[2::2])}


def differences(block, printed):
    """How the output differs from what the guide shows; empty if it does not."""
    if block.kind == "json":
        return json_differences(block, printed)
    lines = [line.strip() for line in printed.splitlines()]
    missing = [line for line in block.expected.splitlines()
               if line.strip() and not any(fits(line.strip(), found) for found in lines)]
    return [f"does not print `{line}`" for line in missing]


def json_differences(block, printed):
    try:
        shown = json.loads(block.expected)
    except ValueError as error:
        return [f"the shown output is no JSON: {error}"]
    try:
        found = json.loads(printed)
    except ValueError:
        return [f"prints no JSON: {printed[:500]}"]
    return list(unlike(shown, found, "the output"))


def unlike(shown, found, where):
    if isinstance(shown, dict) and isinstance(found, dict):
        for name, value in shown.items():
            if name not in found:
                yield f"{where} has no `{name}`"
            else:
                yield from unlike(value, found[name], f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(found, list):
        shown = shown[:-1] if shown[-1:] == ["…"] else shown
        if len(found) < len(shown):
            yield f"{where} has {len(found)} elements, not {len(shown)}"
        for index, (value, other) in enumerate(zip(shown, found)):
            yield from unlike(value, other, f"{where}[{index}]")
    elif not (isinstance(shown, str) and fits(shown, found if isinstance(found, str) else json.dumps(found))
              or type(shown) is type(found) and shown == found):
        yield f"{where} is {json.dumps(found, ensure_ascii=False)[:200]}, not {json.dumps(shown, ensure_ascii=False)}"


def fits(shown, found):
    """True if a text is the shown one, in which `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    return re.fullmatch(pattern, found, re.DOTALL) is not None


def run(path, url, shell="bash"):
    """Run one file; a failure names the file and the line."""
    found = blocks(path.read_text())
    if not found:
        raise console.Failed(f"{name_of(path)} has no commands.")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "guide.sh"
        file.write_text(script(found))
        done = execute(shell, file, path, url)
    printed = outputs(done.stdout)
    if done.returncode:
        line = re.findall(r"^guide line (\d+)$", done.stderr, re.MULTILINE)
        errors = re.sub(r"^guide line \d+\n", "", done.stderr, flags=re.MULTILINE).strip()
        raise console.Failed(f"{name_of(path)}:{line[0] if line else max(printed, default=1)}: the command failed.\n{errors}")
    for block in found:
        wrong = differences(block, printed.get(block.line, "")) if block.expected is not None else []
        if wrong:
            raise console.Failed(f"{name_of(path)}:{block.expected_line}: the shown output is not what the commands print:\n  "
                                 + "\n  ".join(wrong))


# The first failing command ends the shell; where it stands goes to standard error.
TRAPS = {"bash": ["bash", "-c", 'set -e -o pipefail; trap \'echo "guide line $LINENO" >&2\' ERR; . "$0"'],
         "zsh": ["zsh", "--no-rcs", "-c", 'set -e -o pipefail; . "$0"']}


def execute(shell, file, path, url):
    try:
        return subprocess.run([*TRAPS[shell], str(file)], cwd=paths.ROOT, env={**os.environ, "ATOLL_URL": url},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise console.Failed(f"{name_of(path)}: not finished after {SECONDS} s.") from None


def name_of(path):
    return path.relative_to(paths.ROOT) if path.is_relative_to(paths.ROOT) else path


def files(packs):
    """The README and the guides that run with these packs."""
    found = [README, *sorted(file for file in GUIDES.glob("*.md") if file.name != "README.md")]
    return [file for file in found if set(NEEDS.findall(file.read_text())) <= set(packs)]


def check(url, packs, shell="bash"):
    """Run every guide; one line for each."""
    for path in files(packs):
        started = time.monotonic()
        run(path, url, shell)
        console.say(f"  {name_of(path)}: works as shown ({time.monotonic() - started:.1f} s)")
