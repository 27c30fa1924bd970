using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>Are the settings there, and do they make sense together?</summary>
internal static class SettingChecks
{
    private static readonly (string Name, string Meaning)[] s_required =
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "where Kafka is, e.g. 127.0.0.1:9092"),
        ("ADMIN_DATABASE", "how the owner connects to PostgreSQL; only contestctl uses it"),
        ("INGESTION_DATABASE", "how Ingestion connects, as the role ingestion"),
        ("SCORING_DATABASE", "how Scoring connects, as the role scoring"),
        ("SETTLEMENT_DATABASE", "how Settlement connects, as the role settlement"),
        ("PAYOUT_DATABASE", "how Payout connects, as the role payout"),
        ("STRIPE_API_KEY", "Stripe's secret key of the platform account"),
    ];

    private static readonly string[] s_ownLines =
        ["PIPELINE_ENVIRONMENT", "SCORING_HTTP_URL", "PAYOUT_HTTP_URL", "HEALTH_URL", "INGESTION_HTTP_URL", "STRIPE_API_BASE"];

    /// <summary>Which letter or ticket of Stripe's allows these contests; only the doctor reads it.</summary>
    private const string ApprovalSetting = "STRIPE_APPROVAL_REFERENCE";

    public static IEnumerable<Finding> All(IConfiguration settings)
    {
        yield return Environment(settings);
        foreach (var (name, meaning) in s_required) yield return Present(settings, name, meaning);
        foreach (var name in (string[])["SCORING_HTTP_URL", "PAYOUT_HTTP_URL", "HEALTH_URL"])
        {
            if (settings.Optional(name) is { } url) yield return Agrees(name, url, () => settings.ListenAddress(name));
        }

        foreach (var finding in Malformed(settings)) yield return finding;
        foreach (var finding in Encryption(settings)) yield return finding;
        foreach (var name in SettingsReference.Unknown(settings.AsEnumerable().Select(setting => setting.Key)))
            yield return Finding.Warning(
                name, "is read by nothing", "correct the name, or take it out; docs/settings.md lists all settings");
        if (settings.Optional("PIPELINE_ENVIRONMENT") == "live") yield return Approval(settings);
        if (settings.Optional("PIPELINE_ENVIRONMENT") is not null)
            yield return Agrees(RiskPolicy.Setting, settings[RiskPolicy.Setting] is { Length: > 0 } policy ? policy : "default",
                () => RiskPolicy.From(settings));
        if (settings.Optional("STRIPE_API_BASE") is { } stripe)
            yield return Agrees("STRIPE_API_BASE", stripe, () => StripeKeys.Address(settings));
        if (settings.Optional("STRIPE_RESTRICTED_KEY") is not null)
            yield return Agrees("STRIPE_RESTRICTED_KEY", "is set", () => StripeKeys.Reading(settings));
        if (settings.Optional("INGESTION_HTTP_URL") is { } ingestion)
            yield return Agrees("INGESTION_HTTP_URL", ingestion, () => WebhookOptions.From(settings));
    }

    /// <summary>
    /// Stripe's list of prohibited businesses (https://stripe.com/legal/restricted-businesses, Gambling) names contests such as
    /// these; whoever runs them says who allowed it.
    /// </summary>
    private static Finding Approval(IConfiguration settings) =>
        settings.Optional(ApprovalSetting) is { } reference
            ? Finding.Ok(ApprovalSetting, $"Stripe's written approval: {reference}")
            : Finding.Warning(
                ApprovalSetting,
                "is not set: Stripe prohibits fantasy leagues with a monetary prize, and entry fees that promise one, unless "
                    + "it has approved them in writing",
                    $"set {ApprovalSetting} to the reference of Stripe's written approval; see 'Before real money' in README.md");

    /// <summary>What does not have the form that is declared for it, other than what has a line of its own.</summary>
    private static IEnumerable<Finding> Malformed(IConfiguration settings) =>
        from setting in SettingsReference.All
        where setting.Form is not null && !s_ownLines.Contains(setting.Name)
        let finding = Agrees(setting.Name, "is set", () => settings.Declared(setting.Name))
        where finding.State != "ok"
        select finding;

    /// <summary>Nothing to say in test, where everything may be plaintext.</summary>
    private static IEnumerable<Finding> Encryption(IConfiguration settings)
    {
        var refused = TransportSecurity.Refusals(settings, Session.Connections);
        foreach (var refusal in refused)
            yield return Finding.Failed(
                "encryption", $"{refusal.Setting} {refusal.What}", $"{refusal.Mend}; the workers refuse to start");
        if (refused.Count == 0 && settings.Optional("PIPELINE_ENVIRONMENT") == "live")
            yield return Finding.Ok("encryption", "whatever is connected to is connected to with TLS");
    }

    /// <summary>Reads a setting as the worker does that needs it.</summary>
    private static Finding Agrees(string name, string well, Func<object?> read)
    {
        try
        {
            read();
            return Finding.Ok(name, well);
        }
        catch (SettingException e)
        {
            return Finding.Failed(name, e.Message, $"correct {e.Setting}; the worker refuses to start");
        }
    }

    private static Finding Environment(IConfiguration settings)
    {
        try
        {
            return Finding.Ok("PIPELINE_ENVIRONMENT", settings.PipelineEnvironment());
        }
        catch (SettingException e)
        {
            return Finding.Failed("PIPELINE_ENVIRONMENT", e.Message, "export PIPELINE_ENVIRONMENT=test (or live)");
        }
    }

    private static Finding Present(IConfiguration settings, string name, string meaning)
    {
        try
        {
            return settings.Optional(name) is null
                ? Finding.Failed(name, "is not set", $"set {name} or {name}_FILE: {meaning}")
                : Finding.Ok(name, "is set");
        }
        catch (SettingException e)
        {
            return Finding.Failed(name, e.Message, $"create the file or correct {name}_FILE");
        }
    }
}
