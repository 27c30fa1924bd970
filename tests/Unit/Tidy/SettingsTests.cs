using System.Text.Json;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// Every setting is declared once: what the code reads is declared, what is declared is read, and the declared default is the one
/// that holds.
/// </summary>
public sealed partial class SettingsTests
{
    /// <summary>Look like settings: parts of names, a file of PostgreSQL's, and what .NET tells of itself.</summary>
    private static readonly string[] s_others = ["PG_VERSION", "FIRST_GAME", "LAST_GAME", "DOTNET_HOST_PATH", "DOTNET_ROOT"];

    /// <summary>With every part switched on.</summary>
    private static readonly Dictionary<string, string?> s_needed = new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["KAFKA_BOOTSTRAP_SERVERS"] = "none:1", ["STRIPE_API_KEY"] = "sk_test_none",
        ["STRIPE_WEBHOOK_SECRETS"] = "whsec_a", ["STRIPE_CONNECT_WEBHOOK_SECRETS"] = "whsec_b",
        ["INGESTION_HTTP_URL"] = "1", ["SCORING_HTTP_URL"] = "1", ["PAYOUT_HTTP_URL"] = "1",
        ["PAYOUT_PUBLIC_URL"] = "https://pay.example",
        ["PAYOUT_JWT_KEY"] = new string('k', 32), ["PAYOUT_LINK_KEY"] = new string('l', 32),
        ["NOTICE_SMTP_HOST"] = "mail.example", ["NOTICE_SMTP_FROM"] = "a@example", ["NOTICE_SMTP_TO"] = "b@example",
    };

    private static readonly (string What, Func<IConfiguration, object?> Read)[] s_readers =
    [
        ("payouts", s => PayoutOptions.From(s)), ("onboarding", s => OnboardingOptions.From(s)),
        ("notices", s => NoticeOptions.From(s)),
        ("tax", s => TaxOptions.From(s)), ("tokens", s => PayoutApiOptions.Rules(s)),
        ("api", s => PayoutApiOptions.From(s).RatePerMinute),
        ("sweep", s => EventBackfillOptions.From(s)), ("reconciliation", s => ReconcileOptions.From(s)),
        ("patience", s => HoldPatience.From(s)),
        ("webhooks", s => WebhookOptions.From(s)), ("event secrets", EventSecrets.From), ("ranks", s => RankServerOptions.From(s)),
        ("overlay", s => OverlayLimit.From(s)), ("bursts", s => BurstOptions.From(s)),
    ];

    [Fact]
    public void Every_setting_that_is_read_is_declared()
    {
        var undeclared = from file in Source.Files("src", ".cs")
                         where !file.StartsWith("src/Contracts/Settings/", StringComparison.Ordinal)
                         from Match literal in Literal().Matches(Source.Read(file))
                         let name = literal.Groups[1].Value
                         where !s_others.Contains(name) && SettingsReference.All.All(s => s.Name != name)
                         select $"{file}: {name}";

        Assert.Empty(undeclared);
    }

    [Fact]
    public void Every_setting_that_is_declared_is_read()
    {
        var code = Source.Files("src", ".cs").Where(f => !f.StartsWith("src/Contracts/Settings/", StringComparison.Ordinal))
            .Select(Source.Read).ToArray();
        var compose = Source.Read("docker-compose.yml");

        Assert.Empty(
            SettingsReference.All.Where(s => !IsBuilt(s.Name)
                && !code.Any(c => c.Contains($"\"{s.Name}\"", StringComparison.Ordinal))
            && !compose.Contains($"${{{s.Name}", StringComparison.Ordinal)).Select(s => s.Name));
        Assert.Empty(SettingsReference.All.GroupBy(s => s.Name).Where(s => s.Count() > 1).Select(s => s.Key));
    }

    [Fact]
    public void What_compose_and_its_example_name_is_declared()
    {
        var named = EnvironmentName().Matches(Source.Read(".env.example"))
            .Concat(ComposeName().Matches(Source.Read("docker-compose.yml"))).Select(m => m.Groups[1].Value);

        Assert.Empty(SettingsReference.Unknown(named));
    }

    [Fact]
    public void The_declared_defaults_are_those_that_hold()
    {
        var declared = new Dictionary<string, string?>(s_needed);
        foreach (var setting in SettingsReference.All.Where(s => s.Default is { } value && value != "none"
            && Plain().IsMatch(value))) declared[setting.Name] = setting.Default;

        Assert.True(declared.Count > 50, $"only {declared.Count} settings");
        Assert.All(
            s_readers, reader => Assert.Equal(Text(reader.Read(Settings(s_needed))), Text(reader.Read(Settings(declared)))));
    }

    /// <summary>Where the code has a default of its own beside the declaration.</summary>
    [Fact]
    public void The_defaults_of_the_types_are_the_declared_ones()
    {
        var settings = Settings(s_needed);

        Assert.Equal(HoldPatience.Default, HoldPatience.From(settings));
        Assert.Equal(TimeSpan.FromMinutes(EarlyLimits.MinutesDefault), EarlyLimits.From(settings).Wait);
        Assert.Equal(EventBackfillOptions.Default, EventBackfillOptions.From(settings));
        Assert.Equal(BalanceThresholds.Default, PayoutOptions.From(settings).Balance);
        Assert.Equal(TimeSpan.FromMinutes(1), PayoutOptions.From(settings).BalanceReadKeeps);
        Assert.Equal(
            new ConsumerOptions(),
            new ConsumerOptions(settings.Whole("CONSUMER_BATCH_COUNT_MAX"), settings.Whole("CONSUMER_BATCH_BYTES_MAX"),
                settings.Whole("CONSUMER_LINGER_MS")));
    }

    [Fact]
    public void A_number_beyond_its_declared_bounds_is_refused_by_its_name()
    {
        Assert.All(SettingsReference.All.Where(s => s.Bounds is not null), setting =>
        {
            var below = Settings(new() { [setting.Name] = $"{setting.Bounds!.Value.Min - 1}" });
            Assert.StartsWith(
                setting.Name, Assert.Throws<SettingException>(() => below.Whole(setting.Name)).Message, StringComparison.Ordinal);
        });
        Assert.Throws<ArgumentException>(() => Settings([]).Whole("PAYOUT_UNDECLARED"));
    }

    /// <summary>Whoever reads it, and whether or not anything reads it in this process.</summary>
    [Fact]
    public void A_value_without_its_declared_form_is_refused_with_name_expectation_and_value()
    {
        var formed = SettingsReference.All.Where(s => s.Form is not null).ToArray();

        Assert.True(formed.Length > 55, $"only {formed.Length} settings have a form");
        Assert.All(formed, setting =>
        {
            var refused = Assert.Throws<SettingException>(
                () => Settings(new() { [setting.Name] = "ftp:no such" }).Declared(setting.Name));
            Assert.Equal($"{setting.Name} must be {setting.Form!.Expected}, not 'ftp:no such'.", refused.Message);
        });
        Assert.All(formed.Where(s => s.Default is { } value && value != "none" && Plain().IsMatch(value)), setting =>
            Assert.Equal(setting.Default, Settings(new() { [setting.Name] = setting.Default }).Declared(setting.Name)));
    }

    [Theory]
    [InlineData("TAX_POLICY", "payout", true)]
    [InlineData("TAX_POLICY", "scoring", false)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "settlement", true)]
    [InlineData("PAYOUT_API_URL", "payout", false)]
    public async Task A_malformed_setting_of_a_worker_ends_it_at_the_start_whether_or_not_it_is_used(
        string name, string worker, bool isRefused)
    {
        var check = new SettingsCheck(Settings(new() { [name] = "none such" }), [new WorkerName(worker)], new Warnings());

        if (isRefused)
            Assert.Equal(name, (await Assert.ThrowsAsync<SettingException>(() => check.StartAsync(default))).Setting);
        else await check.StartAsync(default);
    }

    [Theory]
    [InlineData("PAYOUT_RATE_PER_SECNOD", true)]
    [InlineData("STRIPE_KEY", true)]
    [InlineData("SCORING_PATIENCE_LINES_MINUTES", true)]
    [InlineData("PAYOUT_RATE_PER_SECOND", false)]
    [InlineData("STRIPE_API_KEY_FILE", false)]
    [InlineData("PAYOUT_SERVICE_HOST", false)]
    [InlineData("PAYOUT_PORT_8083_TCP_ADDR", false)]
    [InlineData("KAFKA_OPTS", false)]
    [InlineData("HTTP_PROXY", false)]
    public void A_setting_of_ours_that_nothing_reads_is_warned_of_at_the_start(string name, bool isWarned)
    {
        var log = new Warnings();

        new SettingsCheck(Settings(new() { [name] = "1" }), [], log).StartAsync(default);

        Assert.Equal(isWarned ? 1 : 0, log.Said.Count(line => line.Contains(name, StringComparison.Ordinal)));
    }

    private static bool IsBuilt(string name) =>
        name.EndsWith("_DATABASE", StringComparison.Ordinal) || name.StartsWith("SCORING_PATIENCE_", StringComparison.Ordinal);

    private static string Text(object? options) => JsonSerializer.Serialize(options);

    private static IConfiguration Settings(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    [GeneratedRegex("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^([A-Z_]+)=", RegexOptions.Multiline)]
    private static partial Regex EnvironmentName();

    [GeneratedRegex(@"\$\{([A-Z_]+)", RegexOptions.Multiline)]
    private static partial Regex ComposeName();

    [GeneratedRegex("^[a-zA-Z0-9,:-]+$")]
    private static partial Regex Plain();

    /// <summary>Keeps what is warned of.</summary>
    private sealed class Warnings : ILogger<SettingsCheck>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add(formatter(state, exception));
    }
}
