"""The script for fish."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.cli.completion.words import CompletedCommand, Value

_HEAD = "# Completion of wnpopt for fish: source it, as in  wnpopt completion fish | source\n"


def script(commands: Sequence[CompletedCommand]) -> str:
    """What fish sources: it knows the words as they were when this was printed."""
    firsts = {command.words[0]: command.help if len(command.words) == 1 else "" for command in reversed(commands)}
    lines = [_HEAD]
    for word, help in sorted(firsts.items()):
        lines.append(f"complete -c wnpopt -f -n __fish_use_subcommand -a {word} -d {_quoted(help)}\n")
    for command in commands:
        seconds = [other.words[1] for other in commands if other.words[:-1] == command.words]
        where = _quoted(_condition(command, seconds))
        if len(command.words) == 2:
            first, second = command.words
            alone = f"__fish_seen_subcommand_from {first}; and not __fish_seen_subcommand_from {second}"
            lines.append(f"complete -c wnpopt -f -n {_quoted(alone)} -a {second} -d {_quoted(command.help)}\n")
        if command.arguments.words:
            files = "" if command.words == ("bench",) else " -f"  # `bench` takes a folder, too
            lines.append(f"complete -c wnpopt{files} -n {where} -a {_quoted(' '.join(command.arguments.words))}\n")
        for option in command.options:
            flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
            value = _value(option.value)
            lines.append(f"complete -c wnpopt -n {where} {flags}{value} -d {_quoted(option.help)}\n")
    return "".join(lines)


def _condition(command: CompletedCommand, seconds: Sequence[str]) -> str:
    told = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in command.words)
    return told + "".join(f"; and not __fish_seen_subcommand_from {word}" for word in seconds)


def _value(value: Value) -> str:
    if value.kind == "flag":
        return ""
    if value.kind == "file":
        return " -r -F"
    return f" -x -a {_quoted(' '.join(value.words))}" if value.words else " -x"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
