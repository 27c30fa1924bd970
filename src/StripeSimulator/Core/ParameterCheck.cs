using System.Globalization;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What an operation accepts. Anything else is refused, as Stripe does.</summary>
/// <param name="Names">Plain parameters; a trailing <c>!</c> marks a required one, a trailing <c>#</c> a whole number.</param>
/// <param name="Nested">Names that take children.</param>
public sealed record ParameterCheck(string[] Names, string[] Nested)
{
    private const int MetadataKeysMax = 50;
    private const int MetadataNameLengthMax = 40;
    private const int MetadataValueLengthMax = 500;

    public static ParameterCheck List(params string[] names) =>
        new([.. names, "limit#", "starting_after", "ending_before"], ["arrival_date", "created", "expand", "types"]);

    /// <returns>Null when the parameters are acceptable.</returns>
    public SimResponse? Refusal(FormParameters parameters)
    {
        var plain = Names.ToDictionary(name => name.TrimEnd('!', '#'), StringComparer.Ordinal);
        foreach (var name in parameters.Names)
        {
            var root = name.Split('[')[0];
            if (!(plain.ContainsKey(name) || Nested.Contains(root, StringComparer.Ordinal)))
                return StripeErrors.UnknownParameter(name);
        }

        foreach (var (name, rule) in plain)
        {
            var value = parameters[name];
            if (rule.Contains('!', StringComparison.Ordinal) && value is null) return StripeErrors.MissingParameter(name);
            if (rule.Contains('#', StringComparison.Ordinal) && value is not null
                && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                    return StripeErrors.InvalidInteger(name, value);
        }

        return MetadataRefusal(parameters.Children("metadata"));
    }

    private static SimResponse? MetadataRefusal(SortedDictionary<string, string> metadata)
    {
        if (metadata.Count > MetadataKeysMax)
            return StripeErrors.Invalid("metadata", $"Metadata can have up to {MetadataKeysMax} keys.");
        foreach (var (name, value) in metadata)
        {
            if (name.Length > MetadataNameLengthMax)
                return StripeErrors.Invalid(
                    "metadata", $"Metadata key names can be up to {MetadataNameLengthMax} characters long.");
            if (value.Length > MetadataValueLengthMax)
                return StripeErrors.Invalid(
                    "metadata", $"Metadata values can be up to {MetadataValueLengthMax} characters long.");
        }

        return null;
    }
}

/// <summary>One page of a list, newest first.</summary>
public static class ListPage
{
    private const int LimitDefault = 10;
    private const int LimitMax = 100;

    /// <param name="oldestFirst">All objects that pass the filters, in the order they were made.</param>
    public static SimResponse Of<T>(
        string url, FormParameters parameters, IEnumerable<T> oldestFirst, Func<T, string> idOf, Func<T, long> createdOf,
        Func<T, object> toStripe)
    {
        var limit = parameters["limit"] is { } asked ? long.Parse(asked, CultureInfo.InvariantCulture) : LimitDefault;
        if (limit is < 1 or > LimitMax) return StripeErrors.Invalid("limit", $"This value must be between 1 and {LimitMax}.");
        if (!TryReadSpan(parameters, out var from, out var until)) return StripeErrors.Invalid("created", "Invalid timestamp.");

        var all = oldestFirst.Where(item => createdOf(item) >= from && createdOf(item) <= until).Reverse().ToList();
        var (startingAfter, endingBefore) = (parameters["starting_after"], parameters["ending_before"]);
        if (startingAfter is not null && endingBefore is not null)
            return StripeErrors.Invalid("ending_before", "You can not pass both ending_before and starting_after.");
        if (startingAfter is not null)
        {
            var at = all.FindIndex(item => idOf(item) == startingAfter);
            if (at < 0) return StripeErrors.NoSuch("object", startingAfter, "starting_after", 400);
            all = all[(at + 1)..];
        }

        if (endingBefore is not null)
        {
            var at = all.FindIndex(item => idOf(item) == endingBefore);
            if (at < 0) return StripeErrors.NoSuch("object", endingBefore, "ending_before", 400);
            all = all[..at];
            return Page(url, all.Skip(Math.Max(0, all.Count - (int)limit)), all.Count > limit, toStripe);
        }

        return Page(url, all.Take((int)limit), all.Count > limit, toStripe);
    }

    private static SimResponse Page<T>(string url, IEnumerable<T> items, bool hasMore, Func<T, object> toStripe) =>
        StripeState.Ok(new { @object = "list", data = items.Select(toStripe), has_more = hasMore, url });

    private static bool TryReadSpan(FormParameters parameters, out long from, out long until)
    {
        (from, until) = (long.MinValue, long.MaxValue);
        if (parameters["created"] is { } moment)
        {
            if (!long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out from)) return false;
            until = from;
            return true;
        }

        foreach (var (bound, text) in parameters.Children("created"))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
            switch (bound)
            {
                case "gt": from = Math.Max(from, value + 1); break;
                case "gte": from = Math.Max(from, value); break;
                case "lt": until = Math.Min(until, value - 1); break;
                case "lte": until = Math.Min(until, value); break;
                default: return false;
            }
        }

        return true;
    }
}
