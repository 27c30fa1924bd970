using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Sending;

/// <summary>
/// Books that went back show payouts as held that were released and paid since: while they are recovered each is looked for at
/// Stripe, whatever holds it. Nothing is sent.
/// </summary>
public sealed class WakeHeldJob : IJob
{
    private const int AtOnce = 200;

    public async Task<bool> Run(Tx tx) => await tx.WakeHeld(AtOnce) == AtOnce;
}
