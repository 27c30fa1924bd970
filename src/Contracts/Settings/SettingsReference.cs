using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ContestPipeline.Contracts;

/// <summary>Every setting of every process.</summary>
public static partial class SettingsReference
{
    private const string FileSuffix = "_FILE";

    /// <summary>
    /// Words that names of the pipeline's own settings begin with; other programs have names that begin with KAFKA_, OTEL_ or
    /// HTTP_, too.
    /// </summary>
    private static readonly string[] s_ownPrefixes =
    [
        "PIPELINE_", "TOPIC_", "INGESTION_", "SCORING_", "SETTLEMENT_", "PAYOUT_", "STRIPE_", "WEBHOOK_", "CONTEST_", "CONSUMER_",
        "NOTICE_", "TAX_", "SIMULATOR_", "CONSOLE_",
    ];

    public static IReadOnlyList<Setting> All { get; } = [.. CommonSettings.All, .. WorkerSettings.All, .. PayoutSettings.All,
        .. ConsoleSettings.All];

    private static readonly FrozenDictionary<string, Setting> s_byName = All.ToFrozenDictionary(
        s => s.Name, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">It is not declared.</exception>
    public static Setting Find(string name) =>
        s_byName.GetValueOrDefault(name)
            ?? throw new ArgumentException($"the setting {name} is declared nowhere in SettingsReference.All", nameof(name));

    /// <summary>Names that look like settings of the pipeline and are read by nothing, such as misspelt ones.</summary>
    /// <param name="names">Of environment variables.</param>
    public static IReadOnlyList<string> Unknown(IEnumerable<string> names) =>
        [.. names.Where(name => s_ownPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) && !IsKnown(name)
            && !OfService().IsMatch(name))
            .Order(StringComparer.Ordinal)];

    private static bool IsKnown(string name) =>
        s_byName.ContainsKey(name)
            || (name.EndsWith(FileSuffix, StringComparison.Ordinal) && s_byName.ContainsKey(name[..^FileSuffix.Length]));

    /// <summary>
    /// Kubernetes tells every container of every service so: <c>PAYOUT_SERVICE_HOST</c>, <c>PAYOUT_PORT_8083_TCP_ADDR</c>.
    /// </summary>
    [GeneratedRegex("^[A-Z0-9_]+(_SERVICE_HOST|_SERVICE_PORT(_[A-Z0-9_]+)?|_PORT|_PORT_[0-9]+_(TCP|UDP)(_[A-Z]+)?)$")]
    private static partial Regex OfService();
}
