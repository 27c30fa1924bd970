using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout;

/// <summary>Reads again from Stripe what events hinted at, of one kind of object.</summary>
public interface IRereads
{
    /// <returns>How many were read; fewer than there are when Stripe does not answer now.</returns>
    Task<int> ReadStale(CancellationToken ct);
}

/// <summary>Goes round all kinds of objects that have hints.</summary>
public sealed class StripeRereads(IEnumerable<IRereads> kinds, StripeGateway stripe, TimeProvider clock, ILogger<StripeRereads> log)
    : StripeLoop(TimeSpan.FromMilliseconds(300), clock, log)
{
    private readonly IReadOnlyList<IRereads> kinds = [.. kinds];

    protected override async Task<bool> Round(CancellationToken ct)
    {
        if (stripe.OutageSuspected) return false;
        var read = 0;
        foreach (var kind in kinds) read += await kind.ReadStale(ct);
        return read > 0;
    }
}
