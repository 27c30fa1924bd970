using ContestPipeline.Contracts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Notifications;

namespace ContestPipeline.Integration.Payout;

/// <summary>Levels of the platform's balance, each told when it is fallen below.</summary>
public sealed class BalanceLevelTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_level_that_is_fallen_below_again_the_same_day_is_told_again()
    {
        var (options, stripe) = world.Gateway();
        var low = options with { Balance = options.Balance with { CriticalMinor = 1_000_000_000_00 } };

        foreach (var levels in new[] { low, low, options, low })
        {
            await new PlatformBalance(world.Database, stripe, levels, world.Clock).Check("asked", CancellationToken.None);
            await world.Database.Run(new EndAlertsJob().Run, CancellationToken.None);
            world.Clock.Forward(TimeSpan.FromSeconds(1));
        }

        var told = (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind == "platform-balance-critical" && a.Subject == "usd");
        Assert.Equal(2, told.Count());
        Assert.Single(told.Select(a => a.DedupKey).Distinct());
    }
}
