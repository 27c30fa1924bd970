using System.Globalization;
using System.Text.RegularExpressions;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>
/// Stripe's search language over one object: clauses <c>field:"value"</c>, <c>field~"part"</c>, <c>field&gt;number</c> and
/// <c>metadata["key"]:"value"</c> (null: it has no such key), a minus before one to negate it, joined by AND or by OR, never by
/// both. Pure.
/// </summary>
internal sealed partial class SearchQuery
{
    private const int ClausesMax = 10;
    private const int PartCharactersMin = 3;

    private readonly List<Clause> clauses = [];
    private bool isAny;

    /// <summary>What is wrong with a query, in words; null: it was understood.</summary>
    public string? Fault { get; private set; }

    /// <param name="texts">Fields of text, by name: a match is of the whole value, small and capital letters alike.</param>
    /// <param name="numbers">Fields that can be compared.</param>
    public static SearchQuery Read(string query, IReadOnlyCollection<string> texts, IReadOnlyCollection<string> numbers)
    {
        var search = new SearchQuery();
        search.Fault = search.Parse(query, texts, numbers);
        return search;
    }

    /// <param name="text">Of a field of text; null: the object has none.</param>
    public bool Matches(
        Func<string, string?> text, Func<string, long> number, IReadOnlyDictionary<string, string> metadata)
    {
        bool Holds(Clause c) => c.IsNegated != c switch
        {
            { Key: { } key, Value: null } => !metadata.ContainsKey(key),
            { Key: { } key } => metadata.TryGetValue(key, out var value) && Fits(value, c),
            { Number: { } bound } => Compare(number(c.Field), c.Sign, bound),
            _ => text(c.Field) is { } value && Fits(value, c),
        };
        return isAny ? clauses.Any(Holds) : clauses.All(Holds);
    }

    private static bool Fits(string value, Clause c) => c.Sign == "~"
        ? value.Contains(c.Value!, StringComparison.OrdinalIgnoreCase)
        : value.Equals(c.Value, StringComparison.OrdinalIgnoreCase);

    private static bool Compare(long value, string sign, long bound) => sign switch
    {
        ">" => value > bound,
        ">=" => value >= bound,
        "<" => value < bound,
        "<=" => value <= bound,
        _ => value == bound,
    };

    private string? Parse(string query, IReadOnlyCollection<string> texts, IReadOnlyCollection<string> numbers)
    {
        string? joint = null;
        for (var rest = query.Trim(); rest.Length > 0;)
        {
            if (clauses.Count > 0)
            {
                if (Joint().Match(rest) is { Success: true } join)
                {
                    if (joint is not null && joint != join.Groups[1].Value.ToUpperInvariant())
                        return "You can not combine AND and OR in the same query.";
                    joint = join.Groups[1].Value.ToUpperInvariant();
                    rest = rest[join.Length..];
                }
                else if (joint == "OR") return "You can not combine AND and OR in the same query.";
                else joint = "AND";
            }

            if (One().Match(rest) is not { Success: true } found) return $"We were unable to parse your search query: {query}";
            if (Understand(found, texts, numbers) is { } fault) return fault;
            if (clauses.Count > ClausesMax) return $"A query can have up to {ClausesMax} clauses.";
            rest = rest[found.Length..].TrimStart();
        }

        isAny = joint == "OR";
        return clauses.Count == 0 ? "Your search query must have at least one clause." : null;
    }

    private string? Understand(Match found, IReadOnlyCollection<string> texts, IReadOnlyCollection<string> numbers)
    {
        var (field, sign) = (found.Groups["field"].Value, found.Groups["sign"].Value);
        var key = found.Groups["key"] is { Success: true } named ? named.Value : null;
        var quoted = found.Groups["text"] is { Success: true } said
            ? said.Value.Replace("\\\"", "\"", StringComparison.Ordinal) : null;
        var bare = found.Groups["bare"].Value;
        var isNumber = numbers.Contains(field);
        if (key is null ? !isNumber && !texts.Contains(field) : field != "metadata")
            return $"Field `{field}` is an unsupported search field for resource `payment_intents`.";
        long? number = null;
        if (isNumber)
        {
            if (sign == "~" || !long.TryParse(quoted ?? bare, CultureInfo.InvariantCulture, out var bound))
                return $"Field `{field}` takes a number.";
            number = bound;
        }
        else if (sign is not (":" or "~") || (quoted is null && !(key is not null && bare == "null")))
            return $"Field `{field}` takes a quoted value behind : or ~.";
        else if (sign == "~" && quoted!.Length < PartCharactersMin)
            return $"A substring match needs {PartCharactersMin} characters at least.";
        clauses.Add(new Clause(found.Groups["not"].Success, field, key, sign, quoted, number));
        return null;
    }

    [GeneratedRegex("""^(?<not>-)?(?<field>[a-z_]+)(?:\[["'](?<key>[^"']+)["']\])?(?<sign>>=|<=|[:~><])(?:"(?<text>(?:[^"\\]|\\.)*)"|'(?<text>[^']*)'|(?<bare>-?[0-9]+|null))(?=\s|$)""")]
    private static partial Regex One();

    [GeneratedRegex(@"^(AND|OR)\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Joint();

    private sealed record Clause(bool IsNegated, string Field, string? Key, string Sign, string? Value, long? Number);
}
