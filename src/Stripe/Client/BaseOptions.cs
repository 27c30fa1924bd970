using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Parameters that travel as <c>parent[child]</c>.</summary>
public interface INestedOptions;

/// <summary>The parameters every request may carry.</summary>
public class BaseOptions : INestedOptions
{
    public List<string> Expand { get; set; }

    public void AddExpand(string value) => (Expand ??= []).Add(value);

    internal BaseOptions Clone() => (BaseOptions)MemberwiseClone();
}

/// <summary>The parameters every list may carry.</summary>
public class ListOptions : BaseOptions
{
    public long? Limit { get; set; }

    public string StartingAfter { get; set; }

    public string EndingBefore { get; set; }
}

/// <summary>A span of time to filter a list by.</summary>
public sealed class DateRangeOptions : INestedOptions
{
    [JsonPropertyName("gt")]
    public DateTime? GreaterThan { get; set; }

    [JsonPropertyName("gte")]
    public DateTime? GreaterThanOrEqual { get; set; }

    [JsonPropertyName("lt")]
    public DateTime? LessThan { get; set; }

    [JsonPropertyName("lte")]
    public DateTime? LessThanOrEqual { get; set; }
}
