using System.Text.Json;
using System.Text.RegularExpressions;

namespace ContestPipeline.Contracts;

/// <summary>
/// What is wrong with a JSON document, in words for whoever wrote it: the serializer's own name the program's types. Pure.
/// </summary>
public static partial class JsonFault
{
    /// <returns>
    /// One sentence, without the path. What the serializer says of the text itself (a brace too many) stays as it is.
    /// </returns>
    public static string Words(JsonException fault)
    {
        var said = fault.Message;
        // Of a value of the wrong kind the outer words name the object it stands in, the inner ones what it should have been.
        if (fault.InnerException is { } inner && Wanted().Match(inner.Message) is { Success: true } wanted)
            return $"expected {Kind(wanted.Groups[1].Value)}";
        if (Converted().Match(said) is { Success: true } wrong) return $"expected {Kind(wrong.Groups[1].Value)}";
        if (Missing().Match(said) is { Success: true } missing) return $"missing: {missing.Groups[1].Value.TrimEnd('.')}";
        if (NotNull().Match(said) is { Success: true } isNull) 
            return $"'{JsonNamingPolicy.CamelCase.ConvertName(isNull.Groups[1].Value)}' must not be null";
        if (Unknown().Match(said) is { Success: true } unknown) return $"there is no member '{unknown.Groups[1].Value}'";
        return Position().Replace(said, "");
    }

    /// <returns>As <see cref="Words"/>, behind the path at which it is wrong, where there is one.</returns>
    public static string Sentence(JsonException fault) =>
        fault.Path is { Length: > 0 } path ? $"{path}: {Words(fault)}" : Words(fault);

    /// <summary>The same of a parameter of a request, which the server names with its type in C#.</summary>
    public static string Parameter(string said)
    {
        if (Bound().Match(said) is { Success: true } bound)
            return $"{bound.Groups[2].Value}: expected {Kind(bound.Groups[1].Value)}, got '{bound.Groups[3].Value}'.";
        return NotGiven().Match(said) is { Success: true } lacking ? $"{lacking.Groups[2].Value} is missing." : said;
    }

    /// <summary>What a value of this type is, in the words of a JSON document; the name may be full, short or C#'s own.</summary>
    public static string Kind(string type)
    {
        var name = Nullable().Replace(type, "$1");
        if (name.Contains("Dictionary", StringComparison.Ordinal)) return "an object of names and values";
        if (name.Contains("List", StringComparison.Ordinal) || name.EndsWith("[]", StringComparison.Ordinal)) return "a list";
        return name.Split('.')[^1].TrimEnd('?') switch
        {
            "Byte" or "Int16" or "Int32" or "Int64" or "Int128" or "int" or "long" or "number" => "a whole number within its range",
            "Decimal" or "Double" or "Single" or "decimal" or "double" => "a number",
            "Boolean" or "bool" or "boolean" => "true or false",
            "String" or "string" => "text",
            "DateTimeOffset" or "DateTime" => "a time such as 2026-11-01T18:00:00Z",
            "DateOnly" => "a date such as 2026-11-01",
            "FileInfo" => "the name of a file",
            _ => "an object",
        };
    }

    [GeneratedRegex(@"\bas an? (\w+)\.$|out of bounds for an? (?<1>\w+)\.|supported (?<1>\w+) format")]
    private static partial Regex Wanted();

    [GeneratedRegex(@"value could not be converted to (\S+)\. Path:")]
    private static partial Regex Converted();

    [GeneratedRegex(@"^(?:System\.)?Nullable(?:`1\[|<)(.+)[\]>]$")]
    private static partial Regex Nullable();

    [GeneratedRegex("^Failed to bind parameter \"(\\S+) (\\w+)\" from \"(.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Bound();

    [GeneratedRegex("^Required parameter \"(\\S+) (\\w+)\" was not provided")]
    private static partial Regex NotGiven();

    [GeneratedRegex("missing required properties including: ('[^;]*)")]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)' on type '[^']+' doesn't allow (?:setting )?null values")]
    private static partial Regex NotNull();

    [GeneratedRegex(@"JSON property '([^']+)' could not be mapped")]
    private static partial Regex Unknown();

    [GeneratedRegex(@" Path: .*$| LineNumber: .*$", RegexOptions.Singleline)]
    private static partial Regex Position();
}
