using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Contestctl.Operations;

/// <summary>Which worker reads which topics, as the workers themselves declare it.</summary>
internal static class DeclaredTopics
{
    private const string Nowhere = "none";

    /// <summary>The workers are declared with settings that lead nowhere, and nothing of them is started.</summary>
    public static IReadOnlyList<(string Worker, string Topic)> All()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        string[] workers = [.. Session.Declared.Select(w => w.Name)];
        builder.Configuration.AddInMemoryCollection(
        [
            .. workers.Select(w => KeyValuePair.Create(Settings.DatabaseSetting(w), (string?)$"Host={Nowhere}")),
            new("PIPELINE_ENVIRONMENT", "test"), new("KAFKA_BOOTSTRAP_SERVERS", $"{Nowhere}:1"), new("STRIPE_API_KEY", $"sk_test_{Nowhere}"),
        ]);
        foreach (var (_, add) in Session.Declared) add(builder);
        return
        [
            .. builder.Services.Select(s => s.IsKeyedService ? null : s.ImplementationInstance).OfType<Subscription>().Select(s => (s.Worker, s.Topic)).Distinct()
                .OrderBy(s => Array.IndexOf(workers, s.Worker)).ThenBy(s => s.Topic, StringComparer.Ordinal),
        ];
    }
}
