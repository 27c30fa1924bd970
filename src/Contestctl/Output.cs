using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl;

/// <summary>Shows a result: as tables for people, as one JSON document for programs.</summary>
internal static class Output
{
    private const int WidthWhenRedirected = 200;
    private static readonly JsonSerializerOptions s_json = new(WireJson.Options) { WriteIndented = true, IgnoreReadOnlyProperties = false };

    public static Option<bool> JsonOption() => new("--json") { Description = "Write one JSON document instead of tables." };

    /// <summary>Writes the result one way or the other.</summary>
    public static void Show(bool json, object result, Action<IAnsiConsole> forPeople)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(result, result.GetType(), s_json));
        else forPeople(Console_(Console.Out, Console.IsOutputRedirected));
    }

    /// <summary>Progress and remarks go to stderr, so that results can be piped.</summary>
    public static IAnsiConsole Progress() => Console_(Console.Error, Console.IsErrorRedirected);

    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(column);
        return table;
    }

    public static void Row(this Table table, params object?[] cells) =>
        table.AddRow([.. cells.Select(c => Markup.Escape(Convert.ToString(c, CultureInfo.InvariantCulture) ?? ""))]);

    /// <summary>1234 as 12.34: minor units of currencies with two digits.</summary>
    public static string Money(long amountMinor) => (amountMinor / 100m).ToString("N2", CultureInfo.InvariantCulture);

    public static string Points(long points, int scale)
    {
        decimal unit = 1;
        for (var i = 0; i < scale; i++) unit *= 10;
        return (points / unit).ToString("F" + scale.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static IAnsiConsole Console_(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected) console.Profile.Width = WidthWhenRedirected;
        return console;
    }
}
