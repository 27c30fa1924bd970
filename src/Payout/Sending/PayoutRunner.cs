using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Sending;

/// <summary>Claims due payouts and dispatches them in parallel. Any number of these may run, in one process or in many.</summary>
public sealed class PayoutRunner(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, PayoutDispatch dispatch, AccountReader accounts,
    StripeGateway stripe, PlatformBalance balance, PayoutOptions options, TimeProvider clock, ILogger<PayoutRunner> log)
        : PollingLoop(database, s_idle, clock, log)
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(200);
    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly ILogger log = log;

    protected override async Task<bool> Round(CancellationToken ct) => !stripe.IsSilent && await RunOnce(ct) > 0;

    /// <summary>
    /// One round: accounts that changed, how far the balance reaches, then as many due payouts as may run at once.
    /// </summary>
    /// <returns>How many payouts were claimed.</returns>
    public async Task<int> RunOnce(CancellationToken ct)
    {
        await accounts.ReadStale(ct);
        await balance.BeforeBatch(ct);
        var claims = await database.Run(tx => tx.ClaimDue(options.Parallel, tx.Now.AddSeconds(options.LeaseSeconds)), ct);
        await Task.WhenAll(claims.Select(claim => Dispatch(claim, ct)));
        return claims.Count;
    }

    /// <summary>A payout that breaks a rule is held; the others go on.</summary>
    private async Task Dispatch(PayoutLease claim, CancellationToken ct)
    {
        try
        {
            await dispatch.Advance(claim, ct);
        }
        catch (InvariantException broken)
        {
            log.PayoutHeld(broken, claim.PayoutId);
            await database.Run(
                async tx =>
                {
                    var contest = await tx.LockContest(claim.ContestId, claim.Revision);
                    if (await tx.LockClaimed(claim) is { } payout) await tx.HoldPayout(contest, payout, broken.Message);
                }, ct);
        }
    }
}
