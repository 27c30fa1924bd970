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

    /// <summary>In a window of less than this many columns tables save on the space between theirs.</summary>
    private const int Narrow = 120;

    /// <summary>How answers are written with <c>--json</c>.</summary>
    public static JsonSerializerOptions Json { get; } = new(
        WireJson.Options) { WriteIndented = true, IgnoreReadOnlyProperties = false };

    private static readonly JsonSerializerOptions s_document = new(WireJson.Options) { WriteIndented = true };

    /// <summary>The command answers with a type of its own.</summary>
    public static JsonOption<T> JsonOption<T>() => new([]);

    /// <summary>The command passes on what Payout's HTTP interface answers.</summary>
    /// <param name="routes">Such as <c>GET /v1/balance</c>, with the status of the answer where that is not 200.</param>
    public static JsonOption<JsonElement> JsonOption(params string[] routes) => new(routes);

    /// <summary>Writes the result one way or the other.</summary>
    public static void Show<T>(ParseResult parsed, JsonOption<T> json, T result, Action<IAnsiConsole> forPeople)
    {
        ProgressLine.End();
        if (parsed.GetValue(json)) Json_(JsonSerializer.Serialize(result, Json));
        else forPeople(Console_(Console.Out, Console.IsOutputRedirected));
    }

    /// <summary>Writes a document that is passed on, as it travels on the wire: no line of it is broken to fit a width.</summary>
    public static void Document<T>(T document) => Json_(JsonSerializer.Serialize(document, s_document));

    /// <summary>For what is written bit by bit.</summary>
    public static IAnsiConsole Plain() => Console_(Console.Out, Console.IsOutputRedirected);

    /// <summary>Remarks on a result go to stderr, so that results can be piped.</summary>
    public static IAnsiConsole Progress()
    {
        ProgressLine.End();
        return Console_(Console.Error, Console.IsErrorRedirected);
    }

    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(column, c => c.Padding = new Padding(IsNarrow ? 0 : 1, 0, 1, 0));
        if (columns.Length > 0) table.Columns[0].NoWrap(); // Mostly an id, which is copied.
        return table;
    }

    public static void Row(this Table table, params object?[] cells) =>
        table.AddRow([.. cells.Select(c =>
            Markup.Escape(Legible.Line(Convert.ToString(c, CultureInfo.InvariantCulture) ?? "")))]);

    private static bool IsNarrow => !Console.IsOutputRedirected && Console.WindowWidth < Narrow;

    /// <summary>1234 minor units of usd as 12.34, of jpy as 1,234.</summary>
    public static string Money(long amountMinor, string currency) => Currencies.Written(amountMinor, currency);

    public static string Points(long points, int scale)
    {
        decimal unit = 1;
        for (var i = 0; i < scale; i++) unit *= 10;
        return (points / unit).ToString("F" + scale.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>Within a string of JSON the escapes mean the same characters.</summary>
    private static void Json_(string text)
    {
        using var writer = new LegibleWriter(Console.Out);
        writer.WriteLine(text);
        writer.Flush();
    }

    private static IAnsiConsole Console_(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(new LegibleWriter(writer)),
        });
        if (redirected) console.Profile.Width = WidthWhenRedirected;
        return console;
    }
}

/// <summary><c>--json</c>, and what the command answers with it: docs/contestctl.schema.json is made of that.</summary>
/// <param name="answer">What is written.</param>
/// <param name="routes">Of Payout's HTTP interface, where its answer is passed on as it is.</param>
internal abstract class JsonOption(Type answer, IReadOnlyList<string> routes) : Option<bool>("--json")
{
    public Type Answer => answer;

    public IReadOnlyList<string> Routes => routes;
}

/// <summary>The option of a command that answers with this type and no other.</summary>
internal sealed class JsonOption<T> : JsonOption
{
    public JsonOption(IReadOnlyList<string> routes) : base(typeof(T), routes) =>
        Description = "Write one JSON document instead of tables.";
}
