using System.Globalization;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Contestctl.Replaying;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Messages;

namespace ContestPipeline.Contestctl.Messages;

/// <summary>Where records come from: the console, or the broker itself.</summary>
internal sealed class MessageSource(Session session, bool direct) : IDisposable
{
    private readonly ApiClient? api = ConsoleReplays.IsMeant(session, direct) ? ApiClient.OfConsole(session) : null;
    private SearchMessages? here;

    /// <exception cref="SettingException">What is asked for contradicts itself.</exception>
    public async Task<MessagesFound> Find(MessageWish wish, CancellationToken ct)
    {
        if (wish.Fault() is { } fault) throw new SettingException("messages", $"cannot be found so: {fault}");
        if (api is not null)
            return (await api.Get($"/v1/ops/messages?{Query(wish)}", ct)).Deserialize<MessagesFound>(WireJson.Options)!;
        here ??= new SearchMessages(session.Kafka(), session.Clock);
        return await LongWork.While($"reading {wish.Topic}", session.Clock, _ => Task.Run(() => here.Find(wish, ct), ct));
    }

    public void Dispose() => api?.Dispose();

    private static string Query(MessageWish wish)
    {
        (string Name, string? Value)[] parts =
        [
            ("topic", wish.Topic), ("partition", wish.Partition?.ToString(CultureInfo.InvariantCulture)),
            ("offset", wish.FromOffset?.ToString(CultureInfo.InvariantCulture)),
            ("from", wish.NotBefore?.ToString("O", CultureInfo.InvariantCulture)),
            ("to", wish.Before?.ToString("O", CultureInfo.InvariantCulture)), ("key", wish.Key), ("text", wish.Text),
            ("after", wish.After),
        ];
        return string.Join('&', parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }
}
