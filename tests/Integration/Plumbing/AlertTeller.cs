using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Says something of alerts in a transaction of its own, and what was sent of them.</summary>
internal sealed class AlertTeller(PipelineScope scope, HandClock clock)
{
    internal static void Raise(Tx tx, string key, string cause = "something is wrong") =>
        tx.Alert(new Alert(key, AlertSeverity.Warning, "probe-trouble", key, cause, "Mend it."));

    internal WorkerDatabase Database() => scope.Database(Probe.Name, clock);

    internal async Task Say(Action<Tx> say)
    {
        await using var database = Database();
        await database.Run(
            tx =>
            {
                say(tx);
                return Task.FromResult(0);
            }, TestContext.Current.CancellationToken);
    }

    /// <summary>What was sent about a key, in order.</summary>
    internal async Task<IReadOnlyList<string>> Told(string key)
    {
        var rows = await scope.Query<string>(
            "select wire_name || ' ' || convert_from(body, 'UTF8') from probe.outbox where partition_key = @key and topic = "
                + "@topic order by position",
            new { key, topic = Topics.Alerts });
        return [.. rows.Select(row => row.Split(' ', 2)).Select(row => Text(row[0], Encoding.UTF8.GetBytes(row[1])))];
    }

    private static string Text(string wireName, byte[] body)
    {
        if (wireName != "alert.resolved.v1") return $"raised {WireJson.Read<AlertRaisedV1>(body).Episode ?? 1}";
        var resolved = WireJson.Read<AlertResolvedV1>(body);
        return $"resolved {resolved.Episode}: {resolved.Because}";
    }
}
