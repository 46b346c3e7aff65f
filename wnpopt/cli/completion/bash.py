"""The script for bash."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from wnpopt.cli.completion.words import CompletedCommand, Value

_HEAD = """\
# Completion of wnpopt for bash: source it, as in  source <(wnpopt completion bash)
_wnpopt_words() {  # of "$1", after what stands before the last comma where $2 is list
  if [[ $2 == list && $cur == *,* ]]; then
    COMPREPLY=($(compgen -P "${cur%,*}," -W "$1" -- "${cur##*,}"))
  else
    COMPREPLY=($(compgen -W "$1" -- "$cur"))
  fi
}

_wnpopt() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command="" word at
  COMPREPLY=()
  [[ $cur == = ]] && cur=""
  [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    [[ $word == -* ]] && continue
    case "$command $word" in
"""
_MIDDLE = """\
      *) break ;;
    esac
  done
  case "$command $prev" in
"""
_TAIL = """\
  esac
}
complete -o bashdefault -o default -F _wnpopt wnpopt
"""


def script(commands: Sequence[CompletedCommand]) -> str:
    """What bash sources: it knows the words as they were when this was printed."""
    lines = [_HEAD]
    lines += [
        f"      {shlex.quote(' ' + command.words[0])}) command={command.words[0]} ;;\n" for command in _firsts(commands)
    ]
    for command in commands:
        if len(command.words) == 2:
            lines.append(
                f'      {shlex.quote(" ".join(command.words))}) command="{" ".join(command.words)}"; break ;;\n'
            )
    lines.append(_MIDDLE)
    for command in commands:
        name = " ".join(command.words)
        for option in command.options:
            if option.value.kind != "flag":
                patterns = "|".join(shlex.quote(f"{name} {flag}") for flag in option.flags)
                lines.append(f"    {patterns}) {_reply(option.value)} ;;\n")
    lines.append('  *)\n    case "$command" in\n')
    lines.append(f"      '') _wnpopt_words {shlex.quote(' '.join(_top(commands)))} ;;\n")
    for command in commands:
        flags = " ".join(flag for option in command.options for flag in option.flags)
        reply = _reply(command.arguments, [c.words[1] for c in commands if c.words[:-1] == command.words])
        lines.append(
            f"      {shlex.quote(' '.join(command.words))}) "
            f"if [[ $cur == -* ]]; then _wnpopt_words {shlex.quote(flags)}; else {reply}; fi ;;\n"
        )
    for group in _groups(commands):
        words = " ".join(
            command.words[1] for command in commands if command.words[0] == group and len(command.words) == 2
        )
        lines.append(f"      {group}) _wnpopt_words {shlex.quote(words)} ;;\n")
    lines.append("    esac ;;\n")
    lines.append(_TAIL)
    return "".join(lines)


def _reply(value: Value, more: Sequence[str] = ()) -> str:
    words = [*value.words, *more]
    return f"_wnpopt_words {shlex.quote(' '.join(words))} {value.kind}" if words else ":"


def _firsts(commands: Sequence[CompletedCommand]) -> list[CompletedCommand]:
    """One command for each first word."""
    return list({command.words[0]: command for command in commands}.values())


def _top(commands: Sequence[CompletedCommand]) -> list[str]:
    return [*(command.words[0] for command in _firsts(commands)), "--help", "--version"]


def _groups(commands: Sequence[CompletedCommand]) -> list[str]:
    """First words that are no commands by themselves."""
    alone = {command.words[0] for command in commands if len(command.words) == 1}
    return [command.words[0] for command in _firsts(commands) if command.words[0] not in alone]
