using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// Dashboard, alert rules and the page about telemetry name what the code measures, and the page names all of it.
/// </summary>
public sealed partial class MonitoringTests
{
    private static readonly string[] s_files = ["docs/monitoring/alerts.yml", "docs/monitoring/alerts-test.yml",
        "docs/monitoring/dashboard.json", "docs/operators/telemetry.md"];

    [Fact]
    public void Every_figure_that_is_shown_or_watched_is_measured()
    {
        var measured = Instruments().SelectMany(InPrometheus).ToHashSet(StringComparer.Ordinal);

        Assert.True(measured.Count > 20, "the instruments were not found");
        Assert.All(s_files,
            file => Assert.Subset(
                measured, PrometheusName().Matches(Source.Read(file)).Select(m => m.Value).ToHashSet(StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_figure_that_is_measured_is_explained()
    {
        var page = Source.Read("docs/operators/telemetry.md");

        Assert.All(Instruments(), instrument => Assert.Contains($"`{instrument.Name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_has_a_runbook_and_a_case_that_fires_it()
    {
        var rules = Source.Read("docs/monitoring/alerts.yml");
        var cases = Source.Read("docs/monitoring/alerts-test.yml");
        var alerts = AlertName().Matches(rules).Select(m => m.Groups[1].Value).ToArray();
        var runbooks = RunbookName().Matches(rules).Select(m => m.Groups[1].Value).ToArray();

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Length, runbooks.Length);
        Assert.All(runbooks, runbook => Assert.True(Source.Exists(runbook), runbook));
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n", cases, StringComparison.Ordinal));
    }

    private static List<Instrument> Instruments()
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name == Telemetry.Name) found.Add(instrument); },
        };
        foreach (var type in (string[])["ContestPipeline.Plumbing.Metrics, ContestPipeline.Plumbing",
            "ContestPipeline.Payout.StripeApi.PayoutMetrics, ContestPipeline.Payout",
            "ContestPipeline.Scoring.ScoringMetrics, ContestPipeline.Scoring",
            "ContestPipeline.Ingestion.WebhookMetrics, ContestPipeline.Ingestion"])
            RuntimeHelpers.RunClassConstructor(Type.GetType(type, throwOnError: true)!.TypeHandle);
        listener.Start();
        return found;
    }

    /// <summary>As the collector's translation has it: dots, the unit, and what the kind of instrument adds.</summary>
    private static string[] InPrometheus(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        return instrument switch
        {
            Counter<long> => [name + "_total"],
            Histogram<double> => [name, name + "_bucket", name + "_count", name + "_sum"],
            _ => [name],
        };
    }

    [GeneratedRegex(@"\b(pipeline|payout|ingestion|scoring)_[a-z_]+\b")]
    private static partial Regex PrometheusName();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"runbook: (\S+)")]
    private static partial Regex RunbookName();
}
