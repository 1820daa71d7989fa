"""`gemwright completion`: a script that completes commands and options in a shell.

The protocol is click's: the shell calls the program with `_GEMWRIGHT_COMPLETE` set, and the words so far in `COMP_WORDS`.
bash, zsh and fish are click's own; PowerShell is ours, since click has none.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar, Final

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class
from click.shell_completion import shell_complete as answer_in_click

from gemwright.cli.output import write

__all__ = ["NAME", "VARIABLE", "PowerShellComplete", "answer_shell", "completion"]

NAME: Final = "gemwright"
VARIABLE: Final = "_GEMWRIGHT_COMPLETE"
SHELLS: Final = ("bash", "zsh", "fish", "powershell")

_POWERSHELL: Final = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = ($before | ForEach-Object { $_.ToString() }) -join "`n"
    $env:COMP_CWORD = $wordToComplete
    try {
        %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq 'plain') {
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
            }
        }
    } finally {
        Remove-Item 'Env:%(complete_var)s', 'Env:COMP_WORDS', 'Env:COMP_CWORD' -ErrorAction SilentlyContinue
    }
}
"""


class PowerShellComplete(ShellComplete):
    """Completion for PowerShell, of version 5.1 on. A file's name is left to PowerShell, which completes it by itself."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, without the program's name, and the word at the cursor."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return [_unquoted(word) for word in words[1:]], _unquoted(os.environ.get("COMP_CWORD", ""))

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return a line of kind, value and help with tabs between them; PowerShell wants some help for each."""
        help_text = " ".join((item.help or "").split()) or item.value
        return f"{item.type}\t{item.value}\t{help_text}"


def answer_shell(program: click.Command, variable: str, instruction: str) -> int:
    """Answer a shell that asks for its script or for completions, and return the exit code.

    Args:
        program: whose commands are completed.
        variable: the environment variable by which the shell asks.
        instruction: its value, such as `bash_complete`.
    """
    add_completion_class(PowerShellComplete)
    return answer_in_click(program, {}, NAME, variable, instruction)


@click.command(
    epilog="\b\nExamples:\n"
    '  eval "$(gemwright completion bash)"          # in ~/.bashrc, bash 4.4 or newer\n'
    '  eval "$(gemwright completion zsh)"           # in ~/.zshrc, after compinit\n'
    "  gemwright completion fish > ~/.config/fish/completions/gemwright.fish\n"
    "  gemwright completion powershell | Out-String | Invoke-Expression   # in $PROFILE"
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print a script that completes gemwright's commands and options in your shell."""
    add_completion_class(PowerShellComplete)
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    root = click.get_current_context().find_root().command
    # Not the class's own `source`: bash's asks the bash of this machine for its version, and the script may be for another.
    write(ShellComplete.source(found(root, {}, NAME, VARIABLE)).strip() + "\n")


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word.lstrip("'\"")
