using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>One request as it reached the simulator, with the moment it did.</summary>
public sealed record SimRequest(
    string Method, string Path, string Parameters, string? IdempotencyKey, string? StripeAccount, string? ApiKey,
    DateTimeOffset At)
{
    /// <summary>The name and port the caller used.</summary>
    public string? Host { get; init; }

    public bool IsPost => Method == "POST";

    /// <summary>What may change something and is therefore kept. Opening an account link uses it up.</summary>
    public bool IsChange => Method is "POST" or "DELETE" || Path.StartsWith("/setup/", StringComparison.Ordinal);

    /// <summary>A page for an account holder's browser: no key, no limits.</summary>
    public bool IsPage =>
        Path.StartsWith("/setup/", StringComparison.Ordinal) || Path.StartsWith("/express/", StringComparison.Ordinal);

    public bool IsAdmin => Path.StartsWith("/_admin/", StringComparison.Ordinal);
}

/// <summary>One answer. <paramref name="IsSaved"/> says whether an idempotency key keeps it.</summary>
public sealed record SimResponse(int Status, string Body, bool IsSaved = true)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>What becomes of a request: the answer, and whether and when the caller gets to see it.</summary>
public sealed record SimOutcome(SimResponse? Response, Fault? Fault, bool WasExecuted)
{
    /// <summary>The connection is cut instead of an answer.</summary>
    public bool IsDropped => Response is null || Fault?.Kind is FaultKind.TimeoutBefore or FaultKind.TimeoutAfter;
}

/// <summary>The parameters of a request, decoded; nested names stay as they were written: <c>metadata[payout_id]</c>.</summary>
public sealed class FormParameters
{
    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);

    public FormParameters(string encoded)
    {
        foreach (var pair in encoded.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            values[WebUtility.UrlDecode(parts[0])] = parts.Length == 2 ? WebUtility.UrlDecode(parts[1]) : "";
        }
    }

    public IEnumerable<string> Names => values.Keys;

    /// <summary>Null when absent or empty.</summary>
    public string? this[string name] => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The children of one name: the keys of metadata, the items of a list.</summary>
    public SortedDictionary<string, string> Children(string name)
    {
        var children = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            if (key.StartsWith($"{name}[", StringComparison.Ordinal) && key.EndsWith(']'))
                children[key[(name.Length + 1)..^1]] = value;
        }

        return children;
    }

    /// <summary>A whole number that was checked before; null when absent.</summary>
    public long? Whole(string name) =>
        this[name] is { } text ? long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    /// <summary>Older clients write True.</summary>
    public bool IsTrue(string name) => string.Equals(this[name], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is there already, changed name by name; an empty value removes.</summary>
    public SortedDictionary<string, string> Merge(string name, IReadOnlyDictionary<string, string> before)
    {
        var merged = new SortedDictionary<string, string>(before.ToDictionary(), StringComparer.Ordinal);
        foreach (var (key, value) in Children(name))
        {
            if (value.Length == 0) merged.Remove(key);
            else merged[key] = value;
        }

        return merged;
    }

    public string Hash()
    {
        var canonical = string.Concat(values.Select(pair => $"{pair.Key.Length}:{pair.Key}={pair.Value.Length}:{pair.Value};"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }
}
