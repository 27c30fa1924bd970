using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl;

/// <summary>What is wrong with a command line, in words, and what was probably meant. Pure.</summary>
internal static partial class WrongUsage
{
    /// <returns>One sentence for each fault; empty: the line can be run.</returns>
    public static string[] Of(ParseResult parsed, string[] args) =>
        [.. parsed.Errors.Select(e => e.Message).Concat(Mistyped(parsed, args)).Select(w => Meant(InWords(w), parsed))];

    /// <summary>An option that a command does not have would pass for an argument where the command takes one more.</summary>
    private static IEnumerable<string> Mistyped(
        ParseResult parsed, string[] args) => args.Contains("--") ? [] : parsed.CommandResult.Children
        .OfType<ArgumentResult>().SelectMany(a => a.Tokens).Where(t => t.Value.StartsWith("--", StringComparison.Ordinal))
        .Select(t => $"Unrecognized command or argument '{t.Value}'.");

    /// <summary>The parser names the type that a value should have had.</summary>
    private static string InWords(string words) =>
        OfType().Replace(words, m => $": expected {JsonFault.Kind(m.Groups[1].Value)}.");

    /// <summary>The nearest word that could have stood there.</summary>
    private static string Meant(string words, ParseResult parsed)
    {
        if (Unrecognized().Match(words) is not { Success: true } unknown) return words;
        var typed = unknown.Groups[1].Value;
        var command = parsed.CommandResult.Command;
        var possible = typed.StartsWith('-') ? Options(command) : command.Subcommands.Select(c => c.Name);
        return KnownStats.Nearest(possible, typed.Split('=')[0]) is { } meant ? $"{words} Did you mean {meant}?" : words;
    }

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Where(o => !o.Hidden).Select(o => o.Name).Append("--help");

    [GeneratedRegex(@" as expected type '([^']+)'\.?(?: Did you mean.*)?$", RegexOptions.Singleline)]
    private static partial Regex OfType();

    [GeneratedRegex("^Unrecognized command or argument '([^']+)'")]
    private static partial Regex Unrecognized();
}
