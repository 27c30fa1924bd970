using System.CommandLine;
using System.Text;
using ContestPipeline.Contestctl;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Arguments of contestctl: words it knows in any order, spoilt and mixed with others. They parse, or are refused in words.
/// </summary>
internal sealed class FuzzCommandLine : IFuzzTarget
{
    private static readonly string[] s_strangers =
        ["", " ", "-", "--", "---", "-x", "--x=1", "=", "--=", "\u202e", "\ud800", "@", "@nowhere", "[suggest]", "[diagram]",
            "-1", "0", "1e9", "99999999999999999999", "2026-13-45", "c1", "po_1", "*", "$(x)", new('x', 5_000)];

    private readonly RootCommand root = CommandLine.Root(Nothing());
    private readonly string[] words;

    public FuzzCommandLine() => words = [.. Words(root).Distinct()];

    public string Name => "command lines";

    public string Try(SeededRandom chance, out byte[] input)
    {
        var arguments = new List<string>();
        var at = (Command)root;
        while (at.Subcommands.Count > 0 && chance.Chance(90))
        {
            at = chance.Pick(at.Subcommands.ToArray());
            arguments.Add(at.Name);
        }

        for (var more = chance.Next(0, 6); more > 0; more--)
            arguments.Add(chance.Next(3) switch { 0 => chance.Pick(words), 1 => chance.Pick(s_strangers),
                _ => at.Options.Count > 0 ? chance.Pick(at.Options.ToArray()).Name : "x" });
        if (chance.Chance(20)) arguments.Insert(chance.Next(arguments.Count + 1), MutateBytes.Of(chance.Pick(words), chance));
        // No operating system passes a NUL.
        for (var i = 0; i < arguments.Count; i++) arguments[i] = arguments[i].Replace('\0', ' ');
        input = Encoding.UTF8.GetBytes(string.Join('\n', arguments));
        var parsed = root.Parse(arguments);
        foreach (var error in parsed.Errors) Invariant.Holds(error.Message.Length > 0, "a refusal without words");
        return parsed.Errors.Count == 0 ? "accepted" : "rejected: usage";
    }

    private static Session Nothing() => new(new ConfigurationBuilder().Build(), TimeProvider.System);

    private static IEnumerable<string> Words(Command command) =>
        command.Subcommands.SelectMany(Words).Append(command.Name)
            .Concat(command.Options.SelectMany(o => o.Aliases.Append(o.Name)));
}
