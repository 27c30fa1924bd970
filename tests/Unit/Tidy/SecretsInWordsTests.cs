using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ContestPipeline.Contestctl.Commands;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// A record writes all its members into its text: none that keeps a secret may, since texts end in logs and error messages.
/// </summary>
public sealed partial class SecretsInWordsTests
{
    private const string Mark = "Qx7secret";

    private static readonly Assembly[] s_product =
    [
        typeof(PayoutService).Assembly, typeof(IngestionService).Assembly, typeof(ScoringService).Assembly,
        typeof(SettlementService).Assembly, typeof(Tx).Assembly, typeof(StripeGateway).Assembly, typeof(TokenCommand).Assembly,
    ];

    [Fact]
    public void No_record_shows_a_secret_in_its_text()
    {
        var keepers = s_product.Distinct().SelectMany(a => a.GetTypes())
            .Where(t => t is { IsAbstract: false, ContainsGenericParameters: false } && t.GetMethod("<Clone>$") is not null)
            .Select(t => (Type: t, Fields: Secrets(t))).Where(t => t.Fields.Length > 0).ToArray();

        Assert.Contains(keepers, k => k.Type == typeof(NoticeWebhook));
        Assert.Contains(keepers, k => k.Type == typeof(PayoutOptions));
        Assert.Equal([], keepers.Where(k => Shows(k.Type, k.Fields)).Select(k => k.Type.FullName).Order(StringComparer.Ordinal));
    }

    private static FieldInfo[] Secrets(Type type) =>
        [.. type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(f => f.FieldType == typeof(string) && SecretName().IsMatch(f.Name))];

    private static bool Shows(Type type, FieldInfo[] fields)
    {
        var kept = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in fields) field.SetValue(kept, Mark);
        try
        {
            return kept.ToString()!.Contains(Mark, StringComparison.Ordinal);
        }
        catch (NullReferenceException)
        {
            // A text of its own, of members that are not there: it is not the one that shows everything.
            return false;
        }
    }

    /// <summary>Of the field behind a property; the name of a setting is none.</summary>
    [GeneratedRegex("^<[A-Za-z]*(Password|ApiKey|ConnectionString|ClientSecret|Secret|Token)>")]
    private static partial Regex SecretName();
}
