using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;

namespace ContestPipeline.Contestctl.Parking;

/// <summary>Parked messages as the console shows them and acts on them, over its API.</summary>
internal sealed class ConsoleParking(Session session) : IDisposable
{
    private const string Path = "/v1/ops/failures";
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly ApiClient api = ApiClient.OfConsole(session);

    /// <returns>The keys, and whether those are all.</returns>
    public async Task<(IReadOnlyList<ParkedKeyAnswer> Keys, bool IsWhole)> List(string? worker, CancellationToken ct)
    {
        var answer = await api.Get($"{Path}/keys{(worker is null ? "" : $"?worker={worker}")}", ct);
        var rows = answer.GetProperty("keys").Deserialize<IReadOnlyList<ParkedKeyRow>>(WireJson.Options)!;
        return ([.. rows.Select(r => new ParkedKeyAnswer(
            r.Worker, r.Topic, r.Key, r.Partition, r.Offset, r.ParkedAt, r.FirstSeen, r.Behind, r.RetryRequested, r.Error))],
            answer.GetProperty("isWhole").GetBoolean());
    }

    /// <returns>The first message, how many queue behind it, and what hangs on it.</returns>
    public async Task<(ParkedShowAnswer Head, long Behind)> Show(string worker, string topic, string key, CancellationToken ct)
    {
        var head = await api.Get($"{Path}/key?worker={worker}&topic={Part(topic)}&key={Part(key)}", ct);
        var message = head.Deserialize<ParkedMessageAnswer>(WireJson.Options)!;
        return (new ParkedShowAnswer(
            worker, message.Topic, message.Key, [message],
            head.GetProperty("stakes").Deserialize<IReadOnlyList<Stake>>(WireJson.Options)!,
            head.TryGetProperty("discardAsked", out var asked) ? asked.Deserialize<DiscardAsked>(WireJson.Options) : null),
            head.GetProperty("behind").GetInt64());
    }

    /// <summary>Has keys tried again and follows what becomes of them.</summary>
    public async Task<ParkedRetryProgress> Retry(ParkedGroup group, string reason, TimeSpan patience, CancellationToken ct)
    {
        var begun = await api.Post(
            $"{Path}/retries", new { reason, group.Worker, group.Topic, group.Error, group.Key }, ct);
        return await LongWork.While("waiting for the workers", session.Clock, async work =>
        {
            var began = session.Clock.GetTimestamp();
            for (var answer = begun; ;)
            {
                var progress = answer.Deserialize<ParkedRetryProgress>(WireJson.Options)!;
                work.Step("handled", progress.Handled, progress.Keys);
                if (progress.IsOver || session.Clock.GetElapsedTime(began) >= patience) return progress;
                await Task.Delay(s_look, session.Clock, ct);
                answer = await api.Get($"{Path}/retries/{progress.Retry.RetryId}", ct);
            }
        });
    }

    /// <returns>The name in the token, as the console believes it.</returns>
    public async Task<string> Me(CancellationToken ct) =>
        (await api.Get("/v1/ops/me", ct)).GetProperty("subject").GetString()!;

    /// <returns>How many are left of the key; null: it waits for an approver.</returns>
    public async Task<long?> Discard(
        string worker, string topic, string key, long offset, string reason, CancellationToken ct)
    {
        var answer = await api.Post($"{Path}/discards", new { worker, topic, key, offset, reason }, ct);
        return answer.TryGetProperty("left", out var left) && left.ValueKind == JsonValueKind.Number ? left.GetInt64() : null;
    }

    public void Dispose() => api.Dispose();

    private static string Part(string id) => Uri.EscapeDataString(id);
}
