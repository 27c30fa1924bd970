namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What is known of one idempotency key.</summary>
public sealed record SavedAnswer(
    string Path, string ParametersHash, DateTimeOffset FirstUsedAt, SimResponse Response, string RequestId);

/// <summary>
/// The first answers, kept per account and key across endpoints, and forgotten after a day: then the key is a new one.
/// </summary>
public sealed class IdempotencyKeys
{
    private readonly Dictionary<string, SavedAnswer> saved = new(StringComparer.Ordinal);
    private readonly HashSet<string> inFlight = new(StringComparer.Ordinal);

    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(24);

    /// <returns>Null when the request is to be executed.</returns>
    public SimResponse? Answer(SimRequest request, string parametersHash)
    {
        if (request.IdempotencyKey is not { } key) return null;
        if (key.Length > 255) return StripeErrors.KeyTooLong();
        if (!saved.TryGetValue(Scoped(request), out var first)) return null;
        if (request.At - first.FirstUsedAt >= Retention)
        {
            saved.Remove(Scoped(request));
            return null;
        }

        if (first.Path != request.Path) return StripeErrors.KeyUsedForOtherEndpoint(key, request.Path, first.Path);
        if (first.ParametersHash != parametersHash) return StripeErrors.KeyUsedWithOtherParameters(key);
        return first.Response with
        {
            Headers = new Dictionary<string, string>(first.Response.Headers)
            {
                ["Idempotent-Replayed"] = "true", ["Original-Request"] = first.RequestId,
            },
        };
    }

    public void Save(SimRequest request, string parametersHash, SimResponse response, string requestId)
    {
        if (request.IdempotencyKey is not null && response.IsSaved)
            saved[Scoped(request)] = new SavedAnswer(request.Path, parametersHash, request.At, response, requestId);
    }

    public void Forget() => saved.Clear();

    /// <returns>False when another request with this key is still being executed.</returns>
    public bool Begin(SimRequest request) => request.IdempotencyKey is null || inFlight.Add(Scoped(request));

    public void End(SimRequest request)
    {
        if (request.IdempotencyKey is not null) inFlight.Remove(Scoped(request));
    }

    public bool IsInFlight(SimRequest request) => request.IdempotencyKey is not null && inFlight.Contains(Scoped(request));

    private static string Scoped(SimRequest request) => $"{request.StripeAccount}\n{request.IdempotencyKey}";
}
