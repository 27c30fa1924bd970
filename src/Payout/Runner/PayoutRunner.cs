using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout;

/// <summary>Claims due payouts and dispatches them in parallel. Any number of these may run, in one process or in many.</summary>
public sealed class PayoutRunner(
    [FromKeyedServices(PayoutService.Name)] WorkerDatabase database, PayoutDispatch dispatch, AccountReader accounts, StripeGateway stripe,
    PlatformBalance balance, PayoutOptions options, TimeProvider clock, ILogger<PayoutRunner> log) : RoundLoop(s_idle, clock, log)
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(200);

    /// <summary>On a standby, or a former primary that does not know it yet, nothing may be paid.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await database.Run(tx => tx.IsStandby(), cancellationToken))
            throw new SettingException(Settings.DatabaseSetting(PayoutService.Name), "names a standby: Payout runs only on the primary");
        await base.StartAsync(cancellationToken);
    }

    protected override async Task<bool> Round(CancellationToken ct) => !stripe.IsSilent && await RunOnce(ct) > 0;

    /// <summary>One round: accounts that changed, how far the balance reaches, then as many due payouts as may run at once.</summary>
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
    private async Task Dispatch(Claim claim, CancellationToken ct)
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

/// <summary>What the runner logs.</summary>
internal static partial class PayoutLog
{
    [LoggerMessage(1, LogLevel.Warning, "The database did not answer; payouts are tried again")]
    public static partial void DatabaseTrouble(this ILogger log, Exception trouble);

    [LoggerMessage(2, LogLevel.Error, "Payout {PayoutId} is held")]
    public static partial void PayoutHeld(this ILogger log, Exception broken, string payoutId);
}
