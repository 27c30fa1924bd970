using System.CommandLine;

namespace ContestPipeline.Contestctl.Operations;

/// <summary>
/// <c>contestctl completion bash|zsh</c>: lets a shell ask contestctl itself what may come next, so that the answer is never out
/// of date.
/// </summary>
internal static class CompletionCommand
{
    /// <summary>
    /// Printed as it is: the text of the line up to the cursor goes to contestctl, which knows its own commands and options.
    /// </summary>
    private const string Bash =
        """
        # contestctl completion for bash: source <(contestctl completion bash)
        _contestctl() {
          local line="${COMP_LINE:0:COMP_POINT}" word
          local IFS=$'\n'
          COMPREPLY=()
          for word in $("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2> /dev/null); do
            if [[ $word == "${COMP_WORDS[COMP_CWORD]}"* ]]; then COMPREPLY+=("$word"); fi
          done
        }
        complete -o default -F _contestctl contestctl
        """;

    private const string Zsh =
        """
        #compdef contestctl
        # contestctl completion for zsh: source <(contestctl completion zsh)
        _contestctl() {
          local line="${(j: :)words[1,CURRENT]}"
          local -a answers
          answers=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2> /dev/null)}")
          compadd -- "${answers[@]}"
        }
        if [ "$funcstack[1]" = _contestctl ]; then _contestctl "$@"; else compdef _contestctl contestctl; fi
        """;

    public static Command Make()
    {
        const string About =
            """
            Prints a script that completes contestctl's commands, options and values in a shell.

            Examples:
              source <(contestctl completion bash)
              contestctl completion zsh > ~/.zsh/completions/_contestctl
            """;
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", About) { shell };
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) == "zsh" ? Zsh : Bash));
        return command;
    }
}
