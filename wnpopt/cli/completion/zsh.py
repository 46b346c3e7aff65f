"""The script for zsh."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.cli.completion.words import CompletedCommand, CompletedOption, Value

_HEAD = """\
#compdef wnpopt
# Completion of wnpopt for zsh: source it, as in  source <(wnpopt completion zsh)
_wnpopt() {
  local -a commands
"""
_TAIL = """\
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _wnpopt "$@"
else
  compdef _wnpopt wnpopt
fi
"""


def script(commands: Sequence[CompletedCommand]) -> str:
    """What zsh sources: it knows the words as they were when this was printed."""
    firsts = {command.words[0]: command.help if len(command.words) == 1 else "" for command in reversed(commands)}
    lines = [_HEAD, *_described(sorted(firsts.items()), 2)]
    lines += ["  shift words; (( CURRENT-- ))\n", "  case $words[1] in\n"]
    for first in sorted(firsts):
        seconds = [command for command in commands if command.words[0] == first and len(command.words) == 2]
        lines.append(f"    {first})\n")
        if seconds and (first,) not in [command.words for command in commands]:
            lines += _described([(command.words[1], command.help) for command in seconds], 6)
        if seconds:
            lines.append("      case $words[2] in\n")
            for command in seconds:
                lines += [f"        {command.words[1]})\n", "          shift words; (( CURRENT-- ))\n"]
                lines += [*_arguments(command, 10), "          return ;;\n"]
            lines.append("      esac\n")
        for command in commands:
            if command.words == (first,):
                lines += _arguments(command, 6, _second(seconds))
        lines.append("      ;;\n")
    lines.append(_TAIL)
    return "".join(lines)


def _second(commands: Sequence[CompletedCommand]) -> tuple[str, ...]:
    return tuple(command.words[1] for command in commands)


def _described(words: Sequence[tuple[str, str]], indent: int) -> list[str]:
    """Lines that offer the words where the second one is written."""
    pad = " " * indent
    told = [(word, help.replace(":", "\\:")) for word, help in words]
    entries = [f"{pad}    {_quoted(f'{word}:{help}' if help else word)}\n" for word, help in told]
    begin = [f"{pad}if (( CURRENT == 2 )); then\n", f"{pad}  commands=(\n"]
    return [*begin, *entries, f"{pad}  )\n", f"{pad}  _describe command commands\n", f"{pad}  return\n", f"{pad}fi\n"]


def _arguments(command: CompletedCommand, indent: int, more: tuple[str, ...] = ()) -> list[str]:
    pad = " " * indent
    rest = Value(command.arguments.kind, (*command.arguments.words, *more))
    parts = [_option(option, flag) for option in command.options for flag in option.flags]
    lines = [f"{pad}_arguments -S \\\n"]
    lines += [f"{pad}  {_quoted(part)} \\\n" for part in parts]
    return [*lines, f"{pad}  {_quoted('*:argument:' + _rest(rest, files=command.words == ('bench',)))}\n"]


def _rest(value: Value, *, files: bool) -> str:
    words = " ".join(value.words)
    if not words:
        return "_files"
    return f'{{_alternative "words:word:({words})" "files:file:_files"}}' if files else f"({words})"


def _option(option: CompletedOption, flag: str) -> str:
    help = option.help
    for letter in "\\[]:":
        help = help.replace(letter, "\\" + letter)
    if option.value.kind == "flag":
        return f"{flag}[{help}]"
    joined = f"{flag}=" if flag.startswith("--") else flag
    return f"*{joined}[{help}]:value:{_action(option.value)}"


def _action(value: Value) -> str:
    if value.kind == "file":
        return "_files"
    if value.kind == "list":
        return f"_sequence compadd - {' '.join(value.words)}" if value.words else " "
    return f"({' '.join(value.words)})" if value.words else " "


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
